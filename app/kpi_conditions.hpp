// Attributes of facts in a file of definitions: as conditions, and as labels. Internal to kpi_section.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/yaml_reader.hpp"
#include "stream/kpi/definition.hpp"

namespace kpistream::app {

// One `attribute: value | [values] | {not: [values]} | {min: .., max: ..}`.
void read_condition(Section& where, const std::string& key, std::vector<Condition>& conditions);

[[nodiscard]] std::vector<Label> read_labels(Section& section, std::string_view key);

}  // namespace kpistream::app
