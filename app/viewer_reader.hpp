// Reads `viewers:`.
#pragma once

#include <vector>

#include "app/config.hpp"
#include "app/yaml_reader.hpp"

namespace kpistream::app {

// `portals` tell which tables there are. Mistakes are reported to the section's errors.
[[nodiscard]] std::vector<ViewerConfig> read_viewers(Section& root, const std::vector<PortalConfig>& portals);

}  // namespace kpistream::app
