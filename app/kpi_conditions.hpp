// Attributes of facts in a file of definitions: as conditions, and as labels. Internal to kpi_section.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/yaml_reader.hpp"
#include "stream/kpi/definition.hpp"

namespace kpistream::app {

[[nodiscard]] const std::vector<std::string>& attribute_names();
// The values an attribute can have, where the list is closed; empty: any.
[[nodiscard]] const std::vector<std::string>& values_of(Attribute attribute);
[[nodiscard]] bool is_number(Attribute attribute);

// One `attribute: value | [values] | {not: [values]} | {min: .., max: ..}`.
void read_condition(Section& where, const std::string& key, std::vector<Condition>& conditions);

[[nodiscard]] std::vector<Label> read_labels(Section& section, std::string_view key);

}  // namespace kpistream::app
