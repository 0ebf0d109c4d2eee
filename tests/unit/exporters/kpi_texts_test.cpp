// The text that is kept ready is the text that would be written anew, whatever has happened in between.
#include "exporters/prometheus/kpi_texts.hpp"

#include <gtest/gtest.h>

#include <random>

#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/kpi/cells.hpp"
#include "stream/memory_state.hpp"
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
  explicit World(std::uint64_t seed) : random_(seed), board_(state_, settings()) {
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

  void meet(const std::string& id, const std::string& name) { put_name({EntityKind::manager, id}, name); }

  [[nodiscard]] std::string anew() {
    return tests::joined(KpiTexts(board_).page({formulas_, {}, {}}, kEverything, Format::text).texts);
  }

  void count() {
    const auto portal = settings().at(random_() % 2);
    Facts facts;
    Fact fact;
    fact.kind = random_() % 2 == 0 ? FactKind::deal_won : FactKind::deal_lost;
    fact.at = now_ - static_cast<UnixSeconds>(random_() % 200'000);
    fact.manager = std::to_string(random_() % 40);
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
  KpiTexts texts_{board_};
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
