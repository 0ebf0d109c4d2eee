// The table as a file for a spreadsheet.
#pragma once

#include <string>

#include "exporters/table/text.hpp"

namespace kpistream::exporters {

// RFC 4180 with CR LF, in UTF-8 with a mark at the beginning, as Excel wants it. In Russian: fields by semicolons, a
// comma before decimals, days as 14.09.2026. A figure is in major units of money, seconds, and shares of one; what is
// not known is empty. Under the head of each column stands its state. A text that a spreadsheet might take for a
// formula has an apostrophe before it.
[[nodiscard]] std::string table_csv(const Table& table);

inline constexpr Said kStateTitle{"Состояние периода", "State of the period"};

// "14.09.2026" or "2026-09-14", with the time where there is one: as files have it.
[[nodiscard]] std::string file_day(Language language, const Column& column);
// "идёт, сверено 100,0 %", "closed, 60.0% verified, corrected since: 2": whether a column is over, how far it was
// compared with the CRM, and how many of these figures of it are not what they were.
[[nodiscard]] std::string file_state(Language language, const Column& column, const std::vector<Figure>& figures);
// Of the indicators in that column.
[[nodiscard]] std::string file_state(const Table& table, std::size_t column);
// Of the column that members are of.
[[nodiscard]] std::string file_state(const Table& table, const Members& members);
// A plain decimal number of the line's unit.
[[nodiscard]] std::string file_number(Language language, LineUnit unit, std::int64_t value);

}  // namespace kpistream::exporters
