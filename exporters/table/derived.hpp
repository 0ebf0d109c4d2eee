// Figures of the page that are no lines: they compare what lines count, balance it, or hold it against a plan. Each
// opens as a line's figure does, at the same address, where `line` names it:
//
//   line-trend@<line> line-change@<line>                                      of a row
//   week-to-week to-median team-median@<line>                                 of managers
//   flow-week flow-month flow-drain flow-bottleneck flow-residual             of the funnel
//   plan-target plan-attainment plan-pace plan-forecast plan-next, @<target>  of a plan
//
// Pure. A manager has those of the rows and of managers only, and in them one's own numbers and the team's median.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "exporters/table/cell_detail.hpp"
#include "exporters/table/text.hpp"

namespace kpistream::exporters {

// No id of a KPI has a hyphen.
[[nodiscard]] bool is_derived(std::string_view line);

// All but the records of its parts and the corrections. `column`: of a median only, as in make_cell().
[[nodiscard]] std::optional<CellDetail> make_derived(const TableParts& parts, const View& view, const Viewer& viewer,
                                                     std::string_view line, std::string_view column);

// Which target it is: "revenue/month", "calls/week/manager:11", "revenue/month/team:North".
[[nodiscard]] std::string target_id(const Target& target);
// What a target is of; null: the catalogue has it no more.
[[nodiscard]] const Line* line_of(const std::vector<Line>& lines, const Target& target);
// Whose figures make it: one manager's, those of a team, or everybody's. Nothing: more people than a view can name.
[[nodiscard]] std::optional<View> view_of(View view, const insight::Summary& summary, const Target& target);
// Of the funnels that the flow is of.
[[nodiscard]] View view_of_flow(View view, const std::vector<std::string>& main_pipelines);

// For derived.cpp and derived_plan.cpp.
struct DerivedText {
  Said title;
  Said text;
  Said formula;
  Said rule;
};
void say_of(CellDetail& detail, const DerivedText& text);
// A number that opens to nothing.
[[nodiscard]] CellPart number_part(const Said& title, LineUnit unit, std::optional<std::int64_t> value);
// `name`: as above, without what is behind the @.
[[nodiscard]] std::optional<CellDetail> make_plan(const TableParts& parts, const Table& table, std::string_view name,
                                                  std::string_view target);

}  // namespace kpistream::exporters
