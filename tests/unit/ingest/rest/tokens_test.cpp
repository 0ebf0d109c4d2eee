// Tokens that can be used once: what is asked for them, what is kept, and who is believed. What a crash leaves is in
// tests/crash/tokens_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "ingest/rest/token_store.hpp"

namespace kpistream::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Kind = TokenStore::Errand::Kind;

constexpr UnixSeconds kNow = 1'789'369'205;

TEST(OAuth, AsksBitrix24WithAFormInWhichNothingIsLeftToGuess) {
  const OAuthClient client{OAuthClient::Dialect::bitrix24, "https://oauth.bitrix24.tech", "app.1", "s&cret=+", ""};
  const auto asked = exchange_request(client, "r/1");
  EXPECT_EQ(asked.path, "oauth/token/");
  EXPECT_EQ(asked.content_type, "application/x-www-form-urlencoded");
  EXPECT_EQ(asked.body, "grant_type=refresh_token&client_id=app.1&client_secret=s%26cret%3D%2B&refresh_token=r%2F1");
}

TEST(OAuth, AsksAmoWithJson) {
  const OAuthClient client{OAuthClient::Dialect::amocrm, "https://a.amocrm.ru", "id", "secret", "https://k.example/"};
  const auto asked = exchange_request(client, "def502");
  EXPECT_EQ(asked.path, "oauth2/access_token");
  EXPECT_EQ(asked.content_type, "application/json");
  EXPECT_EQ(asked.body,
            R"({"client_id":"id","client_secret":"secret","grant_type":"refresh_token","refresh_token":"def502",)"
            R"("redirect_uri":"https://k.example/"})");
  EXPECT_EQ(exchange_request(client, "def502", Grant::code).body,
            R"({"client_id":"id","client_secret":"secret","grant_type":"authorization_code","code":"def502",)"
            R"("redirect_uri":"https://k.example/"})");
}

TEST(OAuth, TakesAPairWithWhoseItIs) {
  const auto answer = exchange_answer(200, R"({"access_token":"a","refresh_token":"r","expires_in":3600,"member_id":"m",
      "client_endpoint":"https://acme.bitrix24.ru/rest/","scope":"crm"})",
                                      kNow);
  EXPECT_EQ(answer.outcome, Exchange::given);
  EXPECT_EQ(answer.pair, (TokenPair{"a", "r", kNow + 3'600, "m", "https://acme.bitrix24.ru/rest/"}));
  const auto amo = exchange_answer(
      200, R"({"token_type":"Bearer","expires_in":86400,"access_token":"a","refresh_token":"r"})", kNow);
  EXPECT_EQ(amo.pair, (TokenPair{"a", "r", kNow + 86'400, "", ""}));
}

TEST(OAuth, TellsATokenThatIsUsedUpFromAServerThatCannotAnswer) {
  const auto outcome = [](unsigned status, const std::string& body) {
    return exchange_answer(status, body, kNow).outcome;
  };
  EXPECT_EQ(outcome(400, R"({"error":"invalid_grant","error_description":"Invalid grant"})"), Exchange::used_up);
  EXPECT_EQ(outcome(200, R"({"error":"invalid_grant"})"), Exchange::used_up);
  EXPECT_EQ(outcome(401, R"({"hint":"Token has been revoked","title":"...","status":401})"), Exchange::used_up);
  EXPECT_EQ(outcome(400, R"({"error":"invalid_client"})"), Exchange::wrong_client);
  EXPECT_EQ(outcome(400, R"({"hint":"Check the `client_secret` parameter","status":400})"), Exchange::wrong_client);
  EXPECT_EQ(outcome(400, R"({"hint":"Authorization code has expired","status":400})"), Exchange::used_up);
  EXPECT_EQ(outcome(402, R"({"error":"PAYMENT_REQUIRED"})"), Exchange::denied);
  EXPECT_EQ(outcome(400, R"({"title":"Bad Request"})"), Exchange::denied);
  for (const auto& [status, body] :
       std::map<unsigned, std::string>{{0, ""},
                                       {200, "<html>"},
                                       {201, R"({"access_token":"a","refresh_token":"r"})"},
                                       {429, R"({"error":"invalid_grant"})"},
                                       {502, R"({"error":"invalid_grant"})"}}) {
    EXPECT_EQ(outcome(status, body), Exchange::unanswered) << status;
  }
  EXPECT_EQ(outcome(200, R"({"access_token":"a","refresh_token":""})"), Exchange::unanswered);
  EXPECT_EQ(outcome(200, R"({"access_token":"a\"b","refresh_token":"r"})"), Exchange::unanswered);
}

TEST(OAuth, RenewsForExpiredTokenAloneAndForNothingElse) {
  EXPECT_EQ(access_verdict(401, R"({"error":"expired_token"})"), AccessVerdict::expired);
  EXPECT_EQ(access_verdict(401, R"({"error":"invalid_token"})"), AccessVerdict::dead);
  EXPECT_EQ(access_verdict(401, R"({"error":"insufficient_scope"})"), AccessVerdict::fine);
  EXPECT_EQ(access_verdict(403, R"({"error":"expired_token"})"), AccessVerdict::fine);
  EXPECT_EQ(access_verdict(401, "<html>"), AccessVerdict::fine);
}

TEST(OAuth, PutsTheTokenIntoTheBody) {
  EXPECT_EQ(with_access(R"({"start":0})", "t0k"), R"({"auth":"t0k","start":0})");
  EXPECT_EQ(with_access("{}", "t0k"), R"({"auth":"t0k"})");
}

TEST(OAuth, ComparesPlacesAndNotSpellings) {
  EXPECT_TRUE(same_place("https://acme.bitrix24.ru/rest/", "https://acme.bitrix24.ru:443"));
  EXPECT_FALSE(same_place("https://acme.bitrix24.ru/", "http://acme.bitrix24.ru/"));
  EXPECT_FALSE(same_place("https://acme.bitrix24.ru/", "https://acme.bitrix24.ru.evil.example/"));
  EXPECT_FALSE(same_place("https://acme.bitrix24.ru@evil.example/", "https://acme.bitrix24.ru/"));
  EXPECT_FALSE(same_place("", ""));
}

TEST(TokenFileForm, KeepsEverything) {
  TokenFile file;
  file.current = TokenPair{"a", "r", kNow, "m", "https://acme.bitrix24.ru/rest/"};
  file.candidate = TokenPair{"a2", "r2", kNow + 1, "m", ""};
  file.candidate_of = {"r1", "app", "m", kNow, true};
  file.application_tokens = {"app", "older"};
  file.offers = {{"o1", "x", "m", kNow, false}, {"o2", "", "m", 0, true}};
  file.tried = "0a";
  file.asked = "0b";
  file.installed = kNow;
  file.uninstalled = kNow + 1;
  EXPECT_EQ(decode_token_file(encode(file)), file);
  EXPECT_EQ(decode_token_file(encode(TokenFile{})), TokenFile{});
}

TEST(TokenFileForm, RefusesWhatIsCutOrOfAnotherVersion) {
  TokenFile file;
  file.current = TokenPair{"a", "r", kNow, "m", ""};
  const std::string whole = encode(file);
  for (std::size_t length = 0; length + 1 < whole.size(); ++length) {
    EXPECT_FALSE(decode_token_file(whole.substr(0, length))) << length;
  }
  EXPECT_FALSE(decode_token_file(R"({"version":2,"uninstalled":0})"));
}

// ---- the store

class MemoryFiles final : public SmallFiles {
 public:
  std::optional<std::string> read(const std::string& path) override {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  }
  bool make_folder(const std::string& /*path*/) override { return true; }
  bool write_synced(const std::string& path, const std::string& bytes) override {
    if (full) return false;
    files[path] = bytes;
    return true;
  }
  bool rename(const std::string& from, const std::string& to) override {
    files[to] = files[from];
    files.erase(from);
    return true;
  }
  bool sync_folder(const std::string& /*path*/) override { return true; }

  std::map<std::string, std::string> files;
  bool full = false;
};

class Tokens : public testing::Test {
 protected:
  void restart() { store = std::make_unique<TokenStore>(options, files); }

  static TokenPair pair(const std::string& n, const std::string& member = "m",
                        const std::string& endpoint = "https://acme.bitrix24.ru/rest/") {
    return {"a" + n, "r" + n, kNow, member, endpoint};
  }
  static ApplicationEvent event(ApplicationEvent::Kind kind, const std::string& refresh, bool proved, UnixSeconds at,
                                const std::string& member = "m") {
    return {kind, {refresh, "app", member, at, proved}};
  }
  static ApplicationEvent installed(const std::string& refresh, UnixSeconds at = kNow) {
    return event(ApplicationEvent::Kind::installed, refresh, false, at);
  }
  // The errand that is to be done, and what the server says to it.
  TokenStore::Errand answer(Kind kind, const ExchangeAnswer& said) {
    const auto errand = store->next(true);
    EXPECT_TRUE(errand && errand->kind == kind);
    if (!errand) return {};
    EXPECT_TRUE(store->begin(*errand));
    (void)store->take(*errand, said);
    return *errand;
  }
  void given(Kind kind, const TokenPair& pair) { answer(kind, {Exchange::given, pair}); }
  void install(const std::string& refresh = "i1", const std::string& n = "1", UnixSeconds at = kNow) {
    store->heard(installed(refresh, at));
    given(Kind::offer, pair(n));
    check(Rank::administrator);
  }
  void check(Rank rank) {
    const auto errand = store->next(true);
    ASSERT_TRUE(errand && errand->kind == Kind::candidate);
    (void)store->checked(rank);
  }
  [[nodiscard]] TokenFile kept() { return decode_token_file(files.files["/s/tokens/acme.json"]).value_or(TokenFile{}); }

  TokenStoreOptions options{"acme", "/s/tokens/acme.json", "https://acme.bitrix24.ru/rest/", "", {}, {}, {}};
  MemoryFiles files;
  std::unique_ptr<TokenStore> store = std::make_unique<TokenStore>(options, files);
};

TEST_F(Tokens, BeginWithNothingToDo) {
  EXPECT_EQ(store->state(), TokenState::waiting);
  EXPECT_FALSE(store->next(true));
  EXPECT_FALSE(store->access());
}

TEST_F(Tokens, OfAnInstallationAreExchangedAndThoseOfAnAdministrator) {
  store->heard(installed("i1"));
  EXPECT_EQ(answer(Kind::offer, {Exchange::given, pair("1")}).token, "i1");
  EXPECT_FALSE(store->access()) << "nobody knows yet whose it is";
  EXPECT_FALSE(store->application_tokens()->contains("app"));
  check(Rank::administrator);
  EXPECT_EQ(store->access(), "a1");
  EXPECT_TRUE(store->application_tokens()->contains("app"));
  EXPECT_EQ(store->state(), TokenState::working);
  restart();
  EXPECT_EQ(store->access(), "a1");
  EXPECT_TRUE(store->application_tokens()->contains("app"));
}

TEST_F(Tokens, OfAnEmployeeAreNotTaken) {
  store->heard(installed("i1"));
  given(Kind::offer, pair("1"));
  check(Rank::other);
  EXPECT_EQ(store->state(), TokenState::no_admin);
  EXPECT_FALSE(store->application_tokens()->contains("app"));
  EXPECT_FALSE(kept().candidate);
  install("i2", "2");
  EXPECT_EQ(store->state(), TokenState::working);
}

TEST_F(Tokens, OfACandidateThatHasEndedAreRenewedFirst) {
  store->heard(installed("i1"));
  given(Kind::offer, pair("1"));
  restart();
  check(Rank::expired);
  EXPECT_EQ(answer(Kind::again, {Exchange::given, pair("2")}).token, "r1");
  check(Rank::unknown);
  check(Rank::administrator);
  EXPECT_EQ(store->access(), "a2");
}

TEST_F(Tokens, OfAnotherPortalAreNotTaken) {
  store->heard(installed("i1"));
  given(Kind::offer, pair("1", "m", "https://other.bitrix24.ru/rest/"));
  EXPECT_EQ(store->state(), TokenState::foreign);
  store->heard(installed("i2"));
  given(Kind::offer, pair("2", "other"));  // the event had lied
  EXPECT_FALSE(kept().candidate);
  EXPECT_FALSE(store->next(true));
  install("i3", "3");
  store->heard(event(ApplicationEvent::Kind::installed, "i4", true, kNow, "other"));
  EXPECT_FALSE(store->next(true)) << "known for another one without asking";
}

TEST_F(Tokens, ThatAreForgedAreForgotten) {
  store->heard(installed("forged"));
  EXPECT_FALSE(store->next(false)) << "strangers wait their turn";
  answer(Kind::offer, {Exchange::used_up, {}});
  EXPECT_FALSE(store->next(true));
  EXPECT_EQ(store->state(), TokenState::waiting);
  EXPECT_THAT(kept().offers, IsEmpty());
}

TEST_F(Tokens, ThatNobodyAskedForAreFew) {
  for (int i = 0; i < 100; ++i) store->heard(installed("flood" + std::to_string(i)));
  (void)store->next(true);
  EXPECT_EQ(kept().offers.size(), 4u);
  store->heard({ApplicationEvent::Kind::installed, {std::string(10'000, 'x'), "", "m", kNow, false}});
  store->heard({ApplicationEvent::Kind::installed, {"quo\"te", "", "m", kNow, false}});
  (void)store->next(true);
  EXPECT_EQ(kept().offers.size(), 4u);
  for (int i = 0; i < 100; ++i) store->heard(installed("again" + std::to_string(i)));
  store->heard(event(ApplicationEvent::Kind::uninstalled, "", true, kNow));
  (void)store->next(true);
  EXPECT_EQ(store->state(), TokenState::uninstalled) << "strangers leave room for what is proved";
}

TEST_F(Tokens, AreRenewedOnceTheyHaveEnded) {
  install();
  EXPECT_FALSE(store->next(true));
  store->expired("a0");  // of one that was replaced
  EXPECT_FALSE(store->next(true));
  store->expired("a1");
  EXPECT_FALSE(store->access());
  EXPECT_EQ(answer(Kind::renew, {Exchange::unanswered, {}}).token, "r1");
  EXPECT_EQ(answer(Kind::renew, {Exchange::given, pair("2")}).token, "r1");
  EXPECT_EQ(store->access(), "a2");
  EXPECT_EQ(kept().current, pair("2"));
  EXPECT_FALSE(store->next(true));
}

TEST_F(Tokens, AreNotUsedUpOnAFullDisk) {
  install();
  store->expired("a1");
  const auto errand = store->next(true);
  files.full = true;
  ASSERT_TRUE(errand);
  EXPECT_FALSE(store->begin(*errand));
  EXPECT_EQ(store->state(), TokenState::unwritable);
  files.full = false;
  given(Kind::renew, pair("2"));
  EXPECT_EQ(store->access(), "a2");
}

TEST_F(Tokens, ThatCannotBeWrittenAreKeptInHandAndNotUsed) {
  install();
  store->expired("a1");
  const auto errand = store->next(true);
  ASSERT_TRUE(errand && store->begin(*errand));
  files.full = true;
  EXPECT_FALSE(store->take(*errand, {Exchange::given, pair("2")}));
  EXPECT_FALSE(store->access());
  EXPECT_FALSE(store->next(true));
  files.full = false;
  EXPECT_FALSE(store->next(true)) << "written now, and nothing more to do";
  EXPECT_EQ(store->access(), "a2");
  EXPECT_EQ(kept().current, pair("2"));
}

TEST_F(Tokens, ThatAreUsedUpWaitForOthers) {
  install();
  store->expired("a1");
  answer(Kind::renew, {Exchange::used_up, {}});
  EXPECT_EQ(store->state(), TokenState::refused);
  EXPECT_FALSE(store->next(true)) << "never a second time";
  store->heard(event(ApplicationEvent::Kind::other, "r1", true, kNow));
  EXPECT_FALSE(store->next(true)) << "the same again";
  store->heard(event(ApplicationEvent::Kind::other, "r9", false, kNow));
  EXPECT_FALSE(store->next(true)) << "not proved";
  store->heard(event(ApplicationEvent::Kind::other, "r9", true, kNow));
  EXPECT_TRUE(store->next(false)) << "proved ones need not wait";
  given(Kind::offer, pair("3"));
  check(Rank::administrator);
  EXPECT_EQ(store->access(), "a3");
}

TEST_F(Tokens, OfOrdinaryEventsAreNotLookedAtWhileThereIsAPair) {
  install();
  store->heard(event(ApplicationEvent::Kind::other, "r9", true, kNow));
  EXPECT_TRUE(store->pending());
  EXPECT_FALSE(store->next(true));
  EXPECT_FALSE(store->pending());
  EXPECT_THAT(kept().offers, IsEmpty());
}

TEST_F(Tokens, GoWithTheApplication) {
  install();
  store->heard(event(ApplicationEvent::Kind::uninstalled, "", false, kNow + 60));
  EXPECT_FALSE(store->next(true));
  EXPECT_EQ(store->state(), TokenState::working) << "not proved";
  store->heard(event(ApplicationEvent::Kind::uninstalled, "", true, kNow));
  EXPECT_FALSE(store->next(true));
  EXPECT_EQ(store->state(), TokenState::working) << "of the installation before";
  store->heard(event(ApplicationEvent::Kind::uninstalled, "", true, kNow + 60));
  EXPECT_FALSE(store->next(true));
  EXPECT_EQ(store->state(), TokenState::uninstalled);
  EXPECT_FALSE(kept().current);
  restart();
  EXPECT_EQ(store->state(), TokenState::uninstalled);
  const auto before = store->installation();
  install("i2", "2", kNow + 120);
  EXPECT_EQ(store->state(), TokenState::working);
  EXPECT_GT(store->installation(), before);
}

TEST_F(Tokens, OfAnUpdateGoBesideThoseOfBefore) {
  install();
  store->heard({ApplicationEvent::Kind::installed, {"i2", "app2", "m", kNow + 60, false}});
  given(Kind::offer, pair("2"));
  EXPECT_EQ(store->access(), "a1") << "until the other is known to be good";
  check(Rank::administrator);
  EXPECT_EQ(store->access(), "a2");
  EXPECT_THAT(kept().application_tokens, ElementsAre("app2", "app"));
}

TEST_F(Tokens, MayComeFromTheOperatorOnce) {
  std::string first = "f1";
  options.first = [&] { return first; };
  restart();
  answer(Kind::first, {Exchange::unanswered, {}});
  restart();
  given(Kind::first, pair("1"));
  EXPECT_EQ(store->access(), "a1");
  store->expired("a1");
  answer(Kind::renew, {Exchange::used_up, {}});
  EXPECT_FALSE(store->next(true)) << "it was used";
  first = "f2";
  EXPECT_EQ(answer(Kind::first, {Exchange::given, pair("2")}).token, "f2");
  EXPECT_EQ(store->access(), "a2");
}

TEST_F(Tokens, AreTiedToTheConfiguredPortal) {
  install();
  options.member_id = "other";
  restart();
  EXPECT_FALSE(store->access());
  EXPECT_EQ(store->state(), TokenState::foreign);
  options.member_id = "m";
  restart();
  EXPECT_EQ(store->access(), "a1");
}

TEST_F(Tokens, OfADamagedFileAreLeftAlone) {
  files.files["/s/tokens/acme.json"] = "{";
  options.first = [] { return "f1"; };
  restart();
  store->heard(installed("i1"));
  EXPECT_FALSE(store->next(true));
  EXPECT_EQ(store->state(), TokenState::damaged);
  EXPECT_EQ(files.files["/s/tokens/acme.json"], "{");
}

TEST_F(Tokens, TellEachNewStateOnce) {
  std::vector<TokenState> told;
  options.told = [&](TokenState state) { told.push_back(state); };
  restart();
  install();
  store->expired("a1");
  answer(Kind::renew, {Exchange::wrong_client, {}});
  answer(Kind::renew, {Exchange::denied, {}});
  given(Kind::renew, pair("2"));
  store->dead("a2");
  EXPECT_THAT(told, ElementsAre(TokenState::working, TokenState::wrong_client, TokenState::denied, TokenState::working,
                                TokenState::refused));
}

}  // namespace
}  // namespace kpistream::ingest
