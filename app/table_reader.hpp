// Portals that are counted in the table of another one: `counts_in`.
#pragma once

#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/yaml_reader.hpp"

namespace kpistream::app {

void read_counts_in(Section& portal, PortalSettings& settings);

// Once all portals are read: checks that tables and their members fit together, and gives members what is of the table.
// `sections`: of each of `portals`.
void join_tables(std::vector<PortalConfig>& portals, std::vector<Section>& sections);

}  // namespace kpistream::app
