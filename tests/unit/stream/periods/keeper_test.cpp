#include "stream/periods/keeper.hpp"

#include <gtest/gtest.h>

#include "tests/unit/stream/periods/support.hpp"

namespace kpistream::periods {
namespace {

using tests::kDay;
using tests::kMondayNine;
using tests::kNoon;
using tests::plan;
using tests::Tables;

std::vector<UnixSeconds> dues(const Tables& tables) {
  std::vector<UnixSeconds> all;
  for (const Snapshot& snapshot : tables.all()) all.push_back(snapshot.head.id.due);
  return all;
}

class Sink : public MeterSink {
 public:
  std::map<std::string, double> seen;
  void counter(std::string_view, std::string_view, const MeterLabels&, double) override { FAIL(); }
  void gauge(std::string_view name, std::string_view, const MeterLabels& labels, double value) override {
    std::string key(name);
    for (const auto& [label, text] : labels) key.append(" ").append(text);
    seen[key] = value;
  }
  void histogram(std::string_view, std::string_view, const MeterLabels&, const HistogramFigures&) override { FAIL(); }
};

std::map<std::string, double> meters(const Tables& tables) {
  Sink sink;
  tables.keeper->collect(sink);
  return sink.seen;
}

TEST(PeriodKeeper, TakesATableWhenItIsDueAndNotBefore) {
  Tables tables({plan("daily")});
  tables.tick_all(kMondayNine - 1);
  EXPECT_EQ(dues(tables), (std::vector{kMondayNine - kDay})) << "a new schedule begins with the one due last";
  tables.tick_all(kMondayNine);
  tables.tick_all(kMondayNine + 1);
  EXPECT_EQ(dues(tables), (std::vector{kMondayNine - kDay, kMondayNine}));
}

TEST(PeriodKeeper, TakesOneACallTheLongestDueFirst) {
  Tables tables({plan("weekly"), plan("hourly")});
  EXPECT_TRUE(tables.keeper->tick(kNoon));
  ASSERT_EQ(tables.all().size(), 1U);
  EXPECT_EQ(tables.all()[0].head.id.schedule, "weekly");
  EXPECT_TRUE(tables.keeper->tick(kNoon));
  EXPECT_EQ(tables.all().size(), 2U);
  tables.tick_all(kNoon);
  EXPECT_FALSE(tables.keeper->tick(kNoon));
  EXPECT_EQ(tables.all().size(), 2U);
}

TEST(PeriodKeeper, TakesWhatWasMissedAsOfTheMomentsItWasDue) {
  Tables tables({plan("daily", 4)});
  tables.tick_all(kMondayNine);
  tables.restart();
  tables.tick_all(kMondayNine + 2 * kDay + 5);
  ASSERT_EQ(dues(tables), (std::vector{kMondayNine, kMondayNine + kDay, kMondayNine + 2 * kDay}));
  EXPECT_FALSE(tables.all()[1].head.in_time());
  EXPECT_TRUE(tables.all()[2].head.in_time());
  tables.restart();
  tables.tick_all(kMondayNine + 30 * kDay);
  EXPECT_EQ(dues(tables), (std::vector{kMondayNine + 27 * kDay, kMondayNine + 28 * kDay, kMondayNine + 29 * kDay,
                                       kMondayNine + 30 * kDay}))
      << "no more than are kept";
}

TEST(PeriodKeeper, KeepsSoManyOfEachSchedule) {
  Tables tables({plan("hourly", 3), plan("daily", 2)});
  for (int hour = 0; hour < 72; ++hour) {
    tables.won(std::to_string(hour), kNoon + (hour - 1) * 3'600 - 1'800);  // late for its hour
    tables.tick_all(kNoon + hour * 3'600);
  }
  std::map<std::string, int> counts;
  std::map<std::string, int> keys;
  for (const Snapshot& snapshot : tables.all()) ++counts[snapshot.head.id.schedule];
  EXPECT_EQ(counts, (std::map<std::string, int>{{"daily", 2}, {"hourly", 3}}));
  tables.state->scan(Space::periods, tag_prefix(Tag::correction), after_prefix(tag_prefix(Tag::correction)),
                     [&](std::string_view key, std::string_view) { return ++keys[parse_id(key).schedule] != 0; });
  EXPECT_EQ(keys["hourly"], 2) << "ledgers go with their tables";
  std::size_t corrections = 0;
  for (const Snapshot& snapshot : tables.all()) {
    if (snapshot.head.id.schedule == "hourly") corrections += tables.corrections(snapshot).list.size();
  }
  EXPECT_EQ(meters(tables).at("crm_snapshot_corrections acme hourly"), corrections);
  EXPECT_EQ(tables.differences(), std::vector<std::string>{});
}

TEST(PeriodKeeper, WhatIsThereStaysWhenTheClockGoesBack) {
  Tables tables({plan("daily")});
  tables.tick_all(kMondayNine);
  tables.tick_all(kMondayNine + 400 * kDay);  // a clock that was wrong for a while
  const auto wrong = tables.all().size();
  const auto first = find_snapshot(*tables.state, {"acme", "daily", kMondayNine + kDay});
  tables.tick_all(kMondayNine + kDay + 60);
  tables.tick_all(kMondayNine + 2 * kDay);
  EXPECT_EQ(tables.all().size(), wrong);
  if (first) {
    EXPECT_EQ(find_snapshot(*tables.state, {"acme", "daily", kMondayNine + kDay})->hash, first->hash);
  }
  tables.restart();
  tables.tick_all(kMondayNine + 2 * kDay);
  EXPECT_EQ(tables.all().size(), wrong) << "what was taken too early is not the newest one";
}

TEST(PeriodKeeper, GoesOnWhenTheClockComesBackFromTheFuture) {
  Tables tables({plan("daily", 3)});
  tables.tick_all(kMondayNine);
  tables.keeper->tick(kMondayNine + 400 * kDay);
  tables.tick_all(kMondayNine + 400 * kDay);
  tables.keeper->tick(kMondayNine + kDay - 1);
  tables.keeper->tick(kMondayNine + kDay);
  EXPECT_TRUE(find_snapshot(*tables.state, {"acme", "daily", kMondayNine + kDay}));
  tables.restart();
  tables.keeper->tick(kMondayNine + 2 * kDay);
  EXPECT_TRUE(find_snapshot(*tables.state, {"acme", "daily", kMondayNine + 2 * kDay})) << "also after a restart";
}

TEST(PeriodKeeper, APeriodFromBeforeThePortalWasKnownHasNoTable) {
  Tables tables({plan("weekly")});
  tables.bench.settings.known_since = kMondayNine - 3'600;
  tables.restart();
  tables.tick_all(kMondayNine);
  EXPECT_TRUE(tables.all().empty());
  tables.tick_all(kMondayNine + 7 * kDay);
  EXPECT_TRUE(tables.all().empty()) << "nor one of which only a part is known";
  tables.tick_all(kMondayNine + 14 * kDay);
  EXPECT_EQ(dues(tables), (std::vector{kMondayNine + 14 * kDay}));
}

TEST(PeriodKeeper, TellsOfTheNewestTableAndOfCorrections) {
  Tables tables({plan("daily")});
  const std::string daily = " acme daily";
  EXPECT_FALSE(meters(tables).contains("crm_snapshot_last_success_timestamp_seconds" + daily));
  tables.tick_all(kMondayNine + 5);
  EXPECT_EQ(meters(tables).at("crm_snapshot_last_success_timestamp_seconds" + daily), kMondayNine + 5);
  EXPECT_EQ(meters(tables).at("crm_snapshot_corrections" + daily), 0);
  EXPECT_EQ(meters(tables).at("crm_snapshot_duration_seconds"), 0.25);
  tables.won("1", kMondayNine - kDay);
  tables.tick_all(kMondayNine + 6);
  const double corrections = meters(tables).at("crm_snapshot_corrections" + daily);
  EXPECT_EQ(corrections, tables.corrections(tables.all()[0]).list.size());
  EXPECT_GT(corrections, 0);
  tables.restart();
  tables.tick_all(kMondayNine + 7);
  EXPECT_EQ(meters(tables).at("crm_snapshot_corrections" + daily), corrections);
  EXPECT_EQ(meters(tables).at("crm_snapshot_last_success_timestamp_seconds" + daily), kMondayNine + 5);
}

TEST(PeriodKeeper, ACrashAtAnyWriteLosesNoTable) {
  for (const auto when : {tests::FailingState::When::before, tests::FailingState::When::after}) {
    for (int write = 0; write < 6; ++write) {
      Tables tables({plan("hourly", 2), plan("daily", 2)});
      tables.tick_all(kNoon);
      tables.won("1", kNoon - kDay);
      tables.state->fail_in(write, when);
      try {
        tables.tick_all(kNoon + kDay);
      } catch (const StoreError&) {
        tables.restart();
      }
      tables.tick_all(kNoon + kDay);
      SCOPED_TRACE(write);
      EXPECT_EQ(dues(tables), (std::vector{kMondayNine, kMondayNine + kDay, kNoon + kDay - 3'600, kNoon + kDay}));
    }
  }
}

TEST(PeriodKeeper, LetsTablesOfAScheduleThatIsGoneGoAfterAYear) {
  Tables tables({plan("daily"), plan("weekly")});
  tables.tick_all(kMondayNine);
  tables.tick_all(kMondayNine + kDay);
  tables.won("late", kMondayNine - kDay);
  ASSERT_EQ(tables.all().size(), 3U);
  tables.plans = {};
  tables.restart();
  tables.tick_all(kMondayNine + kUnwantedSeconds);
  EXPECT_EQ(tables.all().size(), 3U) << "the oldest was due just a year ago";
  tables.tick_all(kMondayNine + kUnwantedSeconds + kDay);
  EXPECT_EQ(dues(tables), (std::vector{kMondayNine + kDay}));
  EXPECT_TRUE(tables.bench.verify_all().passed());
  tables.tick_all(kMondayNine + kUnwantedSeconds + 3 * kDay);
  EXPECT_TRUE(tables.all().empty());
  EXPECT_EQ(tables.bench.processor->ledger().corrections("acme", "daily"), 0U);
  EXPECT_EQ(tables.tick_all(kMondayNine + kUnwantedSeconds + 5 * kDay), 0);
}

}  // namespace
}  // namespace kpistream::periods
