// The lines that a KPI table may have, and the blocks they stand in.
//
// A line is one way to read one KPI: how many, how much, how long. All of them follow from the catalogue, so that a
// user's own KPI has its lines at once; which built-in one stands where is a table in lines.cpp.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "stream/kpi/definition.hpp"

namespace kpistream::exporters {

// What an integer of a line is.
enum class LineUnit : std::uint8_t {
  count,
  money,    // minor units of the portal's currency
  seconds,  //
  ratio,    // millionths
  number,   // thousandths: a formula of no known unit
};
[[nodiscard]] std::string_view line_unit_name(LineUnit unit);  // as in the API
// Of a sum; a whole number of neither money nor seconds is a count.
[[nodiscard]] LineUnit sum_line_unit(const Definition& definition);
// How many of them are one of what the API tells: 1, 100 or a power of ten.
[[nodiscard]] std::int64_t line_unit_scale(LineUnit unit);

enum class Better : std::uint8_t { neither, more, less };
[[nodiscard]] std::string_view better_name(Better better);

struct Line {
  enum class Of : std::uint8_t { count, sum, p50, p90, formula };

  std::string id;    // in addresses: "deals_won", "deals_won.sum", "deal_cycle.p50@won", "tasks_due@tomorrow"
  std::string kpi;   // the id of a definition or a formula
  Of of{};           //
  std::string part;  // a value of the label of its windows, or of its only label; empty: all together
  LineUnit unit{};
  Better better{};
  bool standing = false;  // of what stands now: it has no past but in tables that were taken in time
  bool by_manager = false;
  bool by_pipeline = false;
  bool by_source = false;
  Words title;
  Words text;  // the definition in words
};

// Every line that can be shown, in the order of the catalogue. Cohorts are no lines: their columns are not periods.
[[nodiscard]] std::vector<Line> lines_of(const Catalogue& catalogue);
[[nodiscard]] const Line* find_line(const std::vector<Line>& lines, std::string_view id);

struct Block {
  std::string_view id;
  Words title;
  std::vector<std::string> lines;  // ids, in their order
};

// The blocks that are shown when the viewer has chosen nothing. A KPI that is not among `built_in` stands in the last
// one, "own". Lines that the catalogue does not have are left out, and so are blocks without any.
[[nodiscard]] std::vector<Block> blocks_of(const std::vector<Line>& lines, const std::set<std::string>& built_in);

// Of a manager's row, and of a source's.
[[nodiscard]] std::vector<std::string> manager_lines();
[[nodiscard]] std::vector<std::string> source_lines();

}  // namespace kpistream::exporters
