// From records to figures: batches, restarts, wishes, windows, verify.
#include "stream/processor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "stream/codec/values.hpp"
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
  const auto report =
      verify(bench.journal, *bench.state, built_in_catalogue(), {{bench.settings, bench.adapter}}, [](Position) {});
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

TEST(Processor, ChangedSettingsReplayTheJournal) {
  Bench bench;
  bench.tell({deal("1", point(kNoon, Outcome::won, "7"))});
  bench.run();
  EXPECT_FALSE(settle_settings(*bench.state, {bench.settings}, built_in_catalogue()));
  bench.settings.leads = true;
  bench.restart();
  EXPECT_EQ(bench.processor->position(), 0U);
  EXPECT_EQ(bench.total("deals_won", false), 0);
  bench.run();
  EXPECT_EQ(bench.total("deals_won", false), 1);
  EXPECT_EQ(bench.total("new_leads", false), 0) << "a deal is no inquiry any more";
}

TEST(Verify, FindsATamperedCellAndAMissingFact) {
  Bench bench;
  bench.tell({deal("1", point(kNoon, Outcome::won, "7"))});
  bench.run();
  const auto check = [&] {
    return verify(bench.journal, *bench.state, built_in_catalogue(), {{bench.settings, bench.adapter}}, [](Position) {})
        .differences.size();
  };
  ASSERT_EQ(check(), 0U);
  StateBatch tamper;
  Cell one;
  one.add(kCountSlot, 1);
  tamper.adds.push_back({bucket_key({"deals_won", minute_of(kNoon), "acme", "5", "7", {}}), one.encode()});
  bench.state->apply(tamper);
  EXPECT_EQ(check(), 2U) << "against the journal and against the facts";
  StateBatch forget;
  forget.erases.push_back({Space::facts, entity_key("acme", {EntityKind::deal, "1"})});
  bench.state->apply(forget);
  EXPECT_GT(check(), 2U);
}

TEST(Board, MidnightMovesTheWindowsWithoutAnyEvent) {  // T14
  Bench bench;
  Observation task;
  task.ref = {EntityKind::task, "1"};
  task.version = kNoon;
  task.details = Details{};
  task.details->act = Act::todo;
  task.details->owner = "9";
  task.details->deadline = kNoon + 86'400;
  bench.tell({task, deal("1", point(kNoon, Outcome::won, "7"))});
  bench.run();
  EXPECT_EQ(bench.window("tasks_due", "tomorrow"), 1);
  EXPECT_EQ(bench.window("deals_won", "day"), 1);
  bench.advance(kNoon + 12 * 3'600);  // 00:00
  EXPECT_EQ(bench.window("tasks_due", "tomorrow"), 0);
  EXPECT_EQ(bench.window("tasks_due", "today", kCountSlot, "9"), 1);
  EXPECT_EQ(bench.window("deals_won", "day"), 0);
  EXPECT_EQ(bench.window("deals_won", "day_prev"), 1);
  bench.advance(kNoon + 25 * 3'600);
  EXPECT_EQ(bench.window("tasks_due", "overdue"), 1);
}

TEST(Board, WindowsEqualAPlainSumWhereverTheClockGoes) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  Bench bench;
  std::vector<UnixSeconds> wins;
  for (int i = 0; i < 300; ++i) {
    const UnixSeconds at = kNoon + static_cast<UnixSeconds>(random() % 3'000'000) - 1'500'000;
    wins.push_back(at);
    bench.tell({deal(std::to_string(i), point(at, Outcome::won, "7"), at)});
  }
  bench.run();
  const Calendar calendar(bench.settings.zone);
  const auto names = Calendar::windows(WindowSet::rolling);
  for (int jump = 0; jump < 60; ++jump) {
    const UnixSeconds now = kNoon + static_cast<UnixSeconds>(random() % 2'000'000) - 1'000'000;
    bench.advance(now);
    std::vector<Range> ranges(names.size());
    calendar.ranges(WindowSet::rolling, now, ranges);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto inside = std::count_if(wins.begin(), wins.end(), [&](UnixSeconds at) {
        return ranges[i].first <= minute_of(at) && minute_of(at) < ranges[i].last;
      });
      EXPECT_EQ(bench.window("deals_won", std::string(names[i])), inside) << names[i] << " at " << now;
    }
  }
}

TEST(Board, AWindowFromBeforeThePortalWasKnownIsNotShown) {
  Bench bench;
  bench.settings.known_since = kNoon - 2 * 3'600;
  bench.restart();
  bench.tell({deal("1", point(kNoon, Outcome::won, "7"))});
  bench.run();
  EXPECT_TRUE(bench.visible("1h"));
  EXPECT_FALSE(bench.visible("24h"));
  EXPECT_FALSE(bench.visible("day"));
  bench.advance(kNoon + 13 * 3'600);
  EXPECT_TRUE(bench.visible("day"));
  EXPECT_FALSE(bench.visible("day_prev"));
}

}  // namespace
}  // namespace kpistream
