// What insight tells as metric families: flow, comparisons, plan, baselines and advice (KPI.md, K25 to K31, K34).
#pragma once

#include "exporters/prometheus/exposition.hpp"
#include "stream/insight/summary.hpp"

namespace kpistream::exporters {

void write_insight_families(const insight::Summary& summary, Exposition& out);

}  // namespace kpistream::exporters
