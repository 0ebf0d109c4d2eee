#include "stream/periods/ledger.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <random>

#include "stream/codec/values.hpp"
#include "tests/unit/stream/periods/support.hpp"

namespace kpistream::periods {
namespace {

using testing::PrintToString;
using tests::deal;
using tests::FailingState;
using tests::kDay;
using tests::kMondayNine;
using tests::kNoon;
using tests::plan;
using tests::point;
using tests::Tables;

constexpr UnixSeconds kThursday = kNoon - 4 * kDay;

std::vector<Correction> of_kpi(const Corrections& corrections, const std::string& kpi) {
  std::vector<Correction> some;
  for (const auto& c : corrections.list) {
    if (c.kpi == kpi) some.push_back(c);
  }
  return some;
}

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() : tables_({plan("weekly"), plan("daily")}) {
    tables_.won("1", kThursday, "7", 500);
    tables_.tick_all(kMondayNine);
  }

  // The table of a schedule that was taken on Monday.
  Snapshot table(const std::string& schedule) {
    for (const Snapshot& snapshot : tables_.all()) {
      if (snapshot.head.id.schedule == schedule) return snapshot;
    }
    throw std::invalid_argument(schedule);
  }
  Corrections corrections(const std::string& schedule = "weekly") { return tables_.corrections(table(schedule)); }

  Tables tables_;
};

TEST_F(LedgerTest, ALateSaleIsWrittenWithItsBatch) {
  tables_.won("2", kThursday, "9", 300);
  const auto found = of_kpi(corrections(), "deals_won");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].position, 2U);
  EXPECT_EQ(found[0].minute, minute_of(kThursday));
  EXPECT_EQ(found[0].pipeline, "5");
  EXPECT_EQ(found[0].manager, "9");
  EXPECT_EQ(found[0].delta.at(kCountSlot), 1);
  EXPECT_EQ(found[0].delta.at(kSumSlot), 300);
  EXPECT_TRUE(corrections("daily").list.empty()) << "Thursday is not Sunday";
  EXPECT_EQ(tables_.differences(), std::vector<std::string>{});
}

TEST_F(LedgerTest, IsOfEveryTableThePeriodIsIn) {
  tables_.won("2", kMondayNine - kDay, "9", 300);  // on Sunday
  EXPECT_EQ(of_kpi(corrections("weekly"), "deals_won"), of_kpi(corrections("daily"), "deals_won"));
  EXPECT_EQ(of_kpi(corrections("daily"), "deals_won").size(), 1U);
}

TEST_F(LedgerTest, WhatIsNotClosedWritesNothing) {
  tables_.bench.tell({deal("2", point(kNoon, Outcome::won, "9", 300), kNoon)});
  tables_.bench.run();
  EXPECT_TRUE(corrections("weekly").list.empty());
  EXPECT_TRUE(corrections("daily").list.empty());
}

TEST_F(LedgerTest, ANewPriceIsTheDifference) {
  auto corrected = deal("1", point(kThursday, Outcome::won, "7", 400), kThursday - kDay);
  corrected.version = kThursday + 1;
  tables_.bench.tell({corrected});
  tables_.bench.run();
  const auto found = of_kpi(corrections(), "deals_won");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].delta.at(kCountSlot), 0);
  EXPECT_EQ(found[0].delta.at(kSumSlot), -100);
}

TEST_F(LedgerTest, ARepetitionChangesNothing) {
  tables_.bench.tell({deal("1", point(kThursday, Outcome::won, "7", 500), kThursday - kDay)});
  tables_.bench.run();
  EXPECT_TRUE(corrections().list.empty());
}

TEST_F(LedgerTest, StatesHaveNone) {
  Observation task;
  task.ref = {EntityKind::task, "t"};
  task.version = kThursday;
  Details details;
  details.owner = "7";
  details.act = Act::todo;
  details.deadline = kThursday;
  task.details = details;
  tables_.bench.tell({task});
  tables_.bench.run();
  EXPECT_EQ(tables_.bench.window("tasks_due", "overdue", kCountSlot, "7"), 1);
  EXPECT_TRUE(of_kpi(corrections(), "tasks_due").empty());
}

TEST_F(LedgerTest, AChangedDefinitionEndsItsOwnLedgerOnly) {
  tables_.won("2", kThursday, "9", 300);
  for (auto& definition : tables_.bench.definitions) {
    if (definition.id == "deals_won") definition.attribution = Attribution::owner_now;
  }
  tables_.bench.processor->offer(tables_.bench.definitions);
  tables_.bench.run();
  tables_.won("3", kThursday, "9", 300);
  const auto found = corrections();
  ASSERT_EQ(found.ends, (std::vector<LedgerEnd>{{"deals_won", 2, EndReason::definition_changed}}));
  EXPECT_EQ(end_reason_name(found.ends[0].reason), "definition changed");
  EXPECT_EQ(of_kpi(found, "deals_won").size(), 1U) << "what was written stays";
  EXPECT_EQ(of_kpi(found, "inquiries_won").size(), 2U);
  EXPECT_EQ(tables_.differences(), std::vector<std::string>{});
}

TEST_F(LedgerTest, ADefinitionThatComesBackDoesNotOpenItAgain) {
  const auto before = tables_.bench.definitions;
  std::erase_if(tables_.bench.definitions, [](const Definition& d) { return d.id == "deals_won"; });
  tables_.bench.processor->offer(tables_.bench.definitions);
  tables_.bench.run();
  tables_.won("2", kThursday, "9", 300);
  tables_.bench.definitions = before;
  tables_.restart();
  tables_.won("3", kThursday, "9", 300);
  EXPECT_TRUE(of_kpi(corrections(), "deals_won").empty());
  EXPECT_TRUE(corrections().ended("deals_won"));
  EXPECT_EQ(tables_.differences(), std::vector<std::string>{});
}

TEST_F(LedgerTest, ChangedSettingsEndAllOfThePortal) {
  tables_.bench.settings.talk_seconds_min = 20;
  tables_.restart();
  tables_.won("2", kThursday, "9", 300);
  EXPECT_EQ(corrections().ends, (std::vector<LedgerEnd>{{"", 1, EndReason::settings_changed}}));
  EXPECT_TRUE(corrections().list.empty());
  tables_.tick_all(kMondayNine + kDay);
  EXPECT_FALSE(tables_.corrections(tables_.all().at(1)).ended("deals_won")) << "new tables have a ledger";
}

TEST_F(LedgerTest, OfAStateThatWasLostEnds) {
  StateBatch lost;
  for (const Space space : {Space::entities, Space::links, Space::facts, Space::cells, Space::wishes, Space::meta}) {
    tables_.state->scan(space, "", "", [&](std::string_view key, std::string_view) {
      lost.erases.push_back({space, std::string(key)});
      return true;
    });
  }
  tables_.state->apply(lost);
  tables_.restart();
  tables_.bench.run();
  EXPECT_EQ(corrections().ends, (std::vector<LedgerEnd>{{"", 0, EndReason::computed_again}}));
  EXPECT_TRUE(corrections().list.empty()) << "what is read again is not news";
}

TEST_F(LedgerTest, AJournalThatIsReadAgainIsNoNews) {
  tables_.won("2", kThursday, "9", 300);
  const auto before = corrections();
  StateBatch again;
  again.puts.push_back({Space::meta, std::string(kPositionKey), encode_number(0)});
  tables_.state->apply(again);
  tables_.restart();
  tables_.bench.run();
  tables_.won("3", kThursday, "9", 300);
  const auto after = corrections();
  EXPECT_TRUE(after.ends.empty());
  ASSERT_EQ(of_kpi(after, "deals_won").size(), 2U);
  EXPECT_EQ(of_kpi(after, "deals_won")[0], of_kpi(before, "deals_won")[0]);
  EXPECT_EQ(tables_.differences(), std::vector<std::string>{});
}

TEST_F(LedgerTest, CheckFindsWhatIsMissing) {
  tables_.won("2", kThursday, "9", 300);
  EXPECT_TRUE(tables_.bench.verify_all().passed());
  EXPECT_EQ(tables_.bench.verify_all().tables, 2U);
  StateBatch tampering;
  tampering.erases.push_back({Space::periods, correction_key(table("weekly").head.id, 0)});
  tables_.state->apply(tampering);
  const auto differences = tables_.differences();
  const std::string missing =
      "table weekly of acme for 2026-09-07: new_leads over everybody: the table and its corrections give 1 (sum 0), "
      "the cells 2 (sum 0)";
  EXPECT_NE(std::find(differences.begin(), differences.end(), missing), differences.end());
  EXPECT_FALSE(tables_.bench.verify_all().passed());
}

// A few thousand facts, most of them late, in small batches; tables of three schedules taken and let go between them;
// changes of definitions and settings; restarts and crashes wherever there is a write.
class Storm {
 public:
  explicit Storm(unsigned seed)
      : random_(seed), tables_({plan("hourly", 20), plan("daily", 8), plan("weekly")}, {3, 1u << 20}) {}

  void run(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      now_ += static_cast<UnixSeconds>(random_() % 7'200);
      try {
        round();
      } catch (const StoreError&) {
        ++crashes;
        tables_.state->fail_in(-1, FailingState::When::before);
        tables_.restart();
      }
      check();
      if (testing::Test::HasFatalFailure()) return;
    }
    tables_.state->fail_in(-1, FailingState::When::before);
    tables_.bench.run();
    check();
    const auto report = tables_.bench.verify_all();
    EXPECT_TRUE(report.passed()) << PrintToString(report.differences);
    count();
  }

  int crashes = 0;
  std::size_t corrections = 0;
  std::size_t ends = 0;
  std::size_t tables = 0;

 private:
  void round() {
    if (one_in(3)) {
      tables_.state->fail_in(static_cast<int>(random_() % 8),
                             one_in(2) ? FailingState::When::before : FailingState::When::after);
    }
    if (one_in(25)) change_definition();
    if (one_in(150)) tables_.bench.settings.talk_seconds_min = 1 + static_cast<std::int64_t>(random_() % 30);
    if (one_in(10)) tables_.restart();
    for (auto left = random_() % 16; left != 0; --left) tell();
    while (tables_.bench.processor->step() != 0) {
      if (one_in(3)) (void)tables_.keeper->tick(now_);
      check();
      if (one_in(40)) tables_.restart();
    }
    tables_.tick_all(now_);
  }

  void tell() {
    const auto late = static_cast<UnixSeconds>(one_in(2) ? random_() % 7'200 : random_() % 1'500'000);
    const auto outcome = static_cast<Outcome>(1 + random_() % 3);
    auto seen =
        deal(std::to_string(random_() % 40),
             point(now_ - late, outcome, std::to_string(random_() % 3), static_cast<MinorUnits>(random_() % 999)),
             now_ - 1'600'000);
    if (one_in(12)) seen.presence = one_in(2) ? Presence::gone : Presence::present;
    tables_.bench.tell({seen});
  }

  void change_definition() {
    auto& all = tables_.bench.definitions;
    Definition& definition = all.at(random_() % all.size());
    definition.attribution = one_in(2) ? Attribution::owner_now : Attribution::owner_then;
    if (one_in(3)) definition.by_manager = !definition.by_manager;
    auto offered = all;
    if (one_in(4)) offered.erase(offered.begin() + static_cast<std::ptrdiff_t>(random_() % offered.size()));
    tables_.bench.processor->offer(offered);
  }

  void check() { ASSERT_EQ(tables_.differences(), std::vector<std::string>{}); }

  void count() {
    for (const Snapshot& snapshot : tables_.all()) {
      const Corrections found = tables_.corrections(snapshot);
      corrections += found.list.size();
      ends += found.ends.size();
      ++tables;
    }
  }

  bool one_in(unsigned chances) { return random_() % chances == 0; }

  std::mt19937 random_;
  UnixSeconds now_ = kNoon;
  Tables tables_;
};

TEST(Ledger, SnapshotAndCorrectionsAreTodaysFigureWhateverHappens) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Storm storm(seed);
  storm.run(400);
  EXPECT_GT(storm.crashes, 10);
  EXPECT_GT(storm.tables, 20U);
  EXPECT_GT(storm.corrections, 20U);
  EXPECT_GT(storm.ends, 0U);
}

}  // namespace
}  // namespace kpistream::periods
