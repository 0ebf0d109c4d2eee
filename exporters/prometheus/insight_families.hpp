// What insight tells as metric families: flow, comparisons, plan, baselines and advice (KPI.md, K25 to K31, K34).
#pragma once

#include "exporters/prometheus/exposition.hpp"
#include "exporters/prometheus/places.hpp"
#include "stream/insight/summary.hpp"
#include "stream/periods/advice_states.hpp"

namespace kpistream::exporters {

// `taken`: what became of the portal's advice. Managers without a place are left out: ratios of people do not add up.
void write_insight_families(const insight::Summary& summary, const periods::TakenAdvice& taken, const Places& places,
                            Exposition& out);

}  // namespace kpistream::exporters
