// One portal of the configuration.
#pragma once

#include <optional>
#include <string>

#include "app/config.hpp"
#include "app/yaml_reader.hpp"

namespace kpistream::app {

// Mistakes are reported to the section's list; what is returned then is not to be used. Null `kpis`: they have mistakes
// of their own.
[[nodiscard]] PortalConfig read_portal(Section& section, const std::string& alias, const Catalogue* kpis);

}  // namespace kpistream::app
