// One question to a portal, for commands.
#include "ingest/rest/portal_client.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "server.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::chrono::milliseconds kDeadline{5'000};

TEST(PortalClient, AsksBelowTheAddressAndTellsWhatCame) {
  Server server([](const SeenRequest& seen) {
    return seen.method == "POST" ? reply(401, R"({"error":"X"})") : reply(200, "<html>", "text/html");
  });
  const auto posted = ask_portal(server.url() + "/rest/1/secret", "batch.json", "{}", "", kDeadline);
  EXPECT_EQ(posted.status, 401u);
  EXPECT_TRUE(posted.json);
  EXPECT_EQ(posted.body, R"({"error":"X"})");
  const auto got = ask_portal(server.url(), "api/v4/account", "", "t0ken", kDeadline);
  EXPECT_EQ(got.status, 200u);
  EXPECT_FALSE(got.json);
  const auto seen = server.seen();
  EXPECT_EQ(seen.at(0).target, "/rest/1/secret/batch.json");
  EXPECT_EQ(seen.at(0).bearer, "");
  EXPECT_EQ(seen.at(1).target, "/api/v4/account");
  EXPECT_EQ(seen.at(1).bearer, "Bearer t0ken");
}

TEST(PortalClient, GoesByTheStrictRuleForAddresses) {
  Server secure([](const SeenRequest&) { return reply(200, "{}"); }, "localhost");
  const std::string port = std::to_string(secure.port());
  // A name is looked up first: then https into this machine is refused, without a connection.
  EXPECT_EQ(ask_portal("https://localhost:" + port, "x", "", "", kDeadline).status, 0u);
  EXPECT_EQ(secure.connections(), 0u);
  for (const char* url : {"https://10.0.0.1/rest/1/s/", "http://192.0.2.1/rest/1/s/", "ftp://acme.example/", "acme"}) {
    EXPECT_THROW(static_cast<void>(ask_portal(url, "x", "", "", kDeadline)), std::runtime_error) << url;
  }
}

TEST(PortalClient, SilenceIsStatusZero) {
  Server server([](const SeenRequest&) {
    Reply silent;
    silent.silent = true;
    return silent;
  });
  EXPECT_EQ(ask_portal(server.url(), "x", "", "", std::chrono::milliseconds(200)).status, 0u);
}

TEST(PortalClient, AHostIsNamedWithoutThePathThatMayBeASecret) {
  EXPECT_EQ(host_of_url("https://acme.bitrix24.ru/rest/1/secret/"), "acme.bitrix24.ru");
  EXPECT_THROW(static_cast<void>(host_of_url("acme")), std::runtime_error);
}

}  // namespace
}  // namespace kpistream::ingest
