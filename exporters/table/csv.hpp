// The table as a file for a spreadsheet.
#pragma once

#include <string>

#include "exporters/table/table.hpp"

namespace kpistream::exporters {

// RFC 4180 with CR LF, in UTF-8 with a mark at the beginning, as Excel wants it. In Russian: fields by semicolons, a
// comma before decimals, days as 14.09.2026. A figure is in major units of money, seconds, and shares of one; what is
// not known is empty. A text that a spreadsheet might take for a formula has an apostrophe before it.
[[nodiscard]] std::string table_csv(const Table& table);

// "14.09.2026" or "2026-09-14", with the time where there is one: as files have it.
[[nodiscard]] std::string file_day(Language language, const Column& column);
// A plain decimal number of the line's unit.
[[nodiscard]] std::string file_number(Language language, LineUnit unit, std::int64_t value);

}  // namespace kpistream::exporters
