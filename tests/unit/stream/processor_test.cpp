// From records to figures: batches, restarts, wishes, windows, verify.
#include "stream/processor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "stream/codec/values.hpp"
#include "stream/memory_state.hpp"
#include "stream/reading_state.hpp"
#include "stream/verify.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

using tests::Bench;
using tests::deal;
using tests::kNoon;
using tests::point;

void tell_random(Bench& bench, std::mt19937& random, int records) {
  for (int i = 0; i < records; ++i) {
    const auto outcome = static_cast<Outcome>(1 + random() % 3);
    const auto at = kNoon - static_cast<UnixSeconds>(random() % 900'000);
    auto seen = deal(std::to_string(random() % 8),
                     point(at, outcome, std::to_string(random() % 3), static_cast<MinorUnits>(random() % 1000)),
                     kNoon - 900'000);
    if (random() % 10 == 0) seen.presence = random() % 2 == 0 ? Presence::gone : Presence::present;
    bench.tell({seen}, random() % 3 == 0 ? std::vector<std::string>{"wish"} : std::vector<std::string>{});
  }
}

TEST(Processor, TheSizeOfBatchesChangesNothing) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::map<std::string, std::string> expected;
  for (const std::size_t size : {1U, 2U, 7U, 1000U}) {
    std::mt19937 random(seed);
    Bench bench(ProcessorLimits{size, 1u << 20});
    tell_random(bench, random, 200);
    bench.run();
    if (expected.empty()) expected = bench.contents();
    EXPECT_EQ(bench.contents(), expected) << "batches of " << size;
  }
}

TEST(Processor, ARestartAtAnyPositionChangesNothing) {
  std::mt19937 random(11);
  Bench whole;
  tell_random(whole, random, 40);
  whole.run();
  for (Position stop = 0; stop <= 40; ++stop) {
    random.seed(11);
    Bench bench(ProcessorLimits{1, 1u << 20});
    tell_random(bench, random, 40);
    while (bench.processor->position() < stop) bench.processor->step();
    bench.restart();
    bench.run();
    ASSERT_EQ(bench.contents(), whole.contents()) << "stopped at " << stop;
  }
}

TEST(Processor, GoesOnWhereItWasAfterARestart) {
  std::mt19937 random(7);
  Bench bench(ProcessorLimits{3, 1u << 20});
  tell_random(bench, random, 50);
  while (bench.processor->position() < 25) bench.processor->step();
  bench.restart();
  bench.run();
  const auto figure = bench.window("deals_won", "7d");
  EXPECT_EQ(bench.processor->position(), 50U);
  bench.restart();
  EXPECT_EQ(bench.window("deals_won", "7d"), figure) << "the board from the disk is the board from the changes";
  const auto report = bench.verify_all();
  EXPECT_TRUE(report.passed()) << testing::PrintToString(report.differences);
}

TEST(Processor, DeletedRestoredAndDeletedAgainAreThreeEffects) {  // T1
  Bench bench;
  auto won = deal("1", point(kNoon, Outcome::won, "7", 500));
  auto gone = won;
  gone.point.reset();
  gone.presence = Presence::gone;
  auto back = won;
  back.presence = Presence::present;
  for (const auto& seen : {won, gone, back, gone}) bench.tell({seen});
  bench.run();
  EXPECT_EQ(bench.total("deals_won", false), 2);
  EXPECT_EQ(bench.total("deals_won", true), 2);
  EXPECT_EQ(bench.window("deals_won", "day"), 0);
  EXPECT_EQ(bench.window("deals_won", "day", kSumSlot), 0);
}

TEST(Processor, ARePricedDealIsNotSoldTwice) {
  Bench bench;
  bench.tell({deal("1", point(kNoon, Outcome::won, "7", 500))});
  bench.tell({deal("1", point(kNoon + 60, Outcome::won, "7", 300))});
  bench.run();
  EXPECT_EQ(bench.total("deals_won", false), 1);
  EXPECT_EQ(bench.total("deals_won", true), 0);
  EXPECT_EQ(bench.total("deals_won", false, kSumSlot) - bench.total("deals_won", true, kSumSlot), 300);
  EXPECT_EQ(bench.window("deals_won", "day", kSumSlot, "7"), 300);
}

TEST(Processor, AWishIsFulfilledOnlyByAnAnswerAskedForAfterTheLastEvent) {
  Bench bench;
  bench.tell({}, {"crm.deal.get?id=1"});  // position 1
  bench.tell({}, {"crm.deal.get?id=1"});  // position 2, while the first is being asked for
  bench.answer("crm.deal.get?id=1", 1);
  bench.run();
  ASSERT_EQ(pending_wishes(*bench.state).size(), 1U);
  EXPECT_EQ(pending_wishes(*bench.state).front().asked, 2U);
  bench.answer("crm.deal.get?id=1", 2);
  bench.run();
  EXPECT_TRUE(pending_wishes(*bench.state).empty());
}

// Remembers what it was told last, and in all.
class Listening : public WishListener {
 public:
  void on_wishes(const std::vector<Wish>& asked, const std::vector<Wish>& done) override {
    ++told;
    open = asked;
    fulfilled = done;
  }
  int told = 0;
  std::vector<Wish> open;
  std::vector<Wish> fulfilled;
};

TEST(Processor, WishesAreCoalescedRenewedAndToldOnceABatch) {
  Bench bench;
  Listening listener;
  const auto processor = bench.make_processor(&listener);
  bench.tell({}, {"crm.deal.get?id=1", "crm.deal.get?id=2"});
  bench.tell({}, {"crm.deal.get?id=1"});
  processor->step();
  EXPECT_EQ(listener.told, 1);
  ASSERT_EQ(listener.open.size(), 2U) << "one a subject, however often it was asked for";
  EXPECT_EQ(listener.open[0].subject, "crm.deal.get?id=1");
  EXPECT_EQ(listener.open[0].portal, "acme");
  EXPECT_EQ(listener.open[0].asked, 2U);
  EXPECT_EQ(listener.open[1].asked, 1U);
  bench.tell({}, {"crm.deal.get?id=1"});  // position 3: renewed while it is being asked for
  bench.answer("crm.deal.get?id=1", 2);
  bench.answer("crm.deal.get?id=2", 2);
  processor->step();
  ASSERT_EQ(listener.open.size(), 1U);
  EXPECT_EQ(listener.open[0].asked, 3U);
  ASSERT_EQ(listener.fulfilled.size(), 1U);
  EXPECT_EQ(listener.fulfilled[0].subject, "crm.deal.get?id=2");
  bench.tell({});
  processor->step();
  EXPECT_EQ(listener.told, 2) << "nothing to tell, nothing told";
}

TEST(Processor, AnAnswerThatNobodyAskedForDoesNoHarm) {
  Bench bench;
  bench.answer("crm.deal.get?id=1", 7);
  bench.run();
  EXPECT_TRUE(pending_wishes(*bench.state).empty());
}

class Sums : public MeterSink {
 public:
  void counter(std::string_view name, std::string_view, const MeterLabels&, double value) override {
    sums[std::string(name)] += value;
  }
  void gauge(std::string_view, std::string_view, const MeterLabels&, double) override {}
  void histogram(std::string_view, std::string_view, const MeterLabels&, const HistogramFigures&) override {}
  std::map<std::string, double> sums;
};

TEST(Processor, CountsAsHealedWhatNoReadingOfAWebhookHadTold) {
  Bench bench;
  Observation cursor;
  cursor.ref = {EntityKind::cursor, "deals"};
  const auto tell = [&](const std::string& id, bool heals, Position asked) {
    NewRecord record;
    record.kind = RecordKind::reading;
    record.portal = "acme";
    record.asked = asked;
    record.body = "list " + std::to_string(++cursor.cursor);
    Decoded decoded;
    decoded.observations = {deal(id, point(kNoon, Outcome::won, "7")), cursor};
    decoded.heals = heals;
    bench.adapter->script[record.body] = decoded;
    bench.journal.add(record);
    bench.run();
    Sums sink;
    bench.processor->collect(sink);
    return sink.sums.at("kpistream_gaps_healed_total");
  };
  EXPECT_EQ(tell("1", true, 0), 1);
  EXPECT_EQ(tell("1", true, 0), 1);   // told already
  EXPECT_EQ(tell("2", false, 0), 1);  // a directory, a backfill
  EXPECT_EQ(tell("3", true, 7), 1);   // a webhook asked for it
  EXPECT_EQ(tell("4", true, 0), 2);
}

TEST(Processor, RecordsOfAPortalThatIsNotConfiguredAreSteppedOver) {
  Bench bench;
  NewRecord stranger;
  stranger.portal = "other";
  bench.journal.add(stranger);
  bench.tell({deal("1", point(kNoon, Outcome::won, "7"))});
  bench.run();
  EXPECT_EQ(bench.processor->position(), 2U);
  EXPECT_EQ(bench.total("deals_won", false), 1);
}

TEST(Processor, StopsAtThePositionItIsTold) {
  Bench bench;
  for (int i = 0; i < 10; ++i) bench.tell({});
  EXPECT_EQ(bench.processor->step(4), 4U);
  EXPECT_EQ(bench.processor->step(4), 0U);
  EXPECT_EQ(bench.processor->step(), 6U);
}

TEST(Processor, CursorsNeverGoBack) {
  Bench bench;
  const auto cursor = [](UnixSeconds to) {
    Observation seen;
    seen.ref = {EntityKind::cursor, "events"};
    seen.cursor = to;
    return seen;
  };
  EXPECT_EQ(read_cursor(*bench.state, "acme", "events"), 0);
  for (const UnixSeconds to : {100, 300, 200}) bench.tell({cursor(to)});
  bench.run();
  EXPECT_EQ(read_cursor(*bench.state, "acme", "events"), 300);
}

TEST(Processor, AnActBeforeItsInquiryIsItsFirstAnswerAllTheSame) {
  Observation call;
  call.ref = {EntityKind::call, "c"};
  call.version = kNoon;
  call.details = Details{};
  call.details->direction = Direction::out;
  call.details->start = kNoon + 300;
  call.details->target = {EntityKind::deal, "1"};
  const auto inquiry = deal("1", point(kNoon, Outcome::open, "7"));
  auto gone = call;
  gone.details.reset();
  gone.presence = Presence::gone;
  for (const bool first : {true, false}) {
    Bench bench;
    bench.tell({first ? call : inquiry});
    bench.tell({first ? inquiry : call});
    bench.run();
    EXPECT_EQ(bench.window("first_response", "day", kSumSlot), 300);
    bench.tell({gone});
    bench.run();
    EXPECT_EQ(bench.window("first_response", "day"), 0) << "the call was deleted";
  }
}

TEST(Processor, ACallMovedToAnotherDealAnswersThatOne) {
  Observation call;
  call.ref = {EntityKind::call, "c"};
  call.version = kNoon;
  call.details = Details{};
  call.details->direction = Direction::out;
  call.details->start = kNoon + 300;
  call.details->target = {EntityKind::deal, "1"};
  Bench bench;
  bench.tell({deal("1", point(kNoon, Outcome::open, "7")), deal("2", point(kNoon, Outcome::open, "9")), call});
  bench.run();
  EXPECT_EQ(bench.window("first_response", "day", kCountSlot, "7"), 1);
  call.version = kNoon + 1;
  call.details->target.id = "2";
  bench.tell({call});
  bench.run();
  EXPECT_EQ(bench.window("first_response", "day", kCountSlot, "7"), 0);
  EXPECT_EQ(bench.window("first_response", "day", kCountSlot, "9"), 1);
}

}  // namespace
}  // namespace kpistream
