// Portals that are counted in the table of another one: `counts_in`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/config.hpp"
#include "app/yaml_reader.hpp"

namespace kpistream::app {

// Whether a portal that counts in another's table may leave this key to it, since it is as the table has it.
[[nodiscard]] bool is_of_the_table(std::string_view key);

void read_counts_in(Section& portal, PortalSettings& settings);

// Once all portals are read: checks that tables and their members fit together, and gives members what is of the table.
// `sections`: of each of `portals`.
void join_tables(std::vector<PortalConfig>& portals, std::vector<Section>& sections);

}  // namespace kpistream::app
