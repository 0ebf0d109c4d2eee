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
    return {state, catalogue, formulas,  settings, *calendar, now, built_in, {"acme", "beta"},
            names, {},        directory, summary,  nullptr};
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
  DirectoryNames directory;
  std::shared_ptr<const insight::Summary> summary;
  MemoryState state;
  UnixSeconds now = kNoon;
};

// What insight tells at kNoon of four managers, of whom the seventh does half of what he did; of nobody's figures
// above.
inline std::shared_ptr<insight::Summary> told() {
  auto summary = std::make_shared<insight::Summary>();
  summary->portal = "acme";
  summary->at = kNoon;
  summary->week_reliable = true;
  summary->week_to_week["7"] = {insight::Compared{90, 100}, insight::Compared{400, 1'001}, false, true};
  summary->against_team["7"] = {"", 3, {400, 1'201.0}, {0, 2.0}, {0, 5.0}};
  for (const auto& [manager, actions] : {std::pair("9", 1'199), {"11", 1'201}, {"13", 1'303}}) {
    summary->week_to_week[manager] = {std::nullopt, insight::Compared{actions, actions}, false, false};
    summary->against_team[manager] = {"", 3, {actions, 1'199.0}, {2, 2.0}, {5, 5.0}};
  }
  insight::PlanFigure plan;
  plan.target = {"revenue", "", "", PlanPeriod::month, 0, 8'888'800};
  plan.period = insight::period_at(PlanPeriod::month, kNoon / kDay);
  plan.actual = 4'444'400;
  plan.elapsed = 0.4;
  plan.attainment = 0.5;
  plan.pace = 1.25;
  plan.forecast = insight::Forecast{7'000'000, 9'000'000, 9'900'000};
  plan.history = {7'700'000, 8'800'000, 8'900'000};
  plan.suggestion =
      insight::Suggestion{9'200'000, insight::Suggestion::Decided::median_and_step, 8'800'000, 9'900'000, {}};
  summary->plan = {plan, plan};
  summary->plan[1].target.manager = "9";
  summary->flow.bottleneck = "NEW";
  summary->flow.bottleneck_stay = 5'400;
  summary->flow.residual = 3;
  return summary;
}

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
