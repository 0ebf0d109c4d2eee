// What the tests of exporters/table share: the built-in catalogue over a state that holds what a test puts there.
#pragma once

#include "app/kpi_reader.hpp"
#include "exporters/table/cell_detail.hpp"
#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/kpi/cells.hpp"
#include "stream/kpi/contribution.hpp"
#include "stream/memory_state.hpp"
#include "stream/periods/snapshot.hpp"

namespace kpistream::exporters::tests {

inline constexpr UnixSeconds kNoon = 1'789'376'400;  // 2026-09-14 12:00 in Moscow, a Monday
inline constexpr UnixSeconds kDay = 86'400;
inline constexpr UnixSeconds kLastThursday = kNoon - 4 * kDay;

// A won deal of a manager, in kopecks.
inline Fact won(const std::string& manager, UnixSeconds at, MinorUnits amount, const std::string& pipeline = "5") {
  Fact fact;
  fact.kind = FactKind::deal_won;
  fact.at = fact.created = at;
  fact.manager = manager;
  fact.pipeline = pipeline;
  fact.amount = amount;
  fact.seconds = 3'600;
  fact.outcome = "won";
  fact.client = "new";
  fact.source = "web";
  return fact;
}

// "acme" in Moscow, known for 40 days.
class Bench {
 public:
  explicit Bench(const std::string& zone = "Europe/Moscow", UnixSeconds known_since = kNoon - 40 * kDay) {
    settings.alias = "acme";
    settings.zone = zone;
    settings.known_since = known_since;
    calendar = std::make_unique<Calendar>(settings);
    for (const auto& formula : catalogue.formulas) {
      formulas.emplace_back(formula, CompiledFormula(formula, catalogue.definitions));
    }
    for (const auto& definition : catalogue.definitions) built_in.insert(definition.id);
    for (const auto& formula : catalogue.formulas) built_in.insert(formula.id);
  }

  void add(const Fact& fact) {
    CellDeltas deltas;
    Counting(catalogue.definitions).change("acme", *calendar, {}, {fact}, deltas);
    StateBatch batch;
    for (const auto& [key, cell] : deltas) {
      Cell sum = cell;
      if (const auto have = state.get(Space::cells, key)) sum.add(Cell::decode(*have));
      batch.puts.push_back({Space::cells, key, sum.encode()});
    }
    state.apply(batch);
  }

  // The table of a range, taken so long after the moment it was due.
  void take(const std::string& schedule, periods::Period period, const Range& range, UnixSeconds late = 0) {
    periods::SnapshotHead head;
    head.id = {"acme", schedule, range.last * 60};
    head.period = period;
    head.range = range;
    head.taken = head.id.due + late;
    StateBatch batch;
    (void)periods::put_snapshot(
        state, periods::take_snapshot(state, catalogue.definitions, settings, *calendar, head),
        [](std::string_view) { return std::string(32, 'h'); }, batch);
    state.apply(batch);
  }
  // As if nothing of the KPI had happened in the range.
  void take_all_back(const Range& range, const std::string& kpi) {
    for (const auto& definition : catalogue.definitions) {
      if (definition.id != kpi) continue;
      StateBatch batch;
      visit_cells(state, definition, "acme", *calendar, range, [&](const BucketKey& key, const Cell&) {
        batch.erases.push_back({Space::cells, bucket_key(key)});
      });
      state.apply(batch);
    }
  }
  // Says of a table that was taken how much had been compared with the CRM by then.
  void cover(const std::string& schedule, const Range& range, std::int64_t coverage) {
    const periods::SnapshotId id{"acme", schedule, range.last * 60};
    auto snapshot = periods::decode_snapshot(periods::find_snapshot(state, id)->bytes);
    snapshot.head.coverage = coverage;
    StateBatch erase;
    erase.erases.push_back({Space::periods, periods::id_key(periods::Tag::snapshot, id)});
    state.apply(erase);
    StateBatch batch;
    (void)periods::put_snapshot(
        state, snapshot, [](std::string_view) { return std::string(32, 'h'); }, batch);
    state.apply(batch);
  }
  // The week before kNoon's.
  [[nodiscard]] Range last_week() const { return periods::closed_period(periods::Period::week, *calendar, now); }

  [[nodiscard]] TableParts parts() const {
    return {state, catalogue, formulas, settings, *calendar, now, built_in, {"acme", "beta"},
            names, {},        {},       summary,  nullptr};
  }
  [[nodiscard]] Table table(const View& view = {}, const Viewer& viewer = {}) const {
    return make_table(parts(), view, viewer);
  }

  PortalSettings settings;
  std::unique_ptr<Calendar> calendar;
  Catalogue catalogue = app::built_in_catalogue();
  std::vector<std::pair<Formula, CompiledFormula>> formulas;
  std::set<std::string> built_in;
  std::map<std::string, std::string> names{{"7", "Анна"}, {"9", "Борис"}, {"11", "Вера"}, {"13", "Глеб"}};
  std::shared_ptr<const insight::Summary> summary;
  MemoryState state;
  UnixSeconds now = kNoon;
};

inline const Row& row_of(const Table& table, std::string_view id) {
  for (const auto& block : table.blocks) {
    for (const auto& row : block.rows) {
      if (row.line.id == id) return row;
    }
  }
  throw std::out_of_range(std::string(id));
}

inline const MemberRow* member_of(const Members& members, std::string_view id) {
  for (const auto& row : members.rows) {
    if (row.id == id) return &row;
  }
  return nullptr;
}

inline std::size_t column_of(const Members& members, std::string_view line) {
  for (std::size_t i = 0; i < members.lines.size(); ++i) {
    if (members.lines[i].id == line) return i;
  }
  throw std::out_of_range(std::string(line));
}

}  // namespace kpistream::exporters::tests
