#include "exporters/table/derived.hpp"

#include <algorithm>
#include <utility>

#include "exporters/table/derived_texts.hpp"
#include "exporters/table/html.hpp"
#include "exporters/table/reader.hpp"

namespace kpistream::exporters {
namespace {

constexpr std::int64_t kMonthSeconds = std::int64_t{28} * 24 * 3'600;

// To two decimals, as pages write it: rounded twice it would be another figure than the one that was opened.
std::optional<std::int64_t> ratio_of(const std::optional<double>& ratio) {
  return ratio ? std::optional(insight::rounded(*ratio * 100) * line_unit_scale(LineUnit::number) / 100) : std::nullopt;
}

// Makes one figure of the table that the view shows.
class Derived {
 public:
  // `of_table`: it is of what the table shows now; else insight told it, up to a minute ago.
  Derived(const TableParts& parts, View view, const Viewer& viewer, std::string_view of, std::string_view column,
          bool of_table)
      : parts_(parts), of_(of) {
    if (parts.summary && !of_table) parts_.now = parts.summary->at;
    view.at = column;
    view.lines = {of_};
    table_ = make_table(parts, view, viewer);
  }

  std::optional<CellDetail> make(std::string_view name) {
    if (name == "line-trend") return row(texts::kTrend, &Derived::add_trend);
    if (name == "line-change") return row(texts::kChange, &Derived::add_change);
    if (name == "week-to-week") return of_member(texts::kWeekToWeek, &Derived::add_week);
    if (name == "to-median") return of_member(texts::kToMedian, &Derived::add_to_median);
    if (name == "team-median") return median();
    if (!table_.summary) return std::nullopt;
    if (name == "flow-week") return balance(texts::kFlowWeek, closed_week());
    if (name == "flow-month") return balance(texts::kFlowMonth, *window_column(parts_, "28d"));
    if (name == "flow-drain") return drain();
    if (name == "flow-bottleneck") return bottleneck();
    if (name == "flow-residual") return residual();
    return make_plan(parts_, table_, name, of_);
  }

 private:
  using Fill = bool (Derived::*)(CellDetail&, const Row&);
  using FillMember = bool (Derived::*)(CellDetail&, const std::string& manager);

  // ---- of a row

  std::optional<CellDetail> row(const DerivedText& text, Fill fill) {
    if (table_.blocks.empty() || table_.blocks.front().rows.empty()) return std::nullopt;
    const Row& row = table_.blocks.front().rows.front();
    CellDetail detail;
    say_of(detail, text);
    detail.line.title = {row.line.title.ru + ": " + detail.line.title.ru,
                         row.line.title.en + ": " + detail.line.title.en};
    if (!(this->*fill)(detail, row)) return std::nullopt;
    detail.column.taken = 0;  // each of its figures tells its own corrections
    return detail;
  }

  [[nodiscard]] CellPart part_of(const Row& row, std::size_t column) const {
    return {row.line, table_.columns[column], row.figures[column], table_.view.by, table_.view.of, false, {}, 0};
  }

  bool add_trend(CellDetail& detail, const Row& row) {
    detail.line.unit = row.line.unit;
    for (std::size_t i = 0; i < row.figures.size(); ++i) {
      if (!row.line.standing && table_.columns[i].running) continue;
      if (detail.parts.empty()) {
        detail.column = table_.columns[i];
        detail.figure = {row.figures[i].value, false, {}, false};
      }
      detail.parts.push_back(part_of(row, i));
    }
    return !detail.parts.empty();
  }

  bool add_change(CellDetail& detail, const Row& row) {
    detail.line.unit = LineUnit::ratio;
    for (std::size_t i = 0; i < row.figures.size() && detail.parts.size() < 2; ++i) {
      if (table_.columns[i].running || !table_.columns[i].known) continue;
      if (detail.parts.empty()) detail.column = table_.columns[i];
      detail.parts.push_back(part_of(row, i));
    }
    if (detail.parts.size() < 2) return false;
    const auto change = change_of(detail.parts[0].figure, detail.parts[1].figure);
    if (change) detail.figure.value = insight::rounded(*change * static_cast<double>(line_unit_scale(LineUnit::ratio)));
    return true;
  }

  // ---- of managers

  std::optional<CellDetail> of_member(const DerivedText& text, FillMember fill) {
    if (table_.view.by != Family::manager || table_.view.of.size() != 1 || !parts_.summary) return std::nullopt;
    CellDetail detail;
    say_of(detail, text);
    detail.line.unit = LineUnit::number;
    detail.member = table_.view.of.front();
    return (this->*fill)(detail, detail.member) ? std::optional(detail) : std::nullopt;
  }

  [[nodiscard]] CellPart actions_of(const std::string& manager, const Column& column, std::int64_t value) {
    CellPart part = read(insight::kpi::kActions, column, Family::manager, {manager});
    part.figure.value = value;
    return part;
  }

  // The closed weeks are what the cell shows; how the running one goes stands below.
  bool add_week(CellDetail& detail, const std::string& manager) {
    const auto found = parts_.summary->week_to_week.find(manager);
    if (found == parts_.summary->week_to_week.end() || !found->second.closed) return false;
    const auto& closed = *found->second.closed;
    const Day monday = this_week();
    detail.figure.value = ratio_of(closed.ratio());
    detail.parts = {actions_of(manager, closed_week(), closed.value),
                    actions_of(manager, days_column(parts_, monday - 14, monday - 8), closed.base)};
    detail.column = detail.parts.front().column;
    if (!found->second.so_far) return true;
    const auto& so_far = *found->second.so_far;
    for (const auto& [window, value] : {std::pair("week", so_far.value), {"week_prev_same_point", so_far.base}}) {
      detail.parts.push_back(actions_of(manager, *window_column(parts_, window), value));
      detail.parts.back().has_records = false;
    }
    detail.parts.push_back(number_part(texts::kSoFar, LineUnit::number, ratio_of(so_far.ratio())));
    return true;
  }

  bool add_to_median(CellDetail& detail, const std::string& manager) {
    const auto& all = parts_.summary->against_team;
    const auto found = all.find(manager);
    if (found == all.end()) return false;
    const auto& own = found->second.actions;
    detail.figure.value = ratio_of(own.ratio());
    detail.parts = {actions_of(manager, closed_week(), own.own),
                    number_part(texts::kMedianOfOthers, LineUnit::count, insight::rounded(own.median)),
                    number_part(texts::kOthers, LineUnit::count, static_cast<std::int64_t>(found->second.peers))};
    detail.column = detail.parts.front().column;
    if (!table_.viewer.manager.empty()) return true;  // to a manager the others are a median
    for (const auto& [other, team] : all) {
      if (other == manager || team.team != found->second.team) continue;
      detail.parts.push_back(actions_of(other, closed_week(), team.actions.own));
      detail.parts.back().has_records = false;
    }
    return true;
  }

  // Of the table's column, and as its table says, as the figures above it are.
  std::optional<CellDetail> median() {
    const Members& all = table_.managers;
    const auto line =
        std::find_if(all.lines.begin(), all.lines.end(), [&](const Line& have) { return have.id == of_; });
    if (line == all.lines.end()) return std::nullopt;
    const auto i = static_cast<std::size_t>(line - all.lines.begin());
    CellDetail detail;
    say_of(detail, texts::kMedian);
    detail.line.title = {line->title.ru + ": " + detail.line.title.ru, line->title.en + ": " + detail.line.title.en};
    detail.line.unit = line->unit;
    detail.line.kpi = line->kpi;
    detail.column = table_.columns[all.column];
    detail.figure = {all.median[i].value, false, {}, false};
    for (const MemberRow& row : all.rows) {
      detail.parts.push_back({*line, detail.column, row.figures[i], Family::manager, {row.id}, false, {}, 0});
    }
    return detail;
  }

  // ---- of the funnel

  [[nodiscard]] Day this_week() const { return Calendar::week_of(parts_.calendar.day_of(parts_.now)); }
  [[nodiscard]] Column closed_week() const { return days_column(parts_, this_week() - 7, this_week() - 1); }
  [[nodiscard]] Column today() const {
    const Day day = parts_.calendar.day_of(parts_.now);
    return days_column(parts_, day, day);
  }

  // As it stands now, whatever a table says: so insight reads it. Of a KPI that the catalogue has no more, nothing.
  [[nodiscard]] CellPart read(std::string_view id, Column column, std::optional<Family> by,
                              const std::vector<std::string>& of) {
    std::vector<Column> columns{std::move(column)};
    LineReader reader(parts_, columns);
    CellPart part;
    const Line* const line = find_line(table_.lines_all, id);
    if (line == nullptr) return part;
    part.line = *line;
    part.figure.value = reader.now(*line, 0, by, of);
    part.column = columns.front();
    part.column.taken = 0;  // it holds what was corrected since
    part.by = by;
    part.of = of;
    part.has_records = true;
    return part;
  }

  [[nodiscard]] CellPart of_flow(std::string_view id, const Column& column) {
    const View view = view_of_flow(table_.view, table_.main_pipelines);
    return read(id, column, view.by, view.of);
  }

  static std::optional<std::int64_t> sum(const CellPart& a, const CellPart& b) {
    if (!a.figure.value || !b.figure.value) return std::nullopt;
    return *a.figure.value + *b.figure.value;
  }

  std::optional<CellDetail> balance(const DerivedText& text, const Column& column) {
    CellDetail detail;
    say_of(detail, text);
    detail.line.unit = LineUnit::number;
    detail.parts = {of_flow(insight::kpi::kNewLeads, column), of_flow(insight::kpi::kInquiriesWon, column),
                    of_flow(insight::kpi::kInquiriesLost, column)};
    detail.column = detail.parts.front().column;
    const auto out = sum(detail.parts[1], detail.parts[2]);
    const auto in = detail.parts[0].figure.value;
    if (in && out) detail.figure.value = ratio_of(insight::Compared{*in, *out}.ratio());
    return detail;
  }

  std::optional<CellDetail> drain() {
    CellDetail detail;
    say_of(detail, texts::kDrain);
    detail.line.unit = LineUnit::seconds;
    const Column month = *window_column(parts_, "28d");
    detail.parts = {of_flow(insight::kpi::kInquiriesOpen, today()), of_flow(insight::kpi::kInquiriesWon, month),
                    of_flow(insight::kpi::kInquiriesLost, month)};
    detail.column = month;
    const auto out = sum(detail.parts[1], detail.parts[2]);
    const auto open = detail.parts[0].figure.value;
    if (open && out && *out > 0) detail.figure.value = *open * kMonthSeconds / *out;
    return detail;
  }

  std::optional<CellDetail> bottleneck() {
    const auto& stage = table_.summary->flow.bottleneck;
    if (stage.empty()) return std::nullopt;
    CellDetail detail;
    say_of(detail, texts::kBottleneck);
    const Words name = label_words(table_.names, Attribute::stage, stage);
    detail.line.title = {detail.line.title.ru + ": " + name.ru, detail.line.title.en + ": " + name.en};
    detail.line.unit = LineUnit::seconds;
    const Day day = parts_.calendar.day_of(parts_.now);
    detail.parts = {at_stage(insight::kpi::kDealsOpen, "", stage, name, today()),
                    at_stage(insight::kpi::kStageTime, ".p50", stage, name,
                             days_column(parts_, stay_since(parts_.calendar, parts_.now, table_.known_since), day))};
    detail.parts[1].has_records = false;
    detail.parts[1].figure.value = table_.summary->flow.bottleneck_stay;  // of the slowest where nobody has left it
    detail.column = detail.parts.front().column;
    if (const auto open = detail.parts[0].figure.value)
      detail.figure.value = *open * table_.summary->flow.bottleneck_stay;
    return detail;
  }

  [[nodiscard]] CellPart at_stage(std::string_view kpi, std::string_view of, const std::string& stage,
                                  const Words& name, Column column) {
    std::vector<Column> columns{std::move(column)};
    LineReader reader(parts_, columns);
    CellPart part;
    const Line* const line = find_line(table_.lines_all, std::string(kpi).append(of));
    if (line == nullptr) return part;
    part.line = *line;
    part.line.id += "@" + stage;
    part.line.part = stage;
    part.line.title = {line->title.ru + ": " + name.ru, line->title.en + ": " + name.en};
    part.figure.value = reader.now(part.line, 0, std::nullopt, {});
    part.column = columns.front();
    part.column.taken = 0;
    part.has_records = true;
    return part;
  }

  std::optional<CellDetail> residual() {
    CellDetail detail;
    say_of(detail, texts::kResidual);
    detail.line.unit = LineUnit::count;
    const Column all = *window_column(parts_, kAllTime);
    detail.parts = {read(insight::kpi::kDealsOpen, today(), {}, {}), read(insight::kpi::kNewDeals, all, {}, {}),
                    read(insight::kpi::kDealsWon, all, {}, {}), read(insight::kpi::kDealsLost, all, {}, {})};
    for (auto& part : detail.parts) part.has_records = false;  // the difference is no record of any of them
    detail.column = all;
    detail.figure.value = table_.summary->flow.residual;
    return detail;
  }

  TableParts parts_;  // of the figure's moment
  std::string of_;
  Table table_;
};

}  // namespace

bool is_derived(std::string_view line) { return line.substr(0, line.find('@')).find('-') != std::string_view::npos; }

std::optional<CellDetail> make_derived(const TableParts& parts, const View& view, const Viewer& viewer,
                                       std::string_view line, std::string_view column) {
  const auto at = line.find('@');
  const auto of = at == std::string_view::npos ? std::string_view() : line.substr(at + 1);
  const auto name = line.substr(0, at);
  const bool of_table = name.starts_with("line-") || name == "team-median";
  auto detail = Derived(parts, view, viewer, of, column, of_table).make(name);
  if (detail) detail->line.id = line;
  return detail;
}

void say_of(CellDetail& detail, const DerivedText& text) {
  const auto words = [](const Said& said) { return Words{std::string(said.ru), std::string(said.en)}; };
  detail.line.of = Line::Of::formula;
  detail.line.title = words(text.title);
  detail.line.text = words(text.text);
  detail.formula = words(text.formula);
  detail.rule = words(text.rule);
}

CellPart number_part(const Said& title, LineUnit unit, std::optional<std::int64_t> value) {
  CellPart part;
  part.line.title = {std::string(title.ru), std::string(title.en)};
  part.line.unit = unit;
  part.figure.value = value;
  return part;
}

View view_of_flow(View view, const std::vector<std::string>& main_pipelines) {
  return main_pipelines.empty() ? everybody(std::move(view))
                                : view_of(std::move(view), Family::pipeline, main_pipelines);
}

}  // namespace kpistream::exporters
