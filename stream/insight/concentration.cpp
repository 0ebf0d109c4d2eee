#include "stream/insight/concentration.hpp"

#include <algorithm>

#include "stream/insight/kpis.hpp"
#include "stream/insight/people.hpp"
#include "stream/insight/view.hpp"

namespace kpistream::insight {

Compared largest_manager_revenue(const Figures& figures) {
  Compared share;
  const Range range = window(figures, "28d");
  if (!known(figures, range)) return share;
  for (const auto& [manager, cell] : figures.sums(kpi::kDealsWon, Family::manager, range)) {
    const std::int64_t revenue = std::max<std::int64_t>(0, cell.at(kSumSlot));
    if (is_person(manager)) share.value = std::max(share.value, revenue);
    share.base += revenue;
  }
  return share;
}

}  // namespace kpistream::insight
