// The table as an Excel file: numbers are numbers, days are days, in the formats of the language.
#pragma once

#include <stdexcept>
#include <string>

#include "exporters/table/table.hpp"

namespace kpistream::exporters {

// Sheets of indicators, managers and sources. Throws std::runtime_error when the system has no memory or no temporary
// files for it.
[[nodiscard]] std::string table_xlsx(const Table& table);

}  // namespace kpistream::exporters
