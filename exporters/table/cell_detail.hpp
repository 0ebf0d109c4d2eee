// What is behind one figure of the table: what it means, what it is computed from, and what has changed since.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
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

// A number that a figure is computed from.
struct CellPart {
  Line line;  // its id is empty: no line's number but a target, a norm or a share of time; then it has no column either
  Column column;
  Figure figure;
  std::optional<Family> by;  // whose it is; nothing: everybody's
  std::vector<std::string> of;
  bool has_records = false;    // they are listed with the figure
  std::vector<FactRow> facts;  // these, the newest first; of parts made of the same records only the first has them
  std::size_t left_off = 0;    // further ones
};

struct CellDetail {
  Line line;
  Column column;
  Figure figure;
  std::string expression;                  // of a formula
  Words formula;                           // of a figure that is no line (derived.hpp), in words
  Words rule;                              // then: what is judged by it, and how; may be empty
  std::vector<CellPart> parts;             // of a formula or of a figure that is no line
  std::vector<FactRow> facts;              // of a definition
  std::size_t left_off = 0;                // further ones
  std::vector<CorrectionRow> corrections;  // of a period whose table was taken
  std::string member;                      // whose figure: an id; empty: of all that the view shows
  [[nodiscard]] bool derived() const { return !formula.ru.empty(); }
};

// All but the facts, which whoever knows the CRM's addresses adds. `line`: one of lines_of(), one of a value of its
// first label as "deals_open@NEW", or a figure of derived.hpp. `column`: its first day as in Column::first, days as
// "2026-09-07..2026-09-13", or a window of reader.hpp. Nothing: there is no such line, or no such column in the view.
[[nodiscard]] std::optional<CellDetail> make_cell(const TableParts& parts, const View& view, const Viewer& viewer,
                                                  std::string_view line, std::string_view column);

// What the fact keeps as seconds: a duration, in working time where the KPI is of that, or a vote. The time of day of
// the first or last act is neither; the record's own moment tells it.
void add_seconds(FactRow& row, const Definition& definition, const Fact& fact);

// Whether a line's part is a value of the KPI's first label; else it is one of its windows.
[[nodiscard]] bool is_by_label(const Definition& definition);

// What a value of a label is called: stages, sources and reasons of refusal by their names.
[[nodiscard]] Words label_words(const DirectoryNames& names, Attribute attribute, const std::string& value);

// Which facts make it: of which definition and range, and of a standing one which part.
[[nodiscard]] Range facts_range(const TableParts& parts, const Definition& definition, const Line& line,
                                const Column& column);

}  // namespace kpistream::exporters
