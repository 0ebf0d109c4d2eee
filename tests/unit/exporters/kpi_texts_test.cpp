// The text that is kept ready is the text that would be written anew, whatever has happened in between.
#include "exporters/prometheus/kpi_texts.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/kpi/cells.hpp"
#include "stream/memory_state.hpp"
#include "tests/unit/exporters/page.hpp"
#include "tests/unit/exporters/text.hpp"
#include "tests/unit/exporters/unpacked.hpp"

namespace kpistream::exporters {
namespace {

constexpr UnixSeconds kNoon = 1'789'376'400;  // 2026-09-14 12:00 in Moscow, a Monday
const Selection kEverything{GroupSet().set(), 1'000'000};

Definition definition(const std::string& id, FactKind fact) {
  Definition made;
  made.id = made.name = id;
  made.facts = {fact};
  made.counted = made.summed = "something";
  made.totals = made.by_pipeline = made.by_manager = made.by_source = true;
  return made;
}

std::shared_ptr<const Formulas> ratio(const std::vector<Definition>& definitions, const std::string& name) {
  Catalogue catalogue;
  catalogue.definitions = definitions;
  Formula made;
  made.id = made.name = name;
  made.expression = "a / (a + b)";
  made.shown = "a part";
  catalogue.formulas = {made};
  return std::make_shared<const Formulas>(compile(catalogue));
}

// A board of two portals under random facts.
class World {
 public:
  explicit World(std::uint64_t seed, PlaceLimits limits = {})
      : random_(seed), board_(state_, settings()), texts_(board_, limits) {
    board_.load(definitions_, now_);
    for (const char* portal : {"acme", "beta"}) {
      StateBatch batch;
      batch.puts.push_back({Space::meta, first_record_key(portal), encode_number(kNoon - 86'400)});
      state_.apply(batch);
    }
    Board::Changes first;
    first.first_records = {{"acme", kNoon - 86'400}, {"beta", kNoon - 86'400}};
    board_.apply(first);
  }

  static std::vector<PortalSettings> settings() {
    PortalSettings acme;
    acme.alias = "acme";
    PortalSettings beta;
    beta.alias = "beta";
    return {acme, beta};
  }

  void happen() {
    switch (random_() % 8) {
      case 0:
        now_ += static_cast<UnixSeconds>(random_() % 40'000);
        return board_.advance(now_);
      case 1:
        definitions_.back() = definition("b", random_() % 2 == 0 ? FactKind::deal_won : FactKind::deal_lost);
        return board_.set_definitions(definitions_);
      case 2:
        return name();
      case 3:
        formulas_ = ratio(definitions_, random_() % 2 == 0 ? "win" : "loss");
        return;
      default:
        return count();
    }
  }

  [[nodiscard]] std::string ready(const Selection& selection = kEverything, Format format = Format::text,
                                  bool hide_names = false) {
    return tests::joined(texts_.page({formulas_, {}, {}, hide_names}, selection, format).texts);
  }

  [[nodiscard]] std::string packed(bool hide_names = false) {
    return texts_.packed({formulas_, {}, {}, hide_names}, kEverything, Format::text).text.gzip();
  }

  void advance(UnixSeconds seconds) { board_.advance(now_ += seconds); }

  [[nodiscard]] std::size_t dropped_of_managers() {
    return texts_.page({formulas_, {}, {}}, kEverything, Format::text)
        .counted.dropped.at(static_cast<std::size_t>(Group::managers));
  }
  void meet(const std::string& id, const std::string& name) { put_name({EntityKind::manager, id}, name); }

  [[nodiscard]] std::string anew() {
    return tests::joined(KpiTexts(board_).page({formulas_, {}, {}}, kEverything, Format::text).texts);
  }

  void count() { count(std::to_string(random_() % 40)); }
  void count(const std::string& manager) {
    const auto portal = settings().at(random_() % 2);
    Facts facts;
    Fact fact;
    fact.kind = random_() % 2 == 0 ? FactKind::deal_won : FactKind::deal_lost;
    fact.at = now_ - static_cast<UnixSeconds>(random_() % 200'000);
    fact.manager = manager;
    fact.source = std::to_string(random_() % 40);
    fact.pipeline = std::to_string(random_() % 2);
    facts.push_back(fact);
    CellDeltas deltas;
    Counting(definitions_).change(portal.alias, Calendar(portal), {}, facts, deltas);
    StateBatch batch;
    for (const auto& [key, cell] : deltas) batch.adds.push_back({key, cell.encode()});
    state_.apply(batch);
    Board::Changes changes;
    changes.cells = &deltas;
    board_.apply(changes);
  }

 private:
  void name() { put_name({EntityKind::pipeline, std::to_string(random_() % 40)}, "N" + std::to_string(random_() % 3)); }

  void put_name(const EntityRef& ref, const std::string& name) {
    Entity entity;
    Observation seen;
    seen.ref = ref;
    seen.name = name;
    entity.observe(seen);
    StateBatch batch;
    batch.puts.push_back({Space::entities, entity_key("acme", seen.ref), encode_entity(entity)});
    state_.apply(batch);
    Board::Changes changes;
    changes.named = {"acme"};
    board_.apply(changes);
  }

  std::mt19937_64 random_;
  MemoryState state_;
  UnixSeconds now_ = kNoon;
  std::vector<Definition> definitions_{definition("a", FactKind::deal_won), definition("b", FactKind::deal_lost)};
  std::shared_ptr<const Formulas> formulas_ = ratio(definitions_, "win");
  Board board_;
  KpiTexts texts_;
};

TEST(KpiTexts, NamesOfPeopleAreShownOrHidden) {
  World world(1);
  world.meet("7", "Анна");
  const std::string named = R"(crm_manager_info{portal="acme",manager="7",name="Анна",team="none"} 1)";
  const std::string hidden = R"(crm_manager_info{portal="acme",manager="7",name="7",team="none"} 1)";
  for (const bool hide : {false, true, false}) {  // a reload may say otherwise
    const std::string page = world.ready(kEverything, Format::text, hide);
    EXPECT_EQ(page.find(named) == std::string::npos, hide);
    EXPECT_EQ(page.find(hidden) != std::string::npos, hide);
    EXPECT_EQ(tests::unpacked(world.packed(hide), page.size()), page);
  }
}

TEST(KpiTexts, AreThoseThatWouldBeWrittenAnewWhateverHappens) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  World world(seed);
  for (int i = 0; i < 400; ++i) {
    world.happen();
    if (i % 3 == 0) {
      const std::string now = world.anew();
      ASSERT_EQ(world.ready(), now) << "after " << i;
      ASSERT_EQ(tests::unpacked(world.packed(), now.size()), now) << "after " << i;
    }
  }
  EXPECT_GT(families_in(world.ready()).size(), 8U);
}

// ---- places

constexpr PlaceLimits kFew{5, 3};

// Who has a series of `family`, and what all of them come to by all other labels.
struct Told {
  std::set<std::string> values;
  std::map<std::string, double> sums;
};

Told told(const std::string& page, const std::string& family, const std::string& dimension) {
  Told told;
  tests::Page read = tests::read_page(page);
  for (const auto& sample : read.families[family].samples) {
    std::string rest;
    for (const auto& [name, value] : sample.labels) {
      if (name == dimension) {
        told.values.insert(value);
      } else {
        rest += name + "=" + value + " ";
      }
    }
    told.sums[rest] += sample.value;
  }
  return told;
}

TEST(Places, WhoeverHasNoneIsAmongTheOthersAndNothingIsLost) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  World world(seed, kFew);
  for (int i = 0; i < 300; ++i) {
    i % 10 == 9 ? world.count("other") : world.happen();  // somebody may be called so
    if (i % 20 != 0) continue;
    const std::string page = world.ready();
    ASSERT_TRUE(tests::read_page(page).breaches.empty()) << testing::PrintToString(tests::read_page(page).breaches);
    for (const std::string kpi : {"a", "b"}) {
      const auto managers = told(page, "crm_manager_window_" + kpi, "manager");
      EXPECT_EQ(managers.sums, told(world.anew(), "crm_manager_window_" + kpi, "manager").sums);
      EXPECT_LE(managers.values.size(), 2 * kFew.managers + 1) << "of two portals";
      const auto sources = told(page, "crm_source_window_" + kpi, "source");
      EXPECT_EQ(sources.sums, told(world.anew(), "crm_source_window_" + kpi, "source").sums);
      EXPECT_LE(sources.values.size(), 2 * kFew.sources + 1);
    }
  }
}

TEST(Places, AreForThoseOfWhomMostIsCountedAndChangeWithTheDayOnly) {
  World world(1, {2, 3});
  const auto managers = [&] { return told(world.ready(), "crm_manager_window_a", "manager").values; };
  for (int i = 0; i < 30; ++i) world.count(i < 20 ? "7" : "8");
  EXPECT_EQ(managers(), (std::set<std::string>{"7", "8"}));
  EXPECT_EQ(world.dropped_of_managers(), 0U);
  for (int i = 0; i < 60; ++i) world.count("9");
  EXPECT_EQ(managers(), (std::set<std::string>{"7", "8", "other"}));
  EXPECT_GT(world.dropped_of_managers(), 0U);
  world.advance(86'400);
  EXPECT_EQ(managers(), (std::set<std::string>{"7", "9", "other"}));
}

TEST(Places, ARatioOfTheOthersIsThatOfTheirSums) {
  World world(1, {1, 3});
  for (int i = 0; i < 200; ++i) world.count(std::to_string(i % 8));
  tests::Page page = tests::read_page(world.ready());
  const auto value = [&](const std::string& family) {
    for (const auto& sample : page.families[family].samples) {
      if (sample.labels ==
          std::vector<std::pair<std::string, std::string>>{{"portal", "acme"}, {"manager", "other"}, {"window", "day"}})
        return sample.value;
    }
    return -1.0;
  };
  const double a = value("crm_manager_window_a");
  EXPECT_GT(a, 1);
  EXPECT_DOUBLE_EQ(value("crm_manager_window_win"), a / (a + value("crm_manager_window_b")));
}

TEST(KpiTexts, EachWayOfAskingHasAPageOfItsOwn) {
  World world(1);
  for (int i = 0; i < 3; ++i) {
    world.count();
    const std::string whole = world.ready();
    const Selection managers{GroupSet().set(static_cast<std::size_t>(Group::managers)), 1'000'000};
    for (const auto& one : families_in(world.ready(managers))) EXPECT_TRUE(one.name.starts_with("crm_manager_"));
    EXPECT_NE(world.ready(kEverything, Format::open_metrics), whole);
    for (std::size_t most = 10; most < 20; ++most)
      EXPECT_LT(world.ready({GroupSet().set(), most}).size(), whole.size());
    EXPECT_EQ(world.ready(), whole);
  }
}

}  // namespace
}  // namespace kpistream::exporters
