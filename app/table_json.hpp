// The table as JSON, for the API: docs/openapi.json says the same of it.
#pragma once

#include <string>

#include "exporters/table/cell_detail.hpp"
#include "exporters/table/table.hpp"

namespace kpistream::app {

// The same figures as the page, as integers of which `scale` make one of the line's unit. null: not known, or not
// defined.
[[nodiscard]] std::string table_json(const exporters::Table& table);
[[nodiscard]] std::string cell_json(const exporters::Table& table, const exporters::CellDetail& detail);

}  // namespace kpistream::app
