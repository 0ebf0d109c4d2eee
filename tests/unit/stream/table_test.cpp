// One table of two portals: whose figures are whose, and that a mapping reaches back.
#include "stream/facts/table.hpp"

#include <gtest/gtest.h>

#include "stream/kpi/drill.hpp"
#include "stream/kpi/state_figures.hpp"
#include "stream/memory_state.hpp"
#include "stream/periods/ledger.hpp"
#include "stream/periods/snapshot.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

using testing::PrintToString;
using tests::at;
using tests::deal;
using tests::kNoon;
using tests::point;

constexpr UnixSeconds kDay = 86'400;
constexpr UnixSeconds kLongAgo = kNoon - 40 * kDay;

PortalSettings portal(const std::string& alias) {
  PortalSettings settings;
  settings.alias = alias;
  settings.known_since = kLongAgo;
  settings.leads = false;
  return settings;
}

// Fails at its n-th write, as a crash in the middle would.
class FailingState : public MemoryState {
 public:
  int left = INT_MAX;
  void apply(const StateBatch& batch) override {
    if (left-- == 0) throw StoreError("planned");
    MemoryState::apply(batch);
  }
};

// "acme" has the table; "old" may be counted in it. Both have people 7 and 9, and a funnel 5.
class OneTable : public testing::Test {
 protected:
  OneTable() { old_.counts_in = {"acme", {{"7", "9"}}, {}, {}, {}, {}, 0}; }

  void tell(const std::string& alias, std::vector<Observation> observations) {
    NewRecord record;
    record.portal = alias;
    record.arrived = kNoon;
    record.body = std::to_string(journal_.tail());
    adapter_->script[record.body].observations = std::move(observations);
    journal_.add(std::move(record));
  }
  void name(const std::string& alias, EntityKind kind, const std::string& id, const std::string& name) {
    Observation seen;
    seen.ref = {kind, id};
    seen.name = name;
    tell(alias, {seen});
  }
  void win(const std::string& alias, const std::string& id, const std::string& owner, MinorUnits amount,
           UnixSeconds when = kNoon) {
    tell(alias, {deal(id, point(when, Outcome::won, owner, amount), when - 60)});
  }

  [[nodiscard]] std::vector<ProcessorPortal> portals() const {
    std::vector<ProcessorPortal> all;
    for (const auto& settings : settings_) all.push_back({settings, adapter_});
    return all;
  }
  // As a start of the daemon with these portals.
  void start(std::vector<PortalSettings> settings) {
    processor_.reset();
    settings_ = std::move(settings);
    (void)settle(state_, settings_, [](std::uint64_t, std::uint64_t) {});
    board_ = std::make_unique<Board>(state_, settings_);
    board_->load({}, kNoon + 120);
    processor_ = std::make_unique<Processor>(journal_, state_, portals(), board_.get(), nullptr);
    processor_->offer(tests::test_catalogue());
    run();
  }
  void run() {
    while (processor_->step() != 0) {
    }
  }
  void prove() {
    const auto report = verify(journal_, state_, portals(), tests::test_digest, [](Position) {});
    EXPECT_TRUE(report.passed()) << PrintToString(report.differences);
  }

  [[nodiscard]] std::vector<std::string> tables() const {
    std::vector<std::string> names;
    board_->read([&](const auto& all) {
      for (const PortalFigures* figures : all) names.push_back(figures->settings.alias);
    });
    return names;
  }
  template <class Look>
  void look(const std::string& alias, const Look& look) const {
    board_->read([&](const auto& all) {
      for (const PortalFigures* figures : all) {
        if (figures->settings.alias == alias) look(*figures);
      }
    });
  }
  // Sums of the day by manager, or what else the family is by.
  [[nodiscard]] std::map<std::string, std::int64_t> won(const std::string& alias,
                                                        Family family = Family::manager) const {
    std::map<std::string, std::int64_t> sums;
    look(alias, [&](const PortalFigures& figures) {
      for (const auto& [key, cells] : figures.kpis.at("deals_won").windows) {
        const std::int64_t sum = cells.at(Calendar::period("day")).at(kSumSlot);
        if (key.family == family && sum != 0) sums[key.dimension] += sum;
      }
    });
    return sums;
  }
  [[nodiscard]] std::int64_t standing(const std::string& kpi) const {
    std::int64_t count = 0;
    look("acme", [&](const PortalFigures& figures) {
      for (const auto& [key, cells] : figures.kpis.at(kpi).windows) {
        if (key.family == Family::pipeline) count += cells.front().at(kCountSlot);
      }
    });
    return count;
  }

  PortalSettings acme_ = portal("acme");
  PortalSettings old_ = portal("old");
  std::vector<PortalSettings> settings_;
  tests::ListJournal journal_;
  std::shared_ptr<tests::ScriptAdapter> adapter_ = std::make_shared<tests::ScriptAdapter>();
  FailingState state_;
  std::unique_ptr<Board> board_;
  std::unique_ptr<Processor> processor_;
};

using Sums = std::map<std::string, std::int64_t>;

TEST(Table, GivesFactsItsIdsAndNoIdTwoMeanings) {
  PortalSettings old = portal("old");
  old.counts_in = {"acme", {{"7", "70"}}, {{"5", "0"}, {"leads", "1"}}, {{"a", "A"}}, {{"web", "WEB"}}, {{"2", "B"}},
                   0};
  Fact one;
  one.kind = FactKind::deal_lost;
  one.manager = one.actor = "7";
  one.owner = "8";
  one.pipeline = "5";
  one.stage = "b";
  one.source = "web";
  one.reason = "3";
  Fact two = one;
  two.manager = two.reason = "none";
  two.owner = "queue";
  two.actor = two.stage = two.source = "";
  two.pipeline = "leads";
  Facts facts{one, two};
  count_in_table(old, facts);
  one.manager = one.actor = "70";
  one.owner = "old/8";
  one.pipeline = "0";
  one.stage = "old/b";
  one.source = "WEB";
  one.reason = "old/3";
  two.pipeline = "1";
  EXPECT_EQ(facts, (Facts{one, two}));
  const Facts own = facts;
  count_in_table(portal("acme"), facts);
  EXPECT_EQ(facts, own) << "a portal with a table of its own";
}

TEST_F(OneTable, HasOneRowForWhoIsInBoth) {
  start({acme_, old_});
  win("acme", "1", "9", 100);
  win("old", "1", "7", 250);  // the same id there, and the same person
  win("old", "2", "9", 4'000);
  run();
  EXPECT_EQ(tables(), std::vector<std::string>{"acme"});
  EXPECT_EQ(won("acme"), (Sums{{"9", 350}, {"old/9", 4'000}}));
  EXPECT_EQ(won("acme", Family::pipeline), (Sums{{"5", 100}, {"old/5", 4'250}}));
  prove();
}

TEST_F(OneTable, NamesPeopleByItsOwnDirectoryFirst) {
  start({acme_, old_});
  name("old", EntityKind::manager, "7", "Anna of old");
  name("old", EntityKind::manager, "9", "Boris of old");
  name("old", EntityKind::pipeline, "5", "Retail");
  run();
  const auto names = [&] {
    std::map<std::string, std::string> all;
    look("acme", [&](const PortalFigures& figures) {
      all = figures.manager_names;
      all.insert(figures.pipeline_names.begin(), figures.pipeline_names.end());
    });
    return all;
  };
  std::map<std::string, std::string> expected{{"9", "Anna of old"}, {"old/9", "Boris of old"}, {"old/5", "Retail"}};
  EXPECT_EQ(names(), expected);
  name("acme", EntityKind::manager, "9", "Anna");
  name("old", EntityKind::manager, "7", "Anna of old again");
  run();
  expected["9"] = "Anna";
  EXPECT_EQ(names(), expected);
  start({acme_, old_});
  EXPECT_EQ(names(), expected);
}

TEST_F(OneTable, NamesSourcesAndReasonsAsTheyStandInItsFigures) {
  old_.counts_in.sources = {{"SITE", "WEB"}};
  old_.counts_in.loss_reasons = {{"1001", "45"}};
  start({acme_, old_});
  for (const auto& [kind, id, name_there] :
       {std::tuple(EntityKind::source, "SITE", "Site"), std::tuple(EntityKind::source, "RADIO", "Radio"),
        std::tuple(EntityKind::loss_reason, "1001", "Dear"), std::tuple(EntityKind::loss_reason, "1002", "Late")}) {
    name("old", kind, id, name_there);
  }
  run();
  using Names = std::map<std::string, std::string>;
  look("acme", [&](const PortalFigures& figures) {
    EXPECT_EQ(figures.source_names, (Names{{"WEB", "Site"}, {"old/RADIO", "Radio"}}));
    EXPECT_EQ(figures.loss_reason_names, (Names{{"45", "Dear"}, {"old/1002", "Late"}}));
  });
}

TEST_F(OneTable, AMappingReachesBackToTheFirstRecordAndCanBeTakenBack) {
  start({acme_, portal("old")});
  win("acme", "1", "9", 100);
  win("old", "1", "7", 250);
  run();
  EXPECT_EQ(won("old"), (Sums{{"7", 250}}));
  journal_.expire_before(3);  // the records are gone
  start({acme_, old_});
  EXPECT_EQ(won("acme"), (Sums{{"9", 350}}));
  prove();
  old_.counts_in.people = {{"7", "8"}};
  start({acme_, old_});
  EXPECT_EQ(won("acme"), (Sums{{"8", 250}, {"9", 100}}));
  prove();
  start({acme_, portal("old")});
  EXPECT_EQ(won("acme"), (Sums{{"9", 100}}));
  EXPECT_EQ(won("old"), (Sums{{"7", 250}}));
  prove();
  acme_.counts_in = {"old", {}, {}, {}, {}, {}, 0};  // the other way round
  start({acme_, portal("old")});
  EXPECT_EQ(tables(), std::vector<std::string>{"old"});
  EXPECT_EQ(won("old"), (Sums{{"7", 250}, {"acme/9", 100}}));
  prove();
}

TEST_F(OneTable, LosesWhatIsNoLongerConfiguredAndHasItAgain) {
  start({acme_, old_});
  win("acme", "1", "9", 100);
  win("old", "1", "7", 250);
  run();
  start({acme_});
  EXPECT_EQ(won("acme"), (Sums{{"9", 100}}));
  prove();
  start({acme_, old_});
  EXPECT_EQ(won("acme"), (Sums{{"9", 350}}));
  prove();
}

TEST_F(OneTable, CountsAMovedPortalUpToItsEnd) {
  tell("old", {deal("3", point(kNoon - kDay, Outcome::open, "7", 70), kNoon - kDay)});
  win("old", "1", "7", 250, kNoon - 3'600);
  win("old", "2", "7", 9'000, kNoon);
  start({acme_, old_});
  EXPECT_EQ(won("acme"), (Sums{{"9", 9'250}}));
  EXPECT_EQ(standing("deals_open"), 1);
  old_.counts_in.until = kNoon;
  start({acme_, old_});
  EXPECT_EQ(won("acme"), (Sums{{"9", 250}}));
  EXPECT_EQ(standing("deals_open"), 0) << "what is open there was carried over";
  prove();
}

TEST_F(OneTable, IsKnownSinceBothAreOrForWhoHasMovedSinceTheOldOneWas) {
  acme_.known_since = kNoon - 10 * kDay;
  const auto since = [&] {
    UnixSeconds known = 0;
    look("acme", [&](const PortalFigures& figures) { known = figures.known_since; });
    return known;
  };
  start({acme_, old_});
  EXPECT_EQ(since(), kNoon - 10 * kDay);
  old_.counts_in.until = kNoon - 9 * kDay;
  start({acme_, old_});
  EXPECT_EQ(since(), kLongAgo);
  old_.counts_in.until = kNoon - 11 * kDay;  // a day of which nobody told
  start({acme_, old_});
  EXPECT_EQ(since(), kNoon - 10 * kDay);
  old_.known_since = 0;
  start({acme_, old_});
  EXPECT_EQ(since(), 0) << "nothing of the other is known yet";
  win("old", "1", "7", 250);
  run();
  EXPECT_EQ(since(), kNoon) << "at once, not with the next minute";
}

TEST_F(OneTable, IsCoveredAsItsWorstPartIs) {
  acme_.compared_lists = old_.compared_lists = {"deals"};
  start({acme_, old_});
  const auto compared = [&](const std::string& alias, UnixSeconds until) {
    Observation seen;
    seen.ref = {EntityKind::cursor, "deals"};
    seen.cursor = until;
    tell(alias, {seen});
    run();
  };
  const Calendar calendar(acme_);
  const auto covered = [&](const Range& range) {
    const auto table = tables_of(settings_).front();
    const auto& definitions = tests::test_catalogue();
    return StateFigures(state_, definitions, table, calendar, kNoon).coverage(range);
  };
  const Range hour{minute_of(kNoon) - 60, minute_of(kNoon)};
  compared("acme", kNoon);
  EXPECT_EQ(covered(hour), 0);
  compared("old", kNoon - 1'800);
  EXPECT_EQ(covered(hour), 500);
  old_.counts_in.until = kNoon - 1'800;
  start({acme_, old_});
  EXPECT_EQ(covered(hour), 1'000) << "what does not count needs no proof";
  EXPECT_EQ(covered({minute_of(kLongAgo) - 60, minute_of(kLongAgo)}), 0);
}

TEST_F(OneTable, EndsTheLedgersOfClosedTablesOnlyWhereFiguresChange) {
  const auto close = [&](const PortalSettings& settings) {
    const Calendar calendar(settings);
    const Range range{minute_of(kNoon) - 720, minute_of(kNoon) + 720};
    const periods::SnapshotHead head{.id = {settings.alias, "daily", kNoon + kDay},
                                     .period = periods::Period::day,
                                     .range = range,
                                     .taken = kNoon + kDay,
                                     .position = processor_->position()};
    const auto taken =
        periods::take_snapshot(state_, processor_->kpis().in_force().definitions(), settings, calendar, head);
    StateBatch batch;
    ASSERT_TRUE(periods::put_snapshot(state_, taken, tests::test_digest, batch));
    state_.apply(batch);
    processor_->ledger().add(taken);
  };
  const auto corrections = [&](const std::string& alias) {
    return periods::corrections_of(state_, {alias, "daily", kNoon + kDay});
  };
  start({acme_});
  win("acme", "1", "9", 100);
  run();
  close(acme_);
  start({acme_, old_});  // new, and empty
  win("old", "1", "7", 250);
  run();
  EXPECT_TRUE(corrections("acme").ends.empty());
  EXPECT_FALSE(corrections("acme").list.empty()) << "what the other portal adds is a correction like any other";
  prove();
  old_.counts_in.people.clear();
  start({acme_, old_});
  ASSERT_EQ(corrections("acme").ends.size(), 1U);
  EXPECT_EQ(corrections("acme").ends[0].reason, periods::EndReason::settings_changed);
  prove();
}

TEST_F(OneTable, LeadsBackToTheRecordsOfBoth) {
  start({acme_, old_});
  win("acme", "1", "9", 100);
  win("old", "1", "7", 250);
  win("old", "2", "9", 4'000);
  run();
  std::vector<std::string> records;
  const DrillQuery query{{"acme", "old"}, {kNoMinute, INT64_MAX}, {}, {"9"}, {}, {}};
  drill(state_, tests::find_definition("deals_won"), query, [&](const EntityKey& record, const Fact& fact) {
    records.push_back(record.portal + " " + record.ref.id + " " + std::to_string(fact.amount));
  });
  EXPECT_EQ(records, (std::vector<std::string>{"acme 1 100", "old 1 250"}));
}

TEST_F(OneTable, ACrashAtAnyWriteIsMadeGoodAtTheNextStart) {
  start({acme_, portal("old")});
  for (int i = 0; i < 20; ++i) win(i % 2 == 0 ? "acme" : "old", std::to_string(i), i % 3 == 0 ? "7" : "9", 100);
  run();
  const auto separate = settings_;
  int writes = 0;
  for (bool crashed = true; crashed; ++writes) {
    ASSERT_LT(writes, 100) << "it never comes to its end";
    start(separate);
    state_.left = writes;
    crashed = false;
    try {
      start({acme_, old_});
    } catch (const StoreError&) {
      crashed = true;
    }
    state_.left = INT_MAX;
    start({acme_, old_});
    EXPECT_EQ(won("acme"), (Sums{{"7", 400}, {"9", 900}, {"old/9", 700}})) << "after " << writes << " writes";
    prove();
  }
  EXPECT_GT(writes, 3);
}

}  // namespace
}  // namespace kpistream
