#include "stream/insight/ages.hpp"

#include <algorithm>

namespace kpistream::insight {
namespace {

constexpr Minute kBegin = 0;  // 1970; no CRM has older records

// The newest minute since which at least `rank` of them stand, of [kBegin, end). Each look reads half of what is left.
Minute created_of(const Figures& figures, std::string_view kpi, Minute end, std::int64_t rank) {
  Minute low = kBegin;  // at least `rank` stand since then
  Minute high = end;    // fewer do
  while (high - low > 1) {
    const Minute middle = low + (high - low) / 2;
    const std::int64_t newer = figures.sum(kpi, {middle, high}).at(kCountSlot);
    if (newer >= rank) {
      low = middle;
    } else {
      rank -= newer;
      high = middle;
    }
  }
  return low;
}

}  // namespace

std::optional<Ages> ages(const Figures& figures, std::string_view kpi) {
  const Minute end = minute_of(figures.now()) + 1;
  const std::int64_t all = figures.sum(kpi, {kBegin, end}).at(kCountSlot);
  if (all <= 0) return std::nullopt;
  const auto age = [&](std::int64_t rank) {
    return std::max<std::int64_t>(0, figures.now() - created_of(figures, kpi, end, rank) * 60);
  };
  return Ages{age((all + 1) / 2), age((all * 9 + 9) / 10)};
}

}  // namespace kpistream::insight
