// What is behind one figure of the table: what it means, what it is computed from, and what has changed since.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporters/table/table.hpp"

namespace kpistream::exporters {

// A record that makes a figure.
struct FactRow {
  UnixSeconds at = 0;  // kNoTime: none
  std::string kind;    // "deal"
  std::string id;
  std::string link;  // into the CRM; empty: there is none
  std::string manager;
  std::string pipeline;
  std::int64_t amount = 0;   // minor units
  std::int64_t seconds = 0;  // a duration; 0: it has none
  std::int64_t rating = 0;   // a client's vote, 1 to 5; 0: it is none
};

// What a table that was taken did not know yet.
struct CorrectionRow {
  UnixSeconds at = 0;  // when it happened, to the minute
  std::string kpi;     // of a formula, that of a part
  std::string manager;
  std::string pipeline;
  std::int64_t count = 0;
  std::int64_t sum = 0;
  LineUnit unit{};  // of the sum
};

struct CellDetail {
  Line line;
  Column column;
  Figure figure;
  std::string expression;                      // of a formula
  std::vector<std::pair<Line, Figure>> parts;  // of a formula
  std::vector<FactRow> facts;                  // of a definition
  std::size_t left_off = 0;                    // further ones
  std::vector<CorrectionRow> corrections;      // of a period whose table was taken
  std::string member;                          // whose figure: an id; empty: of all that the view shows
};

// All but the facts, which whoever knows the CRM's addresses adds. `column`: its first day as in Column::first, or days
// as "2026-09-07..2026-09-13". Nothing: there is no such line, or no such column in the view.
[[nodiscard]] std::optional<CellDetail> make_cell(const TableParts& parts, const View& view, const Viewer& viewer,
                                                  std::string_view line, std::string_view column);

// What the fact keeps as seconds: a duration, in working time where the KPI is of that, or a vote. The time of day of
// the first or last act is neither; the record's own moment tells it.
void add_seconds(FactRow& row, const Definition& definition, const Fact& fact);

// Which facts make it: of which definition and range, and of a standing one which part.
[[nodiscard]] Range facts_range(const TableParts& parts, const Definition& definition, const Line& line,
                                const Column& column);

}  // namespace kpistream::exporters
