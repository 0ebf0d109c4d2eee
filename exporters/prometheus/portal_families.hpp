// What there is of a portal besides its KPIs as metric families: names, coverage, ages (KPI.md, conventions).
#pragma once

#include "exporters/prometheus/exposition.hpp"
#include "exporters/prometheus/places.hpp"
#include "stream/kpi/board.hpp"

namespace kpistream::exporters {

// What is short and may change with every second: names, how far it was compared, ages. `hide_names`: ids in the place
// of people's names.
void write_portal(const PortalFigures& portal, const Places& places, bool hide_names, Exposition& out);

}  // namespace kpistream::exporters
