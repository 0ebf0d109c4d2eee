#include "exporters/table/reader.hpp"

#include <algorithm>
#include <cmath>

#include "exporters/table/cell_detail.hpp"
#include "stream/kpi/cells.hpp"
#include "stream/kpi/coverage.hpp"
#include "stream/kpi/duration.hpp"
#include "stream/periods/find.hpp"

namespace kpistream::exporters {
namespace {

using periods::Period;
using periods::SnapshotKpi;

const std::string& member_of(const BucketKey& key, Family family) {
  if (family == Family::manager) return key.manager;
  return family == Family::source ? key.source : key.pipeline;
}

bool is_by(const Definition& definition, Family family) {
  if (family == Family::manager) return definition.by_manager;
  return family == Family::pipeline ? definition.by_pipeline : definition.by_source;
}

// The moment whose period is the newest column.
UnixSeconds newest_moment(const TableParts& parts, const View& view) {
  const auto day = parse_day(view.until);
  return day ? std::min(parts.now, parts.calendar.begin_of(*day + 1) * 60 - 1) : parts.now;
}

Column column_of(const TableParts& parts, Period period, const Range& range, const TableVerified& verified) {
  Column column;
  column.period = period;
  column.range = range;
  column.first = periods::period_text(period, parts.calendar, range);
  column.today = parts.calendar.day_of(range.first * 60) == parts.calendar.day_of(parts.now);
  column.running = range.last * 60 > parts.now;
  column.known = verified.since != 0 && range.first >= minute_of(verified.since);
  column.coverage = column.known ? worst_coverage_of(range, verified, parts.now) : 0;
  return column;
}

// Whether a table can say what is asked, also where the KPI had another definition then: one that did not tell managers
// apart, or counted where it adds up now, has no figure of it, which is not 0.
bool tells(const SnapshotKpi& kept, const Definition& now, const std::string& part, std::optional<Family> by) {
  if (kept.cells == now.cells()) return true;
  if (kept.measure != now.measure || kept.windows != now.windows) return false;
  const auto& labels = now.window_labels;
  if (!part.empty() && is_by_label(now) &&
      (kept.labels.empty() || labels.empty() || kept.labels.front() != labels.front().name()))
    return false;
  return !by || kept.rows.empty() ||
         std::any_of(kept.rows.begin(), kept.rows.end(), [&](const auto& row) { return row.first.family == by; });
}

std::int64_t rounded(double value) { return insight::rounded(value); }

}  // namespace

std::vector<Column> columns_of(const TableParts& parts, const View& view) {
  const auto verified = verified_of(parts.state, parts.portal);
  std::vector<Column> columns;
  Range range = periods::open_period(view.period, parts.calendar, newest_moment(parts, view));
  while (columns.size() < view.columns) {
    columns.push_back(column_of(parts, view.period, range, verified));
    range = periods::closed_period(view.period, parts.calendar, range.first * 60);
  }
  return columns;
}

Column days_column(const TableParts& parts, Day first, Day last) {
  const Range range{parts.calendar.begin_of(first), parts.calendar.begin_of(last + 1)};
  Column column = column_of(parts, Period::day, range, verified_of(parts.state, parts.portal));
  column.first += ".." + Calendar::text(last);
  return column;
}

std::optional<Column> window_column(const TableParts& parts, std::string_view name) {
  const auto verified = verified_of(parts.state, parts.portal);
  Range range{minute_of(verified.since), minute_of(parts.now) + 1};
  if (name != kAllTime) {
    if (std::find(kWindows.begin(), kWindows.end(), name) == kWindows.end()) return std::nullopt;
    std::vector<Range> ranges(Calendar::windows(WindowSet::periods).size());
    parts.calendar.ranges(WindowSet::periods, parts.now, ranges);
    range = ranges.at(Calendar::period(name));
    range.last = std::min(range.last, minute_of(parts.now) + 1);
  }
  Column column = column_of(parts, Period::day, range, verified);
  column.first = name;
  if (name == kAllTime) column.range.first = 0;  // also what happened before the portal was known
  return column;
}

LineReader::LineReader(const TableParts& parts, std::vector<Column>& columns)
    : parts_(parts), columns_(columns), known_(verified_of(parts.state, parts.portal).since != 0) {
  const auto schedules = periods::schedules_of(parts.state, parts.portal.alias);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    Column& column = columns[i];
    for (const auto& schedule : schedules) {
      if (column.running || column.taken != 0) break;
      auto found = periods::first_of(parts.state, parts.portal.alias, schedule, column.range);
      if (!found) continue;
      column.taken = found->head.taken;
      if (column.known) column.coverage = found->head.coverage;
      column.table = found->head.id;
      taken_.emplace(i, *std::move(found));
    }
  }
}

const Definition* LineReader::definition(const std::string& id) const {
  const auto& all = parts_.catalogue.definitions;
  const auto it = std::find_if(all.begin(), all.end(), [&](const Definition& have) { return have.id == id; });
  return it == all.end() ? nullptr : &*it;
}

LineReader::Cells LineReader::read_live(const Definition& definition, const std::string& part, std::size_t column,
                                        std::optional<Family> by) const {
  Line of;
  of.part = part;
  const Range range = facts_range(parts_, definition, of, columns_[column]);
  Cells cells;
  const bool label = !part.empty() && is_by_label(definition);
  visit_cells(parts_.state, definition, parts_.portal.alias, parts_.calendar, range,
              [&](const BucketKey& key, const Cell& cell) {
                if (label && (key.labels.empty() || key.labels.front() != part)) return;
                cells[by ? member_of(key, *by) : std::string()].add(cell);
              });
  std::erase_if(cells, [](const auto& entry) { return entry.second.zero(); });
  return cells;
}

LineReader::Cells LineReader::read_frozen(const Definition& definition, const SnapshotKpi& kpi, const std::string& part,
                                          std::optional<Family> by) const {
  Cells cells;
  const bool label = is_by_label(definition);
  for (const auto& [key, cell] : kpi.rows) {
    if (key.family != by) continue;
    const std::string& have = label ? (key.labels.empty() ? key.window : key.labels.front()) : key.window;
    if (!part.empty() && have != part) continue;
    cells[key.dimension].add(cell);
  }
  return cells;
}

LineReader::Source LineReader::source(const std::string& kpi, const std::string& part, std::size_t column,
                                      std::optional<Family> by) {
  Source source;
  const Definition* const found = definition(kpi);
  if (found == nullptr || (by && !is_by(*found, *by)) || !is_configured(*found, parts_.portal)) return source;
  const std::string name = kpi + "@" + part + "@" + std::to_string(column) + (by ? std::string(family_name(*by)) : "");
  auto [at, fresh] = read_.try_emplace(name);
  auto& [live, frozen] = at->second;
  const Column& place = columns_[column];
  const auto taken = taken_.find(column);
  const SnapshotKpi* kept = nullptr;
  if (taken != taken_.end()) {
    const auto it = taken->second.kpis.find(kpi);
    if (it != taken->second.kpis.end() && it->second.known && tells(it->second, *found, part, by)) kept = &it->second;
  }
  if (fresh) {
    // Of what stands only the running period knows, as soon as anything is known; of a period that begins before that
    // nothing is, whatever its table had of it.
    const bool history = is_history(found->windows);
    if (history ? place.known : place.running && known_) live = read_live(*found, part, column, by);
    if (kept != nullptr && (!history || place.known)) frozen = read_frozen(*found, *kept, part, by);
  }
  if (live) source.live = &*live;
  if (frozen) source.frozen = &*frozen;
  source.otherwise = kept != nullptr && kept->cells != found->cells();
  return source;
}

std::vector<std::string> LineReader::parts_of(const Line& line) const {
  if (line.of != Line::Of::formula) return {line.kpi};
  std::vector<std::string> ids;
  for (const auto& [formula, compiled] : parts_.formulas) {
    if (formula.id != line.kpi) continue;
    for (const auto& part : compiled.parts()) ids.push_back(part.id);
  }
  return ids;
}

std::map<std::string, LineReader::Source> LineReader::sources(const Line& line, std::size_t column,
                                                              std::optional<Family> by) {
  std::map<std::string, Source> all;
  for (const auto& id : parts_of(line)) all.emplace(id, source(id, line.part, column, by));
  return all;
}

std::optional<std::int64_t> LineReader::number(const Line& line, const std::map<std::string, Cell>& cells) const {
  if (line.of == Line::Of::formula) {
    for (const auto& [formula, compiled] : parts_.formulas) {
      if (formula.id != line.kpi) continue;
      const auto value = compiled.evaluate([&](std::string_view id) -> const Cell* {
        const auto it = cells.find(std::string(id));
        return it == cells.end() ? nullptr : &it->second;
      });
      if (value) return rounded(*value * static_cast<double>(line_unit_scale(line.unit)));
    }
    return std::nullopt;
  }
  const Cell& cell = cells.at(line.kpi);
  if (line.of == Line::Of::count) return cell.at(kCountSlot);
  if (line.of == Line::Of::sum) return cell.at(kSumSlot);
  return quantile(cell, line.of == Line::Of::p50 ? 0.5 : 0.9);
}

std::optional<std::int64_t> LineReader::value_of(const Line& line, const std::map<std::string, Source>& sources,
                                                 const std::vector<std::string>& of,
                                                 const Cells* Source::*which) const {
  std::map<std::string, Cell> cells;
  for (const auto& [id, source] : sources) {
    if (source.*which == nullptr) return std::nullopt;
    Cell& sum = cells[id];
    for (const auto& member : of) {
      if (const auto it = (source.*which)->find(member); it != (source.*which)->end()) sum.add(it->second);
    }
  }
  return cells.empty() ? std::nullopt : number(line, cells);
}

Figure LineReader::figure_of(const Line& line, const std::map<std::string, Source>& sources,
                             const std::vector<std::string>& of) const {
  const auto value = [&](const Cells* Source::*which) { return value_of(line, sources, of, which); };
  Figure figure;
  const bool all_frozen = !sources.empty() && std::all_of(sources.begin(), sources.end(), [](const auto& entry) {
    return entry.second.frozen != nullptr;
  });
  const auto live = value(&Source::live);
  if (!all_frozen) {
    figure.value = live;
    return figure;
  }
  figure.value = value(&Source::frozen);
  figure.counted_otherwise =
      std::any_of(sources.begin(), sources.end(), [](const auto& entry) { return entry.second.otherwise; });
  const bool both = std::all_of(sources.begin(), sources.end(), [](const auto& entry) { return entry.second.live; });
  figure.corrected = both && live != figure.value && !figure.counted_otherwise;
  if (figure.corrected) figure.today = live;
  return figure;
}

Figure LineReader::figure(const Line& line, std::size_t column, std::optional<Family> by,
                          const std::vector<std::string>& of) {
  return figure_of(line, sources(line, column, by), by ? of : std::vector<std::string>{""});
}

std::optional<std::int64_t> LineReader::now(const Line& line, std::size_t column, std::optional<Family> by,
                                            const std::vector<std::string>& of) {
  return value_of(line, sources(line, column, by), by ? of : std::vector<std::string>{""}, &Source::live);
}

std::set<std::string> LineReader::members(const Line& line, std::size_t column, Family by) {
  std::set<std::string> members;
  for (const auto& [id, source] : sources(line, column, by)) {
    for (const Cells* cells : {source.live, source.frozen}) {
      if (cells == nullptr) continue;
      for (const auto& [member, cell] : *cells) members.insert(member);
    }
  }
  return members;
}

}  // namespace kpistream::exporters
