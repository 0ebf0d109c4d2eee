// The Bitrix24 reader's healing before a scripted portal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "support.hpp"

namespace kpistream::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr std::string_view kSecret = "/rest/1/s3cret-canary/";
constexpr std::string_view kDeals = "crm.deal.list";

// A portal that answers each command of a batch by its method; what is not told is an empty list.
class Lists {
 public:
  Lists()
      : server([this](const SeenRequest& request) {
          if (!request.target.ends_with("batch.json")) return reply(200, R"({"result":[]})");
          return batch(request.body);
        }) {}

  void answer(const std::string& method, const std::string& json) {
    const std::lock_guard lock(mutex_);
    answers_[method] = json;
  }
  // The next so many batches find the portal out of order.
  void fail(int batches) {
    const std::lock_guard lock(mutex_);
    failing_ = batches;
  }
  // All commands of a method, in order.
  [[nodiscard]] std::vector<std::string> asked(std::string_view method) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> found;
    for (const auto& command : commands_) {
      if (command.starts_with(method)) found.push_back(command);
    }
    return found;
  }
  [[nodiscard]] ReaderOptions options() const {
    ReaderOptions options = options_for(server.url() + std::string(kSecret));
    options.heal = true;
    options.first_read_from = 1'700'000'000;
    return options;
  }

 private:
  Reply batch(const std::string& body) {
    const std::lock_guard lock(mutex_);
    if (failing_ > 0) return --failing_, reply(502, "<html></html>");
    std::string results;
    std::string errors;
    for (std::size_t i = 0;; ++i) {
      const std::string name = "\"w" + std::to_string(i) + "\":\"";
      const auto at = body.find(name);
      if (at == std::string::npos) break;
      const auto from = at + name.size();
      const std::string command = body.substr(from, body.find('"', from) - from);
      commands_.push_back(command);
      const auto known = answers_.find(command.substr(0, command.find('?')));
      const bool array =
          command.starts_with("crm.stage") || command.starts_with("crm.item") || command.starts_with("tasks");
      const std::string json = known != answers_.end() ? known->second : array ? R"({"items":[],"tasks":[]})" : "[]";
      std::string& group = json.starts_with("{\"error") ? errors : results;
      group += (group.empty() ? "\"w" : ",\"w") + std::to_string(i) + "\":" + json;
    }
    return reply(200, R"({"result":{"result":{)" + results + R"(},"result_error":{)" + errors +
                          R"(}},"time":{"finish":1700000500}})");
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::string> answers_;  // guarded by mutex_
  std::vector<std::string> commands_;           // guarded by mutex_
  int failing_ = 0;                             // guarded by mutex_

 public:
  Server server;
};

TEST(Bitrix24Healing, BeginsWithAllListsInOneRequest) {
  Lists portal;
  portal.answer("crm.deal.list", R"([{"ID":"701","STAGE_ID":"NEW"}])");
  Bench bench(make_bitrix24_reader, portal.options());
  bench.reader->start();
  const auto readings = bench.wait_for("crm.deal.list?since=1700000000&after=0&upto=1700000500");
  EXPECT_EQ(readings.front().body, R"({"result":[{"ID":"701","STAGE_ID":"NEW"}]})");
  EXPECT_EQ(readings.front().asked, 0u);
  bench.wait_for("voximplant.statistic.get?since=1700000000&after=0&upto=0");
  for (const std::string method : {"crm.lead.list", "crm.quote.list", "crm.activity.list", "tasks.task.list",
                                   "crm.item.list?entityTypeId=31", "crm.stagehistory.list?entityTypeId=2"}) {
    EXPECT_THAT(portal.asked(method), SizeIs(1)) << method;
  }
}

TEST(Bitrix24Healing, GoesOnFromWhereTheStateSaysItWasRead) {
  Lists portal;
  ReaderOptions options = portal.options();
  options.cursor = [](const std::string& list) -> UnixSeconds {
    return list == kDeals ? 1'700'000'120 : list == "crm.stagehistory.list?entityTypeId=2" ? 5'000 : 0;
  };
  Bench bench(make_bitrix24_reader, options);
  bench.reader->start();
  bench.wait_for("crm.deal.list?since=1700000000&after=0&upto=1700000500");
  bench.wait_for("crm.stagehistory.list?entityTypeId=2&after=4980&upto=5000");
}

TEST(Bitrix24Healing, AsksAgainAfterThePollAndNotBefore) {
  Lists portal;
  ReaderOptions options = portal.options();
  options.poll = seconds(60);
  Bench bench(make_bitrix24_reader, options);
  bench.reader->start();
  bench.wait_for("crm.deal.list?since=1700000000&after=0&upto=1700000500");
  portal.answer("crm.deal.list", R"([{"ID":"702"}])");
  bench.let_pass(seconds(61), 1);
  bench.wait_for("crm.deal.list?since=1700000380&after=0&upto=1700000500");
  EXPECT_THAT(portal.asked("crm.deal.list"), SizeIs(2));
}

TEST(Bitrix24Healing, AListThatThePortalRefusesHoldsNoOtherBack) {
  Lists portal;
  portal.answer("voximplant.statistic.get", R"({"error":"insufficient_scope","error_description":"no telephony"})");
  Bench bench(make_bitrix24_reader, portal.options());
  bench.reader->start();
  bench.wait_for("crm.deal.list?since=1700000000&after=0&upto=1700000500");
  portal.answer("crm.deal.list", R"([{"ID":"702"}])");
  bench.let_pass(seconds(301), 1);
  bench.wait_for("crm.deal.list?since=1700000380&after=0&upto=1700000500");
  EXPECT_THAT(portal.asked("voximplant.statistic.get"), SizeIs(1));
}

TEST(Bitrix24Healing, FiguresTellUpToWhenEachListWasComparedAndWhichFail) {
  Lists portal;
  portal.answer("crm.quote.list", R"({"error":"ACCESS_DENIED","error_description":"no right"})");
  ReaderOptions options = portal.options();
  options.cursor = [](const std::string& list) { return list == "crm.quote.list" ? 1'600'000'000 : 0; };
  Bench bench(make_bitrix24_reader, options);
  EXPECT_EQ(bench.figure("kpistream_sync_failing{portal=acme,list=crm.quote.list}"), 0);
  bench.reader->start();
  bench.wait_for("voximplant.statistic.get?since=1700000000&after=0&upto=0");
  EXPECT_EQ(bench.figure("kpistream_sync_verified_timestamp_seconds{portal=acme,list=crm.deal.list}"), 1'700'000'500);
  EXPECT_EQ(bench.figure("kpistream_sync_failing{portal=acme,list=crm.deal.list}"), 0);
  EXPECT_EQ(bench.figure("kpistream_sync_verified_timestamp_seconds{portal=acme,list=crm.quote.list}"), 1'600'000'000);
  EXPECT_EQ(bench.figure("kpistream_sync_failing{portal=acme,list=crm.quote.list}"), 1);
  EXPECT_EQ(bench.figure("kpistream_backfill_active{portal=acme}"), 0);
}

TEST(Bitrix24Healing, SmartProcessesThatCountAreSweptToo) {
  Lists portal;
  ReaderOptions options = portal.options();
  options.item_types = {"128"};
  Bench bench(make_bitrix24_reader, options);
  bench.reader->start();
  bench.wait_for("crm.item.list?entityTypeId=128&since=1700000000&after=0&upto=1700000500");
  bench.wait_for("crm.stagehistory.list?entityTypeId=128&since=1700000000&after=0&upto=0");
}

constexpr const char* kDealsRead =
    "crm.deal.list?since=1600000000&after=0&backfill=1600000000&upto=9223372036854775807";

TEST(Bitrix24Backfill, ReadsEachListOnceSinceThatDayAndSaysSo) {
  Lists portal;
  portal.answer("crm.deal.list", R"([{"ID":"3"},{"ID":"5"}])");
  ReaderOptions options = portal.options();
  options.heal = false;
  Bench bench(make_bitrix24_reader, options);
  EXPECT_EQ(bench.reader->backfill(1'600'000'000), BackfillStart::impossible);  // not started yet
  bench.reader->start();
  EXPECT_EQ(bench.reader->backfill(1'600'000'000), BackfillStart::begun);
  EXPECT_EQ(bench.reader->backfill(1'500'000'000), BackfillStart::busy);
  bench.wait_for("backfill?cursor=backfill/1600000000/crm.deal.list");
  EXPECT_EQ(bench.wait_for(kDealsRead).front().body, R"({"result":[{"ID":"3"},{"ID":"5"}]})");
  bench.until([&] { return !bench.reader->backfill_progress().active; });
  EXPECT_EQ(bench.reader->backfill_progress().rows, 2u);
  EXPECT_THAT(portal.asked("crm.deal.list"), ElementsAre(HasSubstr("start=0"), HasSubstr("start=-1")));
  EXPECT_EQ(bench.reader->backfill(1'500'000'000), BackfillStart::begun);
}

TEST(Bitrix24Backfill, AListThatThePortalRefusesIsToldAndHoldsNothingUp) {
  Lists portal;
  portal.answer("voximplant.statistic.get", R"({"error":"insufficient_scope","error_description":"no telephony"})");
  ReaderOptions options = portal.options();
  options.heal = false;
  Bench bench(make_bitrix24_reader, options);
  bench.reader->start();
  ASSERT_EQ(bench.reader->backfill(1'600'000'000), BackfillStart::begun);
  bench.wait_for("backfill?since=1600000000");
  bench.until([&] { return !bench.reader->backfill_progress().active; });
  EXPECT_THAT(bench.reader->backfill_progress().refused, ElementsAre("voximplant.statistic.get"));
}

TEST(Bitrix24Backfill, WhatWasAskedForIsWrittenDownOnceHoweverOftenCountingFails) {
  Lists portal;
  portal.fail(3);
  ReaderOptions options = portal.options();
  options.heal = false;
  Bench bench(make_bitrix24_reader, options);
  bench.reader->start();
  ASSERT_EQ(bench.reader->backfill(1'600'000'000), BackfillStart::begun);
  bench.wait_for("backfill?since=1600000000");
  EXPECT_THAT(bench.of("backfill?cursor=backfill/1600000000/crm.deal.list"), SizeIs(1));
}

TEST(Bitrix24Backfill, GoesOnAfterARestartWithWhatIsLeft) {
  Lists portal;
  ReaderOptions options = portal.options();
  options.heal = false;
  options.backfills = [] {
    return BackfillCursors{{"backfill/1600000000/crm.deal.list", 52},
                           {"backfill/1600000000/crm.lead.list", kBackfillDone},
                           {"backfill/nonsense", 1}};
  };
  Bench bench(make_bitrix24_reader, options);
  EXPECT_TRUE(bench.reader->backfill_progress().active);
  bench.reader->start();
  bench.wait_for("crm.deal.list?since=1600000000&after=51&backfill=1600000000&upto=9223372036854775807");
  bench.until([&] { return !bench.reader->backfill_progress().active; });
  EXPECT_THAT(portal.asked("crm.lead.list"), SizeIs(0));
}

}  // namespace
}  // namespace kpistream::ingest
