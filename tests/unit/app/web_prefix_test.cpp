#include "app/web_prefix.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace kpistream::app {
namespace {

using testing::ElementsAre;
using testing::Pair;

std::string wrong(const std::string& url, const std::optional<std::string>& prefix = {}) {
  try {
    return web_prefix(url, prefix);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

TEST(WebPrefix, IsThePathOfTheExternalAddressUnlessGiven) {
  EXPECT_EQ(web_prefix("", {}), "");
  EXPECT_EQ(web_prefix("https://kpi.example.com", {}), "");
  EXPECT_EQ(web_prefix("https://kpi.example.com/", {}), "");
  EXPECT_EQ(web_prefix("https://kpi.example.com/kpi/", {}), "/kpi");
  EXPECT_EQ(web_prefix("http://host:8080/a/b", {}), "/a/b");
  EXPECT_EQ(web_prefix("https://kpi.example.com/kpi", "/"), "");
  EXPECT_EQ(web_prefix("https://kpi.example.com/kpi", "other/"), "/other");
  EXPECT_EQ(web_prefix("", "/x"), "/x");
}

TEST(WebPrefix, IsAPath) {
  EXPECT_EQ(wrong("kpi.example.com"),
            "--web.external-url: 'kpi.example.com' is not an address like https://kpi.example.com/kpi");
  EXPECT_THAT(wrong("https://"), testing::HasSubstr("is not an address"));
  EXPECT_THAT(wrong("https://h/?a"), testing::HasSubstr("is not an address"));
  EXPECT_EQ(wrong("", "/a//b"), "'/a//b' is not a path like /kpi");
  EXPECT_EQ(wrong("", "/a b"), "'/a b' is not a path like /kpi");
}

ingest::AdminResponse answer(std::string_view prefix, std::string_view path, std::string_view query = "") {
  ingest::AdminRequest request;
  request.path = path;
  request.query = query;
  return behind_prefix(prefix, request, [](const ingest::AdminRequest& inner) {
    ingest::AdminResponse response;
    response.body = inner.path;
    return response;
  });
}

TEST(WebPrefix, IsTakenOff) {
  EXPECT_EQ(answer("", "/").body, "/");
  EXPECT_EQ(answer("", "/metrics").body, "/metrics");
  EXPECT_EQ(answer("/kpi", "/kpi/").body, "/");
  EXPECT_EQ(answer("/kpi", "/kpi/-/ready").body, "/-/ready");
}

TEST(WebPrefix, IsLedToAndNothingElseIsThere) {
  for (const auto* path : {"/", "/kpi"}) {
    EXPECT_EQ(answer("/kpi", path).status, 302u) << path;
    EXPECT_THAT(answer("/kpi", path, "lang=ru").headers, ElementsAre(Pair("Location", "/kpi/?lang=ru")));
  }
  for (const auto* path : {"/metrics", "/kpix", "/kpix/", "/-/healthy", "//kpi/"}) {
    EXPECT_EQ(answer("/kpi", path).status, 404u) << path;
  }
}

}  // namespace
}  // namespace kpistream::app
