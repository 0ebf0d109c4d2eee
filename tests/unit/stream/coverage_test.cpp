// Which part of a window was verified, and that it falls and comes back with the readings of lists.
#include "stream/kpi/coverage.hpp"

#include <gtest/gtest.h>

#include "stream/kpi/state_figures.hpp"
#include "stream/reading_state.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

using tests::Bench;
using tests::kNoon;

const Range kLastHour{minute_of(kNoon) - 60, minute_of(kNoon)};
const Range kTomorrow{minute_of(kNoon) + 720, minute_of(kNoon) + 2'160};

TEST(Coverage, WithoutListsAllThatIsKnownCounts) {
  EXPECT_EQ(coverage_of(kLastHour, {kNoon - 3'600, {}}, kNoon), 1'000);
  EXPECT_EQ(coverage_of(kLastHour, {kNoon - 3'540, {}}, kNoon), 0);
  EXPECT_EQ(coverage_of(kLastHour, {0, {}}, kNoon), 0);
  EXPECT_EQ(coverage_of(kTomorrow, {1, {}}, kNoon), 1'000);
}

TEST(Coverage, IsWholeWhileHealingIsOnTime) {
  for (const UnixSeconds lag : {-30, 0, 300, 1'200}) {
    EXPECT_EQ(coverage_of(kLastHour, {1, kNoon - lag}, kNoon), 1'000) << lag;
    EXPECT_EQ(coverage_of(kTomorrow, {1, kNoon - lag}, kNoon), 1'000) << lag;
  }
}

TEST(Coverage, FallsToWhatWasComparedWhenHealingIsLate) {
  EXPECT_EQ(coverage_of(kLastHour, {1, kNoon - 1'800}, kNoon), 500);
  EXPECT_EQ(coverage_of(kLastHour, {1, kNoon - 1'201}, kNoon), 666);
  EXPECT_EQ(coverage_of(kLastHour, {1, kNoon - 3'600}, kNoon), 0);
  EXPECT_EQ(coverage_of(kLastHour, {1, kNoon - 86'400}, kNoon), 0);
  EXPECT_EQ(coverage_of(kTomorrow, {1, kNoon - 1'800}, kNoon), 0);
}

TEST(Coverage, OfARangeThatIsNotOverIsThatOfItsPartUpToNow) {
  const Range day{kLastHour.first, kLastHour.last + 600};
  EXPECT_EQ(coverage_of(day, {1, kNoon}, kNoon), 1'000);
  EXPECT_EQ(coverage_of(day, {1, kNoon - 1'800}, kNoon), 500);
}

TEST(Coverage, WhatWasBeforeThePortalWasKnownIsNotVerified) {
  EXPECT_EQ(coverage_of(kLastHour, {kNoon - 900, kNoon}, kNoon), 250);
  EXPECT_EQ(coverage_of(kLastHour, {kNoon - 3'600, kNoon - 1'800}, kNoon), 500);
  EXPECT_EQ(coverage_of(kLastHour, {0, kNoon}, kNoon), 0);
}

TEST(Coverage, NeverComparedIsNothingVerified) { EXPECT_EQ(coverage_of(kLastHour, {1, 0}, kNoon), 0); }

Observation cursor(const std::string& list, std::int64_t at) {
  Observation seen;
  seen.ref = {EntityKind::cursor, list};
  seen.cursor = at;
  return seen;
}

std::int64_t shown(const Bench& bench, std::string_view window) {
  std::int64_t coverage = -1;
  bench.board->read([&](const std::vector<const PortalFigures*>& portals) {
    coverage = portals.front()->coverage.at(Calendar::period(window));
  });
  return coverage;
}

TEST(Coverage, GoesToTheListThatWasComparedLeastLatelyOfThoseEverRead) {
  Bench bench;
  bench.settings.compared_lists = {"deals", "leads", "quotes"};
  bench.restart();
  EXPECT_EQ(compared_until(*bench.state, bench.settings), 0);
  EXPECT_EQ(shown(bench, "1h"), 0);
  bench.tell({cursor("deals", kNoon - 60), cursor("leads", kNoon - 1'800), cursor("calls", 7)});
  bench.run();
  EXPECT_EQ(compared_until(*bench.state, bench.settings), kNoon - 1'800);
  bench.settings.compared_lists = {};
  EXPECT_EQ(compared_until(*bench.state, bench.settings), std::nullopt);
}

TEST(Coverage, OfTheBoardAndOfFiguresFallsAndComesBack) {
  Bench bench;
  bench.settings.compared_lists = {"deals"};
  bench.restart();
  bench.tell({cursor("deals", kNoon)});
  bench.run();
  bench.advance(kNoon + 60);
  EXPECT_EQ(shown(bench, "1h"), 1'000);
  bench.advance(kNoon + 1'800);        // nothing was read since
  EXPECT_EQ(shown(bench, "1h"), 491);  // 29 of the 59 minutes up to now
  const Calendar calendar(bench.settings);
  const StateFigures figures(*bench.state, bench.definitions, bench.settings, calendar, kNoon + 1'800);
  EXPECT_EQ(figures.coverage({minute_of(kNoon) - 30, minute_of(kNoon) + 30}), 500);
  bench.tell({cursor("deals", kNoon + 1'830)});
  bench.run();
  EXPECT_EQ(shown(bench, "1h"), 1'000);  // at once, not with the next minute
}

}  // namespace
}  // namespace kpistream
