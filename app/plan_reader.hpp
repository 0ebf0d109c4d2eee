// Money of other currencies and goals: `rates` and `targets`.
#pragma once

#include "app/yaml_reader.hpp"
#include "stream/kpi/definition.hpp"
#include "stream/portal.hpp"

namespace kpistream::app {

void read_rates(Section& portal, PortalSettings& settings);

// After the managers. Null `kpis`: they have mistakes of their own, and what a target is of is not checked.
void read_targets(Section& portal, const Catalogue* kpis, PortalSettings& settings);

// Three capitals.
[[nodiscard]] bool is_currency(std::string_view text);

}  // namespace kpistream::app
