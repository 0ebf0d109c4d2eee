// Definitions and settings that change while everything goes on: nobody ever sees a figure that is half built.
#include "stream/kpi/kpi_sets.hpp"

#include <gtest/gtest.h>

#include <climits>
#include <random>

#include "stream/codec/values.hpp"
#include "stream/memory_state.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

using tests::Bench;
using tests::counted;
using tests::deal;
using tests::kNoon;
using tests::point;

constexpr int kManyDeals = 5'000;  // more than two slices

std::vector<Definition> with(std::vector<Definition> definitions, const Definition& one) {
  std::erase_if(definitions, [&](const Definition& have) { return have.id == one.id; });
  definitions.push_back(one);
  return definitions;
}

Definition big_deals(MinorUnits least) {
  Definition d = counted("big_deals", FactKind::deal_won);
  Condition condition;
  condition.attribute = Attribute::amount;
  condition.min = least;
  d.where = {condition};
  return d;
}

void sell(Bench& bench, int first, int last) {
  for (int id = first; id < last; ++id) {
    bench.tell({deal(std::to_string(id), point(kNoon - id % 600 * 60, Outcome::won, std::to_string(id % 3), id))});
  }
}

bool shows(Bench& bench, const std::string& kpi) {
  bool shown = false;
  bench.board->read([&](const auto& portals) { shown = portals.front()->kpis.contains(kpi); });
  return shown;
}

TEST(KpiSets, ANewKpiHasItsHistoryAtOnce) {
  Bench bench;
  sell(bench, 0, 100);
  bench.run();
  bench.processor->offer(with(bench.definitions, big_deals(90)));
  bench.run();
  EXPECT_EQ(bench.window("big_deals", "week"), 10);
  EXPECT_EQ(bench.total("big_deals", false), 10);
  EXPECT_TRUE(bench.verify_all().passed());
}

TEST(KpiSets, WhatIsOfferedInAnotherOrderIsNotBuiltTwice) {
  Bench bench({}, {});
  sell(bench, 0, 100);
  bench.run();
  bench.definitions = {counted("won", FactKind::deal_won), counted("began", FactKind::new_deal)};
  for (int start = 0; start < 2; ++start) {  // held, and started again
    bench.processor = bench.make_processor(nullptr);
    bench.processor->offer(bench.definitions, true);
    bench.run();
  }
  bench.restart();
  bench.run();
  EXPECT_EQ(bench.total("won", false), 100);
  EXPECT_EQ(bench.total("began", false), 100);
  EXPECT_TRUE(bench.verify_all().passed());
}

TEST(KpiSets, AChangedKpiIsSwappedWholeWhileSalesGoOn) {  // blue and green
  Bench bench;
  bench.definitions = with(bench.definitions, big_deals(1'000));
  bench.restart();
  sell(bench, 0, kManyDeals);
  bench.run();
  const auto before = bench.window("big_deals", "week");
  ASSERT_EQ(before, 4'000);
  bench.processor->offer(with(bench.definitions, big_deals(2'000)));
  int sold = kManyDeals;
  bool swapped = false;
  for (int step = 0; step < 200; ++step) {
    sell(bench, sold, sold + 3);  // each counts in both
    sold += 3;
    bench.processor->step();
    const auto now = bench.window("big_deals", "week");
    const std::int64_t more = sold - kManyDeals;
    swapped = swapped || now < before;
    ASSERT_EQ(now, swapped ? 3'000 + more : 4'000 + more) << "step " << step;
  }
  EXPECT_TRUE(swapped);
  const auto report = bench.verify_all();
  EXPECT_TRUE(report.passed()) << testing::PrintToString(report.differences);
}

TEST(KpiSets, ARecordThatChangesBeforeAndBehindTheSlicesIsCountedOnce) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  Bench bench;
  sell(bench, 0, kManyDeals);
  bench.run();
  bench.processor->offer(with(bench.definitions, big_deals(100)));
  for (int step = 0; step < 50; ++step) {
    for (int i = 0; i < 5; ++i) {
      const auto id = std::to_string(random() % kManyDeals);
      bench.tell({deal(id, point(kNoon + 60 + step, random() % 2 == 0 ? Outcome::open : Outcome::won, "9",
                                 static_cast<MinorUnits>(random() % 200)))});
    }
    bench.processor->step();
    if (random() % 10 == 0) {
      bench.definitions = with(bench.definitions, big_deals(100));
      bench.restart();
    }
  }
  bench.run();
  const auto report = bench.verify_all();
  EXPECT_TRUE(report.passed()) << testing::PrintToString(report.differences);
  EXPECT_TRUE(shows(bench, "big_deals"));
}

TEST(KpiSets, WhatIsHeldWaitsAlsoOverARestart) {
  Bench bench;
  sell(bench, 0, 100);
  bench.run();
  const auto wanted = with(bench.definitions, big_deals(90));
  bench.processor->offer(wanted, true);
  bench.run();
  EXPECT_FALSE(shows(bench, "big_deals"));
  EXPECT_EQ(stored_definitions(*bench.state, DefinitionState::building).size(), 1U);
  sell(bench, 100, 110);
  bench.run();
  EXPECT_TRUE(bench.processor->kpis().held());
  bench.processor->offer(wanted, false);
  bench.run();
  EXPECT_EQ(bench.window("big_deals", "week"), 20);
  EXPECT_TRUE(bench.verify_all().passed());
}

TEST(KpiSets, AKpiThatIsTakenOutLeavesNothing) {
  Bench bench;
  sell(bench, 0, 100);
  bench.run();
  const auto cells = [&] {
    std::size_t count = 0;
    const std::string name = tests::find_definition("deals_won").cells();
    bench.state->scan(Space::cells, "", "", [&](std::string_view key, std::string_view) {
      if (key.find(name) != std::string_view::npos) ++count;
      return true;
    });
    return count;
  };
  EXPECT_GT(cells(), 0U);
  auto fewer = bench.definitions;
  std::erase_if(fewer, [](const Definition& have) { return have.id == "deals_won"; });
  bench.processor->offer(fewer);
  bench.run();
  EXPECT_FALSE(shows(bench, "deals_won"));
  EXPECT_EQ(cells(), 0U);
  bench.processor->offer(bench.definitions);
  bench.run();
  EXPECT_EQ(bench.window("deals_won", "week"), 100) << "and is there again when it is wanted again";
}

TEST(KpiSets, OnlyWordsHaveChanged) {
  Bench bench;
  sell(bench, 0, 10);
  bench.run();
  auto renamed = bench.definitions;
  for (auto& definition : renamed) definition.title.en = "another word";
  bench.processor->offer(renamed);
  bench.processor->step();
  EXPECT_TRUE(bench.processor->kpis().building().empty());
  bench.board->read([&](const auto& portals) {
    EXPECT_EQ(portals.front()->kpis.at("deals_won").definition.title.en, "another word");
  });
}

// ---- settings

TEST(Settle, AChangedMappingReachesBackToTheFirstRecord) {
  Bench bench;
  bench.tell({deal("1", point(kNoon, Outcome::open, "7", 100))});
  bench.tell({deal("1", point(kNoon + 60, Outcome::won, "7", 250))});
  bench.run();
  bench.journal.expire_before(3);  // the records are gone
  EXPECT_EQ(bench.total("quotes_sent", false), 0);
  bench.settings.quote_stages = {"stage1"};
  bench.restart();
  EXPECT_EQ(bench.window("quotes_sent", "day", kSumSlot), 100);
  EXPECT_EQ(bench.window("deals_won", "day", kSumSlot), 250);
  const auto report = bench.verify_all();
  EXPECT_TRUE(report.passed()) << testing::PrintToString(report.differences);
}

TEST(Settle, NothingIsDoneWhenNoFactDependsOnIt) {
  Bench bench;
  auto settings = bench.settings;
  settings.known_since += 5;
  settings.targets.push_back({"deals_won", "", "", PlanPeriod::month, 0, 5});
  settings.stuck_days += 1;
  const auto none = [](std::uint64_t, std::uint64_t) {};
  EXPECT_EQ(settle(*bench.state, {settings}, none), Settled::unchanged);
  settings.robots = {"1"};
  EXPECT_EQ(settle(*bench.state, {settings}, none), Settled::derived);
  settings.fields["cost"] = "UF_CRM_1";
  EXPECT_EQ(settle(*bench.state, {settings}, none), Settled::refolding);
  EXPECT_EQ(settle(*bench.state, {settings}, none), Settled::unchanged);
}

TEST(Settle, WhatRecordsAreTakenForIsDecodedAnew) {
  Bench bench;
  auto settings = bench.settings;
  const auto none = [](std::uint64_t, std::uint64_t) {};
  settings.complaint_types = {"CLAIM"};
  EXPECT_EQ(settle(*bench.state, {settings}, none), Settled::derived);
  settings.complaint_types.push_back("DYNAMIC_1036");
  EXPECT_EQ(settle(*bench.state, {settings}, none), Settled::refolding);
  settings.action_fields = {"amount"};  // known anyway
  EXPECT_EQ(settle(*bench.state, {settings}, none), Settled::derived);
  settings.action_fields.emplace_back("cost");
  EXPECT_EQ(settle(*bench.state, {settings}, none), Settled::refolding);
  settings.quote_types = {"DOCUMENT"};
  EXPECT_EQ(settle(*bench.state, {settings}, none), Settled::refolding);
  std::swap(settings.quote_types, settings.payment_types);
  EXPECT_EQ(settle(*bench.state, {settings}, none), Settled::refolding);
  EXPECT_EQ(settle(*bench.state, {settings}, none), Settled::unchanged);
}

TEST(Settle, AnEntityFoldedByOlderRulesIsFoldedAnew) {
  Bench bench;
  auto sold = deal("1", point(kNoon, Outcome::won, "7", 100));
  sold.version = kNoon;
  sold.client = {EntityKind::client, "company:1"};
  bench.tell({sold});
  bench.run();
  const std::string key = entity_key("acme", {EntityKind::deal, "1"});
  Entity older = decode_entity(*bench.state->get(Space::entities, key));
  older.client_version = 0;
  StateBatch batch;
  batch.puts.push_back({Space::entities, key, encode_entity(older)});
  batch.puts.push_back({Space::meta, "decoding/acme", "of the rules before"});
  bench.state->apply(batch);
  bench.restart();
  bench.run();
  EXPECT_EQ(decode_entity(*bench.state->get(Space::entities, key)).client_version, kNoon);
  const auto report = bench.verify_all();
  EXPECT_TRUE(report.passed()) << testing::PrintToString(report.differences);
}

// A State that fails at its n-th write, as a crash in the middle would.
class FailingState : public MemoryState {
 public:
  int left = INT_MAX;
  void apply(const StateBatch& batch) override {
    if (left-- == 0) throw StoreError("planned");
    MemoryState::apply(batch);
  }
};

// Settling, or rebuilding, crashes at its n-th write; the next start goes on. False: it did not come to n writes.
bool crash_after(int writes, bool settings_change) {
  FailingState state;
  Bench bench;
  sell(bench, 0, 3'000);
  const auto none = [](std::uint64_t, std::uint64_t) {};
  const auto run = [&](const std::vector<Definition>& definitions) {
    settle(state, {bench.settings}, none);
    Processor processor(bench.journal, state, {{bench.settings, bench.adapter}}, nullptr, nullptr);
    processor.offer(definitions);
    while (processor.step() != 0) {
    }
  };
  run(bench.definitions);
  if (settings_change) bench.settings.quote_stages = {"stage2"};
  const auto next = settings_change ? bench.definitions : with(bench.definitions, big_deals(90));
  state.left = writes;
  bool crashed = false;
  try {
    run(next);
  } catch (const StoreError&) {
    crashed = true;
  }
  state.left = INT_MAX;
  run(next);
  const auto report =
      verify(bench.journal, state, {{bench.settings, bench.adapter}}, tests::test_digest, [](Position) {});
  EXPECT_TRUE(report.passed()) << "after " << writes << " writes: " << testing::PrintToString(report.differences);
  return crashed;
}

TEST(KpiSets, ACrashAtAnyWriteIsMadeGoodAtTheNextStart) {
  for (const bool settings_change : {false, true}) {
    SCOPED_TRACE(settings_change ? "settling" : "rebuilding");
    int writes = 0;
    while (crash_after(writes, settings_change)) ASSERT_LT(++writes, 100) << "it never comes to its end";
    EXPECT_GT(writes, 3);
  }
}

}  // namespace
}  // namespace kpistream
