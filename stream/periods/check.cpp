#include "stream/periods/check.hpp"

#include <array>
#include <set>

#include "stream/periods/ledger.hpp"

namespace kpistream::periods {
namespace {

Rows corrected(const SnapshotKpi& kpi, const Definition& definition, const std::vector<Correction>& corrections) {
  Rows rows = kpi.rows;
  for (const Correction& c : corrections) {
    if (c.kpi != definition.id) continue;
    BucketKey key;
    key.pipeline = c.pipeline;
    key.manager = c.manager;
    key.source = c.source;
    key.labels = c.labels;
    add_to_rows(rows, definition, "", key, c.delta);
  }
  std::erase_if(rows, [](const auto& row) { return row.second.zero(); });
  return rows;
}

std::string row_name(const RowKey& key) {
  constexpr std::array<std::string_view, 3> kFamilies{"pipeline", "manager", "source"};
  std::string name = "over everybody";
  if (key.family) {
    name = std::string("of ").append(kFamilies.at(static_cast<std::size_t>(*key.family))) + " '" + key.dimension + "'";
  }
  for (const auto& label : key.labels) name.append(", ").append(label);
  return name;
}

std::string figures(const Rows& rows, const RowKey& key) {
  const auto row = rows.find(key);
  if (row == rows.end()) return "0";
  return std::to_string(row->second.at(kCountSlot)) + " (sum " + std::to_string(row->second.at(kSumSlot)) + ")";
}

void compare(const std::string& what, const Rows& expected, const Rows& found, std::vector<std::string>& differences) {
  std::set<RowKey> keys;
  for (const auto& [key, cell] : expected) keys.insert(key);
  for (const auto& [key, cell] : found) keys.insert(key);
  for (const RowKey& key : keys) {
    const auto was = expected.find(key);
    const auto is = found.find(key);
    if (was != expected.end() && is != found.end() && was->second == is->second) continue;
    differences.push_back(what + " " + row_name(key) + ": the table and its corrections give " +
                          figures(expected, key) + ", the cells " + figures(found, key));
  }
}

}  // namespace

std::vector<std::string> check_period(const State& state, const std::vector<Definition>& in_force,
                                      const Calendar& calendar, const Snapshot& snapshot) {
  std::vector<std::string> differences;
  const SnapshotHead& head = snapshot.head;
  const Corrections corrections = corrections_of(state, head.id);
  const std::string table = "table " + head.id.schedule + " of " + head.id.portal + " for " +
                            Calendar::text(calendar.day_of(head.range.first * 60)) + ": ";
  for (const Definition& definition : in_force) {
    const auto kpi = snapshot.kpis.find(definition.id);
    if (kpi == snapshot.kpis.end() || kpi->second.windows != WindowSet::periods) continue;
    if (kpi->second.cells != definition.cells() || corrections.ended(definition.id)) continue;
    compare(table + definition.id, corrected(kpi->second, definition, corrections.list),
            rows_of(state, definition, head.id.portal, calendar, head.range), differences);
  }
  return differences;
}

}  // namespace kpistream::periods
