// How much of the revenue hangs on one person (KPI.md, K34).
#pragma once

#include "stream/insight/numbers.hpp"
#include "stream/kpi/figures.hpp"

namespace kpistream::insight {

// The revenue of the manager with the most, against that of all sales, over the last 28 days, in minor units. Without a
// ratio where nothing was sold, or not all of these days are known. What is below zero counts as nothing.
[[nodiscard]] Compared largest_manager_revenue(const Figures& figures);

}  // namespace kpistream::insight
