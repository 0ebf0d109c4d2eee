// Figures computed from others at the moment of reading. Internal to exporters/prometheus.
#pragma once

#include "exporters/prometheus/exposition.hpp"
#include "exporters/prometheus/kpi_families.hpp"

namespace kpistream::exporters {

void write_formulas(const PortalFigures& portal, const Formulas& formulas, Exposition& out);

}  // namespace kpistream::exporters
