// Who is let in and who is not. The secret is in the path, never in the body.
#include "ingest/amocrm/guard.hpp"

#include <gtest/gtest.h>

#include "ingest/proof/digest.hpp"

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

// ---- the signed word that an integration was switched off

const char* const kClient = "0a1b2c3d-0000-4000-8000-123456789abc";
const char* const kSignature = "8ea0c887101a64cfe35cabbbf13a159aeae675968be40e462511a8085d1b88ae";
const char* const kPath = "/hook/amocrm/acme/hook-secret";

AmoGuard signed_guard(std::vector<ApplicationEvent>* heard = nullptr) {
  AmoHook hook{"acme", "", {"hook-secret"}, "31990001", kClient, "client-secret"};
  if (heard != nullptr) hook.heard = [heard](const ApplicationEvent& event) { heard->push_back(event); };
  return AmoGuard({hook, {"plain", "", {"hook-secret"}, "31990001"}});
}

std::string query(const std::string& client, const std::string& account, const std::string& key = "client-secret") {
  return "client_uuid=" + client + "&account_id=" + account + "&signature=" + hmac_sha256(key, client + "|" + account);
}

TEST(AmoGuard, ASignedQueryTellsThatTheIntegrationIsOff) {
  std::vector<ApplicationEvent> heard;
  const auto guard = signed_guard(&heard);
  const auto query = ingest::query(kClient, "31990001");
  ASSERT_TRUE(guard.takes_query(query));
  const auto result = guard.admit_query(kPath, query);
  EXPECT_EQ(result.verdict, HookVerdict::accepted);
  EXPECT_EQ(result.portal, "acme");
  EXPECT_EQ(result.body, std::string("client_uuid=") + kClient + "&account_id=31990001") << "without its signature";
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].kind, ApplicationEvent::Kind::uninstalled);
  EXPECT_TRUE(heard[0].offer.proved);
}

TEST(AmoGuard, TheSignatureIsThatOfAnotherProgramToo) {
  // openssl dgst -sha256 -hmac client-secret over "<client>|31990001"
  EXPECT_EQ(
      signed_guard()
          .admit_query(kPath, std::string("client_uuid=") + kClient + "&account_id=31990001&signature=" + kSignature)
          .verdict,
      HookVerdict::accepted);
}

TEST(AmoGuard, ABrokenSignatureIsAStrangers) {
  std::vector<ApplicationEvent> heard;
  const auto guard = signed_guard(&heard);
  const std::string good = query(kClient, "31990001");
  struct Case {
    const char* what;
    std::string path;
    std::string query;
  };
  for (const auto& [what, path, told] :
       {Case{"other key", kPath, query(kClient, "31990001", "other")},
        {"no key", kPath, std::string("client_uuid=") + kClient + "&account_id=31990001&signature="},
        {"other client", kPath, query("other", "31990001")},
        {"other account", kPath, query(kClient, "7")},
        {"a digit is missing", kPath, good.substr(0, good.size() - 1)},
        {"a word more", kPath, good + "0"},
        {"wrong secret in the path", "/hook/amocrm/acme/wrong", good},
        {"no secret in the path", "/hook/amocrm/acme", good},
        {"a portal without an integration", "/hook/amocrm/plain/hook-secret", good},
        {"a portal without one, signed with nothing", "/hook/amocrm/plain/hook-secret",
         "client_uuid=&account_id=31990001&signature="}}) {
    EXPECT_EQ(guard.admit_query(path, told).verdict, HookVerdict::stranger) << what;
  }
  EXPECT_TRUE(heard.empty());
}

TEST(AmoGuard, NoOtherQueryPassesTheDoor) {
  const auto guard = signed_guard();
  for (const char* other : {"", "leads[add][0][id]=1", "client_uuid=x&account_id=1", "signature=1"}) {
    EXPECT_FALSE(guard.takes_query(other)) << other;
  }
  EXPECT_FALSE(guard.takes_query(query(kClient, "31990001") + "&x=" + std::string(1'024, 'x')));
}

}  // namespace
}  // namespace kpistream::ingest
