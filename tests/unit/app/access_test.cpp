// Who is let in where.
#include "app/access.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "app/query.hpp"

namespace kpistream::app {
namespace {

using exporters::Viewer;
using testing::HasSubstr;

// Of "s3cret pass".
const std::string kHash = "$2b$04$r8f5EbpRUaXRU3elX4TGpuyaRny1hesq6XpOxTbxpEpKv1Qevbbgi";
constexpr std::string_view kRight = "Basic cHJvbTpzM2NyZXQgcGFzcw==";  // prom:s3cret pass
constexpr std::string_view kWrong = "Basic cHJvbTpzM2NyZXQ=";          // prom:s3cret
constexpr std::string_view kStranger = "Basic d2hvOnMzY3JldCBwYXNz";   // who:s3cret pass
constexpr std::string_view kHead = "head-token-012345";
constexpr std::string_view kManager = "manager-token-0123";

struct Asked {
  std::string_view path = "/";
  std::string_view authorization = {};
  std::string_view cookie = {};
  std::string_view query = {};
  std::string_view method = "GET";
};

struct AccessTest : testing::Test {
  static ingest::AdminRequest request(const Asked& asked) {
    ingest::AdminRequest request;
    request.method = asked.method;
    request.path = asked.path;
    request.query = asked.query;
    request.authorization = asked.authorization;
    request.cookie = asked.cookie;
    return request;
  }
  // As the server does it.
  Access::Admitted ask(const Asked& asked) {
    if (const auto work = access.get()->check(request(asked))) {
      ++checks;
      work();
    }
    return access.get()->admit(request(asked));
  }
  // 200, or what is answered instead.
  unsigned status(const Asked& asked) {
    const auto admitted = ask(asked);
    return admitted.instead ? admitted.instead->status : 200;
  }
  static std::string field(const ingest::AdminResponse& response, std::string_view name) {
    const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                    [&](const auto& header) { return header.first == name; });
    return found == response.headers.end() ? "" : found->second;
  }

  void rules(bool users, bool viewers) {
    AccessRules rules;
    if (users) rules.users = {{"prom", kHash}};
    if (viewers) {
      rules.viewers = {{"boss", std::string(kHead), "", ""}, {"ivanov", std::string(kManager), "acme", "7"}};
    }
    rules.own_token = "ours";
    rules.hide_names = true;
    access.set(std::move(rules));
  }

  CurrentAccess access;
  int checks = 0;
};

TEST_F(AccessTest, WithoutUsersAndViewersEverythingIsOpen) {
  rules(false, false);
  for (const auto* path : {"/", "/metrics", "/-/ready", "/api/v1/facts"}) EXPECT_EQ(status({path}), 200u) << path;
  EXPECT_EQ(ask({"/"}).viewer, (Viewer{"", "", true}));
}

TEST_F(AccessTest, UsersAreAskedForEverywhere) {
  rules(true, false);
  for (const auto* path : {"/", "/metrics", "/-/healthy", "/-/ready", "/api/v1/facts", "/nothing"}) {
    EXPECT_EQ(status({path}), 401u) << path;
    EXPECT_EQ(status({path, kWrong}), 401u) << path;
    EXPECT_EQ(status({path, kStranger}), 401u) << path;
    EXPECT_EQ(status({path, kRight}), 200u) << path;
    EXPECT_EQ(status({path, "Bearer ours"}), 200u) << path;
    EXPECT_EQ(status({path, "Bearer other"}), 401u) << path;
  }
  EXPECT_EQ(field(*ask({"/metrics"}).instead, "WWW-Authenticate"), R"(Basic realm="kpistream", charset="UTF-8")");
}

TEST_F(AccessTest, ARightPasswordIsCheckedOnceAndAWrongOneEachTime) {
  rules(true, false);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status({"/metrics", kRight}), 200u);
  EXPECT_EQ(checks, 1);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(status({"/metrics", kWrong}), 401u);
  EXPECT_EQ(checks, 4);
  EXPECT_EQ(status({"/metrics", kStranger}), 401u) << "costs the same";
  EXPECT_EQ(checks, 5);
  rules(true, false);
  EXPECT_EQ(status({"/metrics", kRight}), 200u);
  EXPECT_EQ(checks, 5) << "a reload forgets nothing";
  access.set({.users = {{"prom", std::string(kHash).replace(59, 1, "j")}}, .viewers = {}, .own_token = {}});
  EXPECT_EQ(status({"/metrics", kRight}), 401u) << "but it does when the password changes";
}

TEST_F(AccessTest, RemembersOnlySoManyPasswords) {
  ingest::VerifiedPasswords verified;
  for (std::size_t i = 0; i <= ingest::VerifiedPasswords::kMost; ++i)
    verified.add(std::string(31, 'x') + static_cast<char>(i));
  EXPECT_FALSE(verified.has(std::string(31, 'x') + '\0'));
  EXPECT_TRUE(verified.has(std::string(31, 'x') + '\1'));
}

TEST_F(AccessTest, ViewersAreAskedForOnThePageAndMachinesAreNot) {
  rules(false, true);
  for (const auto* path : {"/metrics", "/-/ready"}) EXPECT_EQ(status({path}), 200u) << path;
  for (const auto* path : {"/", "/api/v1/facts", "/page.css"}) {
    EXPECT_EQ(status({path}), 401u) << path;
    EXPECT_EQ(status({path, "", "kpistream_viewer=head-token-012345"}), 200u) << path;
    EXPECT_EQ(status({path, "Bearer head-token-012345"}), 200u) << path;
    EXPECT_EQ(status({path, "Bearer ours"}), 200u) << path;
    EXPECT_EQ(status({path, "", "kpistream_viewer=head-token-01234"}), 401u) << path;
    EXPECT_EQ(status({path, "", "other=head-token-012345"}), 401u) << path;
  }
  EXPECT_THAT(ask({"/"}).instead->body, HasSubstr("?token="));
  EXPECT_EQ(field(*ask({"/"}).instead, "WWW-Authenticate"), R"(Bearer realm="kpistream")");
}

TEST_F(AccessTest, ViewersAreWhoTheyAre) {
  rules(false, true);
  EXPECT_EQ(ask({"/", "", "kpistream_viewer=head-token-012345"}).viewer, (Viewer{"", "", true}));
  EXPECT_EQ(ask({"/", "", "kpistream_viewer=manager-token-0123"}).viewer, (Viewer{"acme", "7", true}));
}

TEST_F(AccessTest, WithBothAViewerIsNoMachine) {
  rules(true, true);
  EXPECT_EQ(ask({"/", "", "kpistream_viewer=head-token-012345"}).viewer, (Viewer{"", "", true, false}))
      << "is not led to metrics either";
  EXPECT_EQ(status({"/metrics", "Bearer head-token-012345"}), 401u);
  EXPECT_EQ(status({"/metrics", kRight}), 200u);
  EXPECT_EQ(status({"/", kRight}), 200u);
  EXPECT_EQ(ask({"/", kRight}).viewer, (Viewer{"", "", true}));
  EXPECT_EQ(status({"/", kWrong}), 401u);
  EXPECT_EQ(status({"/", kWrong, "kpistream_viewer=head-token-012345"}), 200u);
}

TEST_F(AccessTest, ATokenInTheAddressBecomesACookieOnce) {
  rules(false, true);
  const auto entered = ask({"/", "", "", "lang=ru&token=manager-token-0123&x=%20"}).instead;
  ASSERT_TRUE(entered);
  EXPECT_EQ(entered->status, 303u);
  EXPECT_EQ(field(*entered, "Location"), "./?lang=ru&x=%20");
  EXPECT_EQ(field(*entered, "Set-Cookie"),
            "kpistream_viewer=manager-token-0123; Max-Age=31536000; HttpOnly; SameSite=Strict");
  EXPECT_EQ(field(*ask({"/", "", "", "token=head-token-012345"}).instead, "Location"), "./");
  EXPECT_EQ(status({"/", "", "", "token=head-token-01234"}), 401u);
  EXPECT_EQ(status({"/", "", "kpistream_viewer=head-token-012345", "token=manager-token-0123"}), 303u)
      << "another viewer";
  EXPECT_EQ(status({"/api/v1/facts", "", "", "token=head-token-012345"}), 401u) << "on the page only";
}

TEST_F(AccessTest, CookiesStayWithinTlsWherePeopleAre) {
  access.set({.users = {}, .viewers = {{"boss", std::string(kHead), "", ""}}, .own_token = {}, .within_tls = true});
  EXPECT_THAT(field(*ask({"/", "", "", "token=head-token-012345"}).instead, "Set-Cookie"),
              testing::EndsWith("; Secure"));
}

TEST(ManagersPaths, AreThePageAndItsOwn) {
  for (const auto* path : {"/", "/page.css", "/api/v1/stream", "/api/v1/table"})
    EXPECT_TRUE(is_for_managers(path)) << path;
  for (const auto* path : {"/api/v1/facts", "/api/v1/tables", "/api/v1/advice/x", "/api/v1/backup", "/api/v1/new"}) {
    EXPECT_FALSE(is_for_managers(path)) << path;
  }
}

TEST(QueryWithin, IsAboutTheHeadsOwnTable) {
  const Viewer bound{"acme", "", false};
  EXPECT_EQ(query_within({}, "portal=other"), "portal=other");
  EXPECT_EQ(query_within(bound, "portal=acme&kpi=x"), "portal=acme&kpi=x");
  EXPECT_EQ(query_within(bound, ""), "portal=acme");
  EXPECT_EQ(query_within(bound, "kpi=x"), "portal=acme&kpi=x");
  EXPECT_EQ(query_within(bound, "portal=other"), std::nullopt);
  EXPECT_EQ(query_within(bound, "portal=other&portal=acme"), std::nullopt) << "the first counts";
  std::string much;
  for (int i = 0; i < 40; ++i) much += "a" + std::to_string(i) + "=1&";
  for (const auto* end : {"", "portal=other", "portal=acme"}) {
    const auto within = query_within(bound, much + end);
    EXPECT_TRUE(!within || Query(*within)["portal"] == "acme") << "also where there is too much to be read: " << end;
  }
}

}  // namespace
}  // namespace kpistream::app
