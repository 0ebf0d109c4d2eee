// What insight tells as metric families: flow, comparisons, plan, baselines and advice (KPI.md, K25 to K31, K34).
#pragma once

#include "exporters/prometheus/exposition.hpp"
#include "stream/insight/summary.hpp"
#include "stream/periods/advice_states.hpp"

namespace kpistream::exporters {

// `taken`: what became of the portal's advice.
void write_insight_families(const insight::Summary& summary, const periods::TakenAdvice& taken, Exposition& out);

}  // namespace kpistream::exporters
