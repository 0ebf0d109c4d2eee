#include "exporters/table/cell_detail.hpp"

#include <algorithm>

#include "exporters/table/reader.hpp"
#include "stream/periods/ledger.hpp"

namespace kpistream::exporters {
namespace {

constexpr std::size_t kDayLength = 10;                   // "2026-09-07"
constexpr std::size_t kDaysLength = 2 * kDayLength + 2;  // "2026-09-07..2026-09-13"
constexpr Day kDaysMax = 366;

std::optional<Day> day_of(const Calendar& calendar, UnixSeconds now, std::string_view text) {
  const Day today = calendar.day_of(now);
  for (Day day = today + 7; day > today - 5 * kDaysMax; --day) {
    if (Calendar::text(day) == text) return day;
  }
  return std::nullopt;
}

// A range of days that no view has as a column: what advice points at.
std::optional<Column> days_column(const TableParts& parts, std::string_view text) {
  if (text.size() != kDaysLength || text.substr(kDayLength, 2) != "..") return std::nullopt;
  const auto first = day_of(parts.calendar, parts.now, text.substr(0, kDayLength));
  const auto last = day_of(parts.calendar, parts.now, text.substr(kDayLength + 2));
  if (!first || !last || *first > *last || *last - *first > kDaysMax) return std::nullopt;
  const auto verified = verified_of(parts.state, parts.portal);
  Column column;
  column.period = periods::Period::day;
  column.range = {parts.calendar.begin_of(*first), parts.calendar.begin_of(*last + 1)};
  column.first = text;
  column.running = column.range.last * 60 > parts.now;
  column.known = verified.since != 0 && verified.since <= column.range.first * 60;
  column.coverage = column.known ? worst_coverage_of(column.range, verified, parts.now) : 0;
  return column;
}

bool is_of(const periods::Correction& row, const View& view) {
  if (!view.by) return true;
  const auto& member = *view.by == Family::manager    ? row.manager
                       : *view.by == Family::pipeline ? row.pipeline
                                                      : row.source;
  return std::find(view.of.begin(), view.of.end(), member) != view.of.end();
}

// Of the table that the column is of, those that move this KPI.
std::vector<CorrectionRow> corrections(const TableParts& parts, const View& view, const Line& line,
                                       const Column& column) {
  std::vector<CorrectionRow> rows;
  const auto prefix = periods::schedule_prefix(periods::Tag::snapshot, parts.portal.alias, column.schedule);
  periods::each_kept(parts.state, prefix, [&](const periods::SnapshotId& id, const periods::KeptSnapshot& kept) {
    if (periods::decode_snapshot(kept.bytes, false).head.range != column.range || !rows.empty()) return;
    for (const auto& each : periods::corrections_of(parts.state, id).list) {
      if (each.kpi != line.kpi || !is_of(each, view)) continue;
      if (!line.part.empty() && (each.labels.empty() || each.labels.front() != line.part)) continue;
      rows.push_back(
          {each.minute * 60, each.manager, each.pipeline, each.delta.at(kCountSlot), each.delta.at(kSumSlot)});
    }
  });
  return rows;
}

void add_formula(const TableParts& parts, const View& view, const Table& frame, LineReader& reader, std::size_t at,
                 CellDetail& detail) {
  for (const auto& [formula, compiled] : parts.formulas) {
    if (formula.id != detail.line.kpi) continue;
    detail.expression = formula.expression;
    for (const auto& part : compiled.parts()) {
      using Of = CompiledFormula::Of;
      const std::string_view suffix = part.of == Of::sum   ? ".sum"
                                      : part.of == Of::p50 ? ".p50"
                                      : part.of == Of::p90 ? ".p90"
                                                           : "";
      const Line* const line = find_line(frame.lines_all, part.id + std::string(suffix));
      if (line != nullptr) detail.parts.emplace_back(*line, reader.figure(*line, at, view.by, view.of));
    }
  }
}

}  // namespace

Range facts_range(const TableParts& parts, const Definition& definition, const Line& line, const Column& column) {
  if (is_history(definition.windows)) return column.range;
  const auto names = Calendar::windows(definition.windows);
  std::vector<Range> ranges(names.size());
  parts.calendar.ranges(definition.windows, parts.now, ranges);
  const auto at = std::find(names.begin(), names.end(), line.part);
  if (at == names.end()) return {ranges.front().first, ranges.back().last};
  return ranges[static_cast<std::size_t>(at - names.begin())];
}

std::optional<CellDetail> make_cell(const TableParts& parts, const View& view, const Viewer& viewer,
                                    std::string_view line, std::string_view column) {
  Table frame = make_frame(parts, view, viewer);
  const Line* const found = find_line(frame.lines_all, line);
  if (found == nullptr) return std::nullopt;
  if (auto days = days_column(parts, column)) frame.columns.push_back(*std::move(days));
  const auto place =
      std::find_if(frame.columns.begin(), frame.columns.end(), [&](const Column& c) { return c.first == column; });
  if (place == frame.columns.end()) return std::nullopt;
  const auto at = static_cast<std::size_t>(place - frame.columns.begin());
  LineReader reader(parts, frame.columns);
  CellDetail detail;
  detail.line = *found;
  detail.column = frame.columns[at];
  detail.figure = reader.figure(*found, at, frame.view.by, frame.view.of);
  if (frame.view.by == Family::manager && frame.view.of.size() == 1) detail.member = frame.view.of.front();
  add_formula(parts, frame.view, frame, reader, at, detail);
  if (detail.column.taken != 0) detail.corrections = corrections(parts, frame.view, detail.line, detail.column);
  return detail;
}

}  // namespace kpistream::exporters
