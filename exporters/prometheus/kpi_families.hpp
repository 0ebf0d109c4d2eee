// The business figures of a portal as metric families, named as KPI.md says.
#pragma once

#include "exporters/prometheus/exposition.hpp"
#include "exporters/prometheus/places.hpp"
#include "stream/kpi/board.hpp"

namespace kpistream::exporters {

// The figures of one KPI. The same text as long as KpiFigures::version, PortalFigures::shape and the places are the
// same. Returns how many series of managers without a place it did not write.
std::size_t write_kpi(const KpiFigures& kpi, const PortalFigures& portal, Places& places, Exposition& out);

}  // namespace kpistream::exporters
