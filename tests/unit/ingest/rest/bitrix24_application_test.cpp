// The Bitrix24 reader as an application: how its token goes along, when it is renewed, and what becomes of the queue of
// offline events.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>

#include "ingest/rest/bitrix24_offline.hpp"
#include "support.hpp"

namespace kpistream::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Step = Bitrix24Offline::Step;

// ---- the queue, batch by batch

BatchPart result(const std::string& json) { return {BatchPart::Kind::result, json, 0, 0}; }
BatchPart error(const std::string& code) {
  return {BatchPart::Kind::error, "{\"error\":\"" + code + "\",\"error_description\":\"\"}", 0, 0};
}
std::string rows(int first, int count) {
  std::string text = "[";
  for (int i = 0; i < count; ++i) {
    text += (i == 0 ? "" : ",") + std::string("{\"ID\":\"") + std::to_string(first + i) +
            "\",\"EVENT_NAME\":\"ONCRMDEALADD\",\"EVENT_DATA\":{\"FIELDS\":{\"ID\":1}}}";
  }
  return text + "]";
}
BatchPart fetched(const std::string& process, int count) {
  return result("{\"process_id\":\"" + process + "\",\"events\":" + rows(1, count) + "}");
}

class Queue : public testing::Test {
 protected:
  Bitrix24Offline::Taken take(const std::vector<BatchPart>& parts) { return queue.take(parts); }
  void bind(const std::string& reserved = "[]") {
    queue.begin(1);
    const auto commands = queue.commands();
    ASSERT_LE(commands.size(), 50u);
    EXPECT_EQ(commands.front(), "event.bind?event=ONCRMLEADADD&event_type=offline");
    std::vector<BatchPart> parts(commands.size(), result("true"));
    parts[0] = error("ERROR_EVENT_NOT_FOUND");
    EXPECT_EQ(take(parts).step, Step::on);
    EXPECT_THAT(queue.commands(), ElementsAre("event.offline.list?filter%5B%21PROCESS_ID%5D="));
    EXPECT_EQ(take({result(reserved)}).step, Step::on);
  }
  Bitrix24Offline queue;
};

TEST_F(Queue, IsClearedWithTheNextBatchOnceItsRowsWereHandedOut) {
  bind();
  EXPECT_THAT(queue.commands(), ElementsAre("event.offline.get?clear=0"));
  const auto full = take({fetched("p1", 50)});
  EXPECT_EQ(full.events, 50u);
  EXPECT_THAT(full.bodies, ElementsAre(HasSubstr("{\"result\":{\"process_id\":\"p1\",\"events\":[{\"ID\":\"1\"")));
  EXPECT_THAT(queue.commands(), ElementsAre("event.offline.clear?process_id=p1", "event.offline.get?clear=0"));
  EXPECT_EQ(take({result("true"), fetched("p2", 3)}).events, 3u);
  EXPECT_THAT(queue.commands(), ElementsAre("event.offline.clear?process_id=p2"));
  EXPECT_THAT(take({result("true")}).bodies, IsEmpty());
  EXPECT_THAT(queue.commands(), IsEmpty());
  queue.begin(1);
  EXPECT_THAT(queue.commands(), ElementsAre("event.offline.get?clear=0")) << "bound already";
  EXPECT_THAT(take({fetched("p3", 0)}).bodies, IsEmpty());
  EXPECT_THAT(queue.commands(), IsEmpty());
  queue.begin(2);
  EXPECT_THAT(queue.commands().front(), HasSubstr("event.bind"));
}

TEST_F(Queue, TakesOverWhatAPredecessorHasLeftReserved) {
  bind(R"([{"ID":"1","PROCESS_ID":"old1"},{"ID":"2","PROCESS_ID":"old2"},{"ID":"3","PROCESS_ID":"old1"},
           {"ID":"4","PROCESS_ID":"&clear=1"},{"ID":"5"}])");
  EXPECT_THAT(queue.commands(), ElementsAre("event.offline.get?clear=0&process_id=old2"));
  EXPECT_EQ(take({fetched("old2", 1)}).events, 1u);
  EXPECT_THAT(queue.commands(),
              ElementsAre("event.offline.clear?process_id=old2", "event.offline.get?clear=0&process_id=old1"));
  EXPECT_EQ(take({result("true"), fetched("old1", 2)}).events, 2u);
  EXPECT_THAT(queue.commands(), ElementsAre("event.offline.clear?process_id=old1", "event.offline.get?clear=0"));
}

TEST_F(Queue, IsLookedAtBeforeItIsReadAwayWhereThePlanDoesNotReserve) {
  bind();
  EXPECT_EQ(take({error("WRONG_LICENSE")}).step, Step::on);
  EXPECT_THAT(queue.commands(), ElementsAre("event.offline.list"));
  EXPECT_THAT(take({result(rows(7, 2))}).bodies, ElementsAre(HasSubstr("{\"result\":{\"events\":[{\"ID\":\"7\"")));
  EXPECT_THAT(queue.commands(), ElementsAre("event.offline.get?clear=1&filter%5B%3C%3DID%5D=8"));
  const auto away = take({result("{\"process_id\":null,\"events\":" + rows(7, 2) + "}")});
  EXPECT_EQ(away.bodies.size(), 1u) << "a row may have changed since it was looked at";
  EXPECT_EQ(away.events, 0u) << "counted already";
  EXPECT_THAT(queue.commands(), IsEmpty());
  queue.begin(1);
  EXPECT_THAT(queue.commands(), ElementsAre("event.offline.list"));
}

TEST(OfflineQueue, IsToldOfAtAnAddressOfOurs) {
  Bitrix24Offline queue("https://k.example/hook/bitrix24/acme");
  queue.begin(1);
  EXPECT_EQ(queue.commands().back(),
            "event.bind?event=ONOFFLINEEVENT&handler=https%3A%2F%2Fk.example%2Fhook%2Fbitrix24%2Facme");
  EXPECT_LE(queue.commands().size(), 50u);
}

TEST_F(Queue, IsNotForEverybody) {
  queue.begin(1);
  EXPECT_EQ(take(std::vector<BatchPart>(queue.commands().size(), error("ACCESS_DENIED"))).step, Step::refused);
  EXPECT_FALSE(queue.bound(1));
  queue.begin(1);
  EXPECT_EQ(take(std::vector<BatchPart>(queue.commands().size(), BatchPart{})).step, Step::failed);
}

TEST_F(Queue, GoesOnAfterAFailureWhereItWas) {
  bind();
  (void)take({fetched("p1", 3)});
  EXPECT_EQ(take({BatchPart{BatchPart::Kind::limited, "", 0, 0}}).step, Step::failed);
  queue.begin(1);
  EXPECT_THAT(queue.commands(), ElementsAre("event.offline.clear?process_id=p1", "event.offline.get?clear=0"));
}

// ---- the reader

class Memory final : public SmallFiles {
 public:
  std::optional<std::string> read(const std::string& /*path*/) override { return content; }
  bool make_folder(const std::string& /*path*/) override { return true; }
  bool write_synced(const std::string& /*path*/, const std::string& bytes) override {
    content = bytes;
    return true;
  }
  bool rename(const std::string& /*from*/, const std::string& /*to*/) override { return true; }
  bool sync_folder(const std::string& /*path*/) override { return true; }
  std::string content;
};

// A portal, and the server that gives tokens, behind one address. The valid access token is "a<n>".
class Host {
 public:
  Host() : server([this](const SeenRequest& request) { return answer(request); }) {}

  Reply answer(const SeenRequest& request) {
    const std::lock_guard lock(mutex_);
    if (request.target == "/oauth/token/") {
      ++serial_;
      return reply(200, R"({"access_token":"a)" + std::to_string(serial_) + R"(","refresh_token":"r)" +
                            std::to_string(serial_) + R"(","expires_in":3600,"member_id":"m"})");
    }
    if (!request.body.starts_with(R"({"auth":"a)" + std::to_string(serial_) + "\"")) {
      return reply(401, R"({"error":"expired_token","error_description":""})");
    }
    if (request.target == "/rest/user.get.json") return reply(200, R"({"result":[]})");
    return reply(200, R"({"result":{"result":{)" + results(request.body) +
                          R"(},"result_error":[],"result_total":[]},"time":{}})");
  }

  // To each command of a batch.
  static std::string results(const std::string& body) {
    std::string all;
    for (std::size_t i = 0;; ++i) {
      const std::string key = "\"w" + std::to_string(i) + "\":\"";
      const auto at = body.find(key);
      if (at == std::string::npos) return all;
      const std::string command = body.substr(at + key.size(), body.find('"', at + key.size()) - at - key.size());
      const bool get = command.starts_with("event.offline.get");
      const std::string said = get ? R"({"process_id":"p","events":)" + rows(1, 1) + "}"
                               : command.starts_with("event.offline.list") ? "[]"
                                                                           : "true";
      all += (i == 0 ? "\"w" : ",\"w") + std::to_string(i) + "\":" + said;
    }
  }

  void expire() {
    const std::lock_guard lock(mutex_);
    ++serial_;
  }
  [[nodiscard]] std::vector<std::string> asked(const std::string& word) const {
    std::vector<std::string> bodies;
    for (const auto& request : server.seen()) {
      if (request.target.find(word) != std::string::npos || request.body.find(word) != std::string::npos) {
        bodies.push_back(request.body);
      }
    }
    return bodies;
  }

 private:
  std::mutex mutex_;
  int serial_ = 1;

 public:
  Server server;
};

class Application : public testing::Test {
 protected:
  Application() {
    TokenFile file;
    file.current = TokenPair{"a1", "r1", 0, "m", ""};
    files.content = encode(file);
    TokenStoreOptions tokens{"acme", "/s/t.json", "", "", {}, {}, {}};
    tokens.client = {OAuthClient::Dialect::bitrix24, host.server.url(), "id", "secret", ""};
    options = options_for(host.server.url() + "/rest/");
    options.application = std::make_shared<TokenStore>(tokens, files);
  }
  Host host;
  Memory files;
  ReaderOptions options;
};

TEST_F(Application, SendsItsTokenInTheBodyAndNeverInAnAddress) {
  Bench bench(make_bitrix24_reader, options);
  bench.reader->start();
  bench.wait_for("user.get");
  for (const auto& request : host.server.seen()) {
    EXPECT_EQ(request.method, "POST");
    EXPECT_THAT(request.target, Not(HasSubstr("a1")));
    EXPECT_THAT(request.body, HasSubstr(R"("auth":"a1")"));
    EXPECT_EQ(request.bearer, "");
  }
}

TEST_F(Application, RenewsItsTokenOnceAndAsksAgain) {
  host.expire();
  Bench bench(make_bitrix24_reader, options);
  bench.reader->start();
  bench.wait_for("user.get");
  EXPECT_THAT(host.asked("/oauth/token/"),
              ElementsAre("grant_type=refresh_token&client_id=id&client_secret=secret&refresh_token=r1"));
  EXPECT_EQ(options.application->access(), "a3");
  EXPECT_EQ(bench.figure("kpistream_application_state{portal=acme,state=working}"), 1);
  EXPECT_EQ(bench.figure("kpistream_token_exchanges_total{portal=acme,result=given}"), 1);
  EXPECT_EQ(bench.figure("kpistream_api_requests_total{portal=acme,result=denied}"), 0);
}

TEST_F(Application, DeletesEventsOnlyOnceTheJournalHasThem) {
  Bench bench(make_bitrix24_reader, options);
  bench.reader->start();
  bench.wait_for("user.get");
  bench.wait_for(std::string(kOfflineSubject));
  bench.until([&] { return !host.asked("event.offline.clear?process_id=p").empty(); });
  const auto cleared = host.asked("event.offline.clear").size();
  bench.journal.refuse(true);
  bench.wish(std::string(kOfflineSubject), 7);
  const auto refused = bench.journal.refused();
  bench.until([&] { return bench.journal.refused() > refused + 3; });
  EXPECT_EQ(host.asked("event.offline.clear").size(), cleared);
  bench.journal.refuse(false);
  bench.until([&] { return host.asked("event.offline.clear").size() > cleared; });
  EXPECT_EQ(bench.of(std::string(kOfflineSubject)).back().asked, 7u);
}

TEST_F(Application, WaitsQuietlyForAPair) {
  files.content = encode(TokenFile{});
  options.application = std::make_shared<TokenStore>(
      TokenStoreOptions{
          "acme", "/s/t.json", "", "", {OAuthClient::Dialect::bitrix24, host.server.url(), "i", "s", ""}, {}, {}},
      files);
  Bench bench(make_bitrix24_reader, options);
  bench.reader->start();
  bench.let_pass(std::chrono::seconds(61), 10);
  EXPECT_THAT(host.server.seen(), IsEmpty());
  EXPECT_EQ(bench.figure("kpistream_application_state{portal=acme,state=waiting}"), 1);
}

}  // namespace
}  // namespace kpistream::ingest
