// One KPI of a file of definitions, read and checked by itself. What depends on other KPIs is kpi_reader's.
#pragma once

#include <string>

#include "app/yaml_reader.hpp"
#include "stream/kpi/definition.hpp"

namespace kpistream::app {

// Both report every mistake at its place, and give back what could be read.
[[nodiscard]] Definition read_definition(const std::string& id, Section& section);
// `by` and `windows` as written; where they are not, kpi_reader takes them from the parts.
[[nodiscard]] Formula read_formula(const std::string& id, Section& section);

}  // namespace kpistream::app
