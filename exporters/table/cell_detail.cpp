#include "exporters/table/cell_detail.hpp"

#include <algorithm>
#include <set>

#include "exporters/table/derived.hpp"
#include "exporters/table/reader.hpp"
#include "stream/facts/words.hpp"
#include "stream/periods/ledger.hpp"

namespace kpistream::exporters {
namespace {

constexpr std::size_t kDayLength = 10;                   // "2026-09-07"
constexpr std::size_t kDaysLength = 2 * kDayLength + 2;  // "2026-09-07..2026-09-13"
constexpr Day kDaysMax = 366;

// Days that no view has as a column: what advice points at.
std::optional<Column> days_of(const TableParts& parts, std::string_view text) {
  if (text.size() != kDaysLength || text.substr(kDayLength, 2) != "..") return std::nullopt;
  const auto first = parse_day(text.substr(0, kDayLength));
  const auto last = parse_day(text.substr(kDayLength + 2));
  if (!first || !last || *first > *last || *last - *first > kDaysMax) return std::nullopt;
  return days_column(parts, *first, *last);
}

std::optional<Column> column_of(const TableParts& parts, const std::vector<Column>& columns, std::string_view text) {
  const auto place = std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return c.first == text; });
  if (place != columns.end()) return *place;
  const auto days = days_of(parts, text);
  return days ? days : window_column(parts, text);
}

bool is_of(const periods::Correction& row, const View& view) {
  if (!view.by) return true;
  const auto& member = *view.by == Family::manager    ? row.manager
                       : *view.by == Family::pipeline ? row.pipeline
                                                      : row.source;
  return std::find(view.of.begin(), view.of.end(), member) != view.of.end();
}

LineUnit sum_unit_of(const Catalogue& catalogue, const std::string& kpi) {
  for (const auto& definition : catalogue.definitions) {
    if (definition.id == kpi) return sum_line_unit(definition);
  }
  return LineUnit::money;
}

// Of the table that the column is of, those that move this KPI, or one that it is computed from.
std::vector<CorrectionRow> corrections(const TableParts& parts, const View& view, const CellDetail& detail) {
  const Line& line = detail.line;
  std::set<std::string> kpis{line.kpi};
  for (const auto& part : detail.parts) kpis.insert(part.line.kpi);
  std::vector<CorrectionRow> rows;
  for (const auto& each : periods::corrections_of(parts.state, detail.column.table).list) {
    if (!kpis.contains(each.kpi) || !is_of(each, view)) continue;
    if (!line.part.empty() && (each.labels.empty() || each.labels.front() != line.part)) continue;
    rows.push_back({each.minute * 60, each.kpi, each.manager, each.pipeline, each.delta.at(kCountSlot),
                    each.delta.at(kSumSlot), sum_unit_of(parts.catalogue, each.kpi)});
  }
  return rows;
}

void add_formula(const TableParts& parts, const View& view, const Table& frame, LineReader& reader,
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
      if (line == nullptr) continue;
      detail.parts.push_back(
          {*line, detail.column, reader.figure(*line, 0, view.by, view.of), view.by, view.of, true, {}, 0});
    }
  }
}

// The line of one value of the first label of a KPI: the catalogue does not know these beforehand.
std::optional<Line> labelled_line(const TableParts& parts, const Table& frame, std::string_view id) {
  const auto at = id.find('@');
  if (at == std::string_view::npos) return std::nullopt;
  const Line* const whole = find_line(frame.lines_all, id.substr(0, at));
  const std::string value(id.substr(at + 1));
  if (whole == nullptr || value.empty() || value.size() > Label::kLabelMax) return std::nullopt;
  for (const auto& definition : parts.catalogue.definitions) {
    if (definition.id != whole->kpi || definition.window_labels.empty() || !is_by_label(definition)) continue;
    const Words name = label_words(frame.names, definition.window_labels.front().attribute, value);
    Line line = *whole;
    line.id = id;
    line.part = value;
    line.title = {line.title.ru + ": " + name.ru, line.title.en + ": " + name.en};
    return line;
  }
  return std::nullopt;
}

std::optional<Line> line_of(const TableParts& parts, const Table& frame, std::string_view id) {
  const Line* const line = find_line(frame.lines_all, id);
  return line == nullptr ? labelled_line(parts, frame, id) : *line;
}

}  // namespace

bool is_by_label(const Definition& definition) {
  return is_history(definition.windows) || Calendar::label(definition.windows).empty();
}

Words label_words(const DirectoryNames& names, Attribute attribute, const std::string& value) {
  const auto both = [](const std::string& name) { return Words{name, name}; };
  if (attribute == Attribute::stage) return both(name_of(names.stages, value));
  if (attribute == Attribute::source) return both(name_of(names.sources, value));
  if (attribute != Attribute::loss_reason) return both(value);
  if (value == kNone) return {"причина не указана", "no reason given"};
  const auto name = name_of(names.loss_reasons, value);
  return {"причина «" + name + "»", "reason “" + name + "”"};
}

void add_seconds(FactRow& row, const Definition& definition, const Fact& fact) {
  if (fact.kind == FactKind::rating) row.rating = fact.seconds;
  const bool time_of_day = fact.kind == FactKind::work_begin || fact.kind == FactKind::work_end;
  if (fact.kind == FactKind::rating || time_of_day) return;
  const auto seconds = definition.measure == Measure::working ? fact.working_seconds : fact.seconds;
  if (seconds != kUnknownSeconds) row.seconds = seconds;
}

Range facts_range(const TableParts& parts, const Definition& definition, const Line& line, const Column& column) {
  if (is_history(definition.windows)) return column.range;
  const auto names = Calendar::windows(definition.windows);
  std::vector<Range> ranges(names.size());
  parts.calendar.ranges(definition.windows, parts.now, ranges);
  const auto at = std::find(names.begin(), names.end(), line.part);
  if (at == names.end()) {  // all of them, in whatever order they are
    Range all = ranges.front();
    for (const Range& range : ranges) all = {std::min(all.first, range.first), std::max(all.last, range.last)};
    return all;
  }
  return ranges[static_cast<std::size_t>(at - names.begin())];
}

std::optional<CellDetail> make_cell(const TableParts& parts, const View& view, const Viewer& viewer,
                                    std::string_view line, std::string_view column) {
  const Table frame = make_frame(parts, view, viewer);
  if (is_derived(line)) {
    auto detail = make_derived(parts, frame.view, viewer, line, column);
    if (detail && detail->column.taken != 0) detail->corrections = corrections(parts, frame.view, *detail);
    return detail;
  }
  const auto found = line_of(parts, frame, line);
  if (!found) return std::nullopt;
  auto place = column_of(parts, frame.columns, column);
  if (!place) return std::nullopt;
  std::vector<Column> columns{*std::move(place)};
  LineReader reader(parts, columns);
  CellDetail detail;
  detail.line = *found;
  detail.column = columns.front();
  detail.column.today = false;  // a cell stands alone, and says its day
  detail.figure = reader.figure(*found, 0, frame.view.by, frame.view.of);
  if (frame.view.by == Family::manager && frame.view.of.size() == 1) detail.member = frame.view.of.front();
  add_formula(parts, frame.view, frame, reader, detail);
  if (detail.column.taken != 0) detail.corrections = corrections(parts, frame.view, detail);
  return detail;
}

}  // namespace kpistream::exporters
