// Who is let in and who is not. The secret is in the path, never in the body.
#include "ingest/amocrm/guard.hpp"

#include <gtest/gtest.h>

namespace kpistream::ingest {
namespace {

AmoGuard guard() {
  return AmoGuard({{"acme", "", {"old-secret", "new-secret"}, "31990001"},
                   {"elsewhere", "/crm/amo", {"other-secret"}, "7"},
                   {"below", "/crm/amo/below", {"third-secret"}, "8"},
                   {"secretless", "", {}, "9"}});
}

TEST(AmoGuard, OwnsItsPrefixAndConfiguredPaths) {
  for (const char* path : {"/hook/amocrm/acme/x", "/hook/amocrm/nobody", "/hook/amocrm/", "/crm/amo/x"}) {
    EXPECT_TRUE(guard().owns(path)) << path;
  }
  for (const char* path : {"/", "", "/hook/amocrm", "/hook/bitrix24/acme", "/crm/amo", "/crm/amoeba"}) {
    EXPECT_FALSE(guard().owns(path)) << path;
  }
}

TEST(AmoGuard, AdmitsAnySecretOfThePortalAndKeepsTheBodyAsItIs) {
  const std::string body = "&leads%5Badd%5D[0][id]=1+%zz&&account[id]=31990001&";
  for (const char* secret : {"old-secret", "new-secret"}) {
    const auto result = guard().admit(std::string("/hook/amocrm/acme/") + secret, body);
    EXPECT_EQ(result.verdict, HookVerdict::accepted) << secret;
    EXPECT_EQ(result.crm, Crm::amocrm);
    EXPECT_EQ(result.portal, "acme");
    EXPECT_EQ(result.body, body);
  }
  EXPECT_EQ(guard().admit("/crm/amo/other-secret", "account[id]=7").portal, "elsewhere");
  EXPECT_EQ(guard().admit("/crm/amo/below/third-secret", "account[id]=8").portal, "below");
}

TEST(AmoGuard, ASlashBehindTheSecretIsNoPartOfIt) {
  EXPECT_EQ(guard().admit("/hook/amocrm/acme/old-secret/", "account[id]=31990001").portal, "acme");
  EXPECT_EQ(guard().admit("/hook/amocrm/acme//", "").verdict, HookVerdict::stranger);
}

TEST(AmoGuard, TheSecretDecidesAloneWhenTheBodyNamesNoAccount) {
  for (const char* body : {"", "leads[add][0][id]=1", "account[subdomain]=renamed", "leads[add][0][account_id]=2"}) {
    EXPECT_EQ(guard().admit("/hook/amocrm/acme/old-secret", body).verdict, HookVerdict::accepted) << body;
  }
}

TEST(AmoGuard, TreatsEveryBrokenProofAsAStranger) {
  using namespace std::string_view_literals;
  constexpr std::string_view kGood = "/hook/amocrm/acme/old-secret";
  struct Case {
    const char* what;
    std::string_view path;
    std::string_view body;
  };
  for (const auto& [what, path, body] :
       {Case{"no secret", "/hook/amocrm/acme", "account[id]=31990001"},
        {"empty secret", "/hook/amocrm/acme/", "account[id]=31990001"},
        {"wrong secret", "/hook/amocrm/acme/wrong", "account[id]=31990001"},
        {"beginning of the secret", "/hook/amocrm/acme/old-secre", ""},
        {"secret and more", "/hook/amocrm/acme/old-secret//", ""},
        {"secret below", "/hook/amocrm/acme/x/old-secret", ""},
        {"secret with NUL", "/hook/amocrm/acme/old-secret\0"sv, ""},
        {"secret in the body", "/hook/amocrm/acme/", "secret=old-secret&account[id]=31990001"},
        {"secret of another portal", "/hook/amocrm/acme/other-secret", "account[id]=7"},
        {"unknown portal", "/hook/amocrm/nobody/old-secret", "account[id]=31990001"},
        {"no portal", "/hook/amocrm/old-secret", ""},
        {"portal with its own path", "/hook/amocrm/elsewhere/other-secret", "account[id]=7"},
        {"portal without secrets", "/hook/amocrm/secretless/", ""},
        {"another account", kGood, "account[id]=31990002"},
        {"empty account", kGood, "account[id]="},
        {"both accounts", kGood, "account[id]=31990001&leads[add][0][id]=1&account[id]=2"},
        {"account as a list", kGood, "account[id][]=31990001"},
        {"account with NUL", kGood, "account[id]=31990001%00"}}) {
    const auto result = guard().admit(path, body);
    EXPECT_EQ(result.verdict, HookVerdict::stranger) << what;
    EXPECT_EQ(result.portal, "") << what;
    EXPECT_EQ(result.body, "") << what;
  }
}

TEST(AmoGuard, BodiesBeyondTheLimitsAreTooLargeAndNotLookedAtForStrangers) {
  std::string many;
  for (int i = 0; i < 5'001; ++i) many += "&a=1";
  const std::string deep = "a[1][2][3][4][5][6][7][8][9]=1";
  const std::string long_key = std::string(257, 'k') + "=1";
  const std::string large(1'048'577, 'x');
  for (const auto& bad : {many, deep, long_key, large}) {
    EXPECT_EQ(guard().admit("/hook/amocrm/acme/old-secret", bad).verdict, HookVerdict::too_large);
    EXPECT_EQ(guard().admit("/hook/amocrm/acme/wrong", bad).verdict, HookVerdict::stranger);
  }
  many.resize(many.size() - 4);
  EXPECT_EQ(guard().admit("/hook/amocrm/acme/old-secret", many).verdict, HookVerdict::accepted);
}

}  // namespace
}  // namespace kpistream::ingest
