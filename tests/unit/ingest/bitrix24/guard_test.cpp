// Who is let in, who is not, and that no secret is kept.
#include "ingest/bitrix24/guard.hpp"

#include <gtest/gtest.h>

namespace kpistream::ingest {
namespace {

constexpr const char* kPath = "/hook/bitrix24/acme";

Bitrix24Guard guard() {
  return Bitrix24Guard({{"acme", "", {"old-token", "new-token"}, "m1"},
                        {"elsewhere", "/crm/callback", {"other-token"}, ""},
                        {"tokenless", "", {}, ""}});
}

TEST(Bitrix24Guard, OwnsItsPrefixAndConfiguredPaths) {
  for (const char* path : {"/hook/bitrix24/acme", "/hook/bitrix24/nobody", "/hook/bitrix24/", "/crm/callback"}) {
    EXPECT_TRUE(guard().owns(path)) << path;
  }
  for (const char* path : {"/", "", "/hook/bitrix24", "/hook/amocrm/acme", "/crm/callback/", "/crm"}) {
    EXPECT_FALSE(guard().owns(path)) << path;
  }
}

TEST(Bitrix24Guard, AdmitsAnyTokenOfThePortalOnItsOwnPath) {
  for (const char* token : {"old-token", "new-token"}) {
    const auto result =
        guard().admit(kPath, std::string("event=X&auth[member_id]=m1&auth[application_token]=") + token);
    EXPECT_EQ(result.verdict, HookVerdict::accepted) << token;
    EXPECT_EQ(result.portal, "acme");
    EXPECT_EQ(result.body, "event=X");
  }
  EXPECT_EQ(guard().admit("/crm/callback", "auth[application_token]=other-token").portal, "elsewhere");
}

TEST(Bitrix24Guard, TreatsEveryBrokenProofAsAStranger) {
  struct Case {
    const char* what;
    const char* path;
    const char* body;
  };
  for (const auto& [what, path, body] :
       {Case{"empty body", kPath, ""},
        {"no token", kPath, "event=X&auth[member_id]=m1"},
        {"empty token", kPath, "auth[application_token]=&auth[member_id]=m1"},
        {"wrong token", kPath, "auth[application_token]=wrong&auth[member_id]=m1"},
        {"token of another portal", kPath, "auth[application_token]=other-token&auth[member_id]=m1"},
        {"twice", kPath, "auth[application_token]=old-token&auth[application_token]=old-token&auth[member_id]=m1"},
        {"wrong, then right", kPath, "auth[application_token]=no&auth[application_token]=old-token&auth[member_id]=m1"},
        {"list", kPath, "auth[application_token][]=old-token&auth[member_id]=m1"},
        {"map", kPath, "auth[application_token][a]=old-token&auth[member_id]=m1"},
        {"plain and list", kPath,
         "auth[application_token]=old-token&auth[application_token][]=old-token&auth[member_id]=m1"},
        {"misplaced", kPath, "application_token=old-token&auth[member_id]=m1"},
        {"in the data", kPath, "data[auth][application_token]=old-token&auth[member_id]=m1"},
        {"other case", kPath, "AUTH[application_token]=old-token&auth[member_id]=m1"},
        {"no member", kPath, "auth[application_token]=old-token"},
        {"wrong member", kPath, "auth[application_token]=old-token&auth[member_id]=m2"},
        {"member as a list", kPath, "auth[application_token]=old-token&auth[member_id][]=m1"},
        {"unknown portal", "/hook/bitrix24/nobody", "auth[application_token]=old-token&auth[member_id]=m1"},
        {"portal with its own path", "/hook/bitrix24/elsewhere", "auth[application_token]=other-token"},
        {"portal without tokens", "/hook/bitrix24/tokenless", "auth[application_token]="}}) {
    const auto result = guard().admit(path, body);
    EXPECT_EQ(result.verdict, HookVerdict::stranger) << what;
    EXPECT_EQ(result.portal, "") << what;
    EXPECT_EQ(result.body, "") << what;
  }
}

TEST(Bitrix24Guard, CutsEverythingUnderAuthAndKeepsTheRestByteForByte) {
  const auto result = guard().admit(
      kPath,
      "auth%5Baccess_token%5D=s1&event=ON%2fX&auth=s2&&data%5bFIELDS%5d%5BID%5D=5+%zz&auth[refresh_token][]=s3&"
      "auth%5Bopen=s4&authors=kept&auth%5Bapplication_token%5D=old-token&ts=1&auth%5Bmember_id%5D=m1");
  ASSERT_EQ(result.verdict, HookVerdict::accepted);
  EXPECT_EQ(result.body, "event=ON%2fX&data%5bFIELDS%5d%5BID%5D=5+%zz&authors=kept&ts=1");
}

TEST(Bitrix24Guard, BodiesBeyondTheLimitsAreTooLargeForEveryone) {
  std::string many = "auth[application_token]=old-token&auth[member_id]=m1";
  for (int i = 0; i < 1'001; ++i) many += "&a=1";
  std::string deep = "a";
  for (int i = 0; i < 17; ++i) deep += "[b]";
  const std::string long_key(257, 'k');
  const std::string body(1'048'577, 'x');
  for (const auto& bad : {many, deep + "=1", long_key + "=1", body}) {
    EXPECT_EQ(guard().admit(kPath, bad).verdict, HookVerdict::too_large);
    EXPECT_EQ(guard().admit("/hook/bitrix24/nobody", bad).verdict, HookVerdict::too_large);
  }
}

// ---- applications

class ApplicationGuard : public testing::Test {
 protected:
  // What was told of `body`, and whether it was let in.
  HookVerdict admit(const std::string& body) {
    Bitrix24Hook hook{"acme", "", {}, "", learned, [this](const ApplicationEvent& event) { heard.push_back(event); }};
    return Bitrix24Guard({hook}).admit(kPath, body).verdict;
  }

  std::shared_ptr<LiveSecrets> learned = std::make_shared<LiveSecrets>();
  std::vector<ApplicationEvent> heard;
};

TEST_F(ApplicationGuard, TellsOfAnInstallationAndStoresNothingOfIt) {
  EXPECT_EQ(admit("event=onAppInstall&ts=1789369205&auth[application_token]=app&auth[member_id]=m&"
                  "auth[access_token]=a&auth[refresh_token]=r&auth[client_endpoint]=https://evil.example/"),
            HookVerdict::stranger);
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(heard[0].kind, ApplicationEvent::Kind::installed);
  EXPECT_EQ(heard[0].offer, (TokenOffer{"r", "app", "m", 1'789'369'205, false}));
}

TEST_F(ApplicationGuard, LetsInWhoHasALearnedToken) {
  EXPECT_EQ(admit("event=ONCRMDEALADD&auth[application_token]=app"), HookVerdict::stranger);
  learned->set({"app"});
  EXPECT_EQ(admit("event=ONCRMDEALADD&auth[application_token]=app"), HookVerdict::accepted);
  EXPECT_EQ(admit("event=ONCRMDEALADD&auth[application_token]="), HookVerdict::stranger);
  EXPECT_TRUE(heard.empty()) << "these bring no refresh token";
}

TEST_F(ApplicationGuard, TellsOfTheRestOnlyWhatIsProved) {
  const std::string bodies[] = {"event=ONAPPUNINSTALL&ts=7&data[CLEAN]=1&auth[application_token]=app&auth[member_id]=m",
                                "event=ONOFFLINEEVENT&auth[application_token]=app&auth[refresh_token]=r"};
  for (const auto& body : bodies) EXPECT_EQ(admit(body), HookVerdict::stranger);
  EXPECT_TRUE(heard.empty());
  learned->set({"app"});
  for (const auto& body : bodies) EXPECT_EQ(admit(body), HookVerdict::accepted);
  ASSERT_EQ(heard.size(), 2u);
  EXPECT_EQ(heard[0].kind, ApplicationEvent::Kind::uninstalled);
  EXPECT_EQ(heard[0].offer, (TokenOffer{"", "app", "m", 7, true}));
  EXPECT_EQ(heard[1].kind, ApplicationEvent::Kind::other);
  EXPECT_EQ(heard[1].offer.refresh, "r");
}

TEST_F(ApplicationGuard, HearsNothingOfABrokenProof) {
  learned->set({"app"});
  EXPECT_EQ(admit("event=ONAPPINSTALL&auth[application_token]=app&auth[application_token]=app&auth[refresh_token]=r"),
            HookVerdict::stranger);
  EXPECT_EQ(admit("event=ONAPPINSTALL&auth[application_token][0]=app&auth[refresh_token]=r"), HookVerdict::stranger);
  EXPECT_EQ(admit("event=ONAPPINSTALL&auth[application_token]=app"), HookVerdict::accepted);
  EXPECT_TRUE(heard.empty());
}

}  // namespace
}  // namespace kpistream::ingest
