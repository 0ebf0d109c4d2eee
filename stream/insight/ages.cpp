#include "stream/insight/ages.hpp"

#include <algorithm>

namespace kpistream::insight {
namespace {

constexpr Minute kBegin = 0;  // 1970; no CRM has older records
constexpr Minute kFirstStep = 1'440;

std::int64_t count(const Figures& figures, std::string_view kpi, const Range& range) {
  return figures.sum(kpi, range).at(kCountSlot);
}

// The newest minute since which at least `rank` of them stand, of [kBegin, end), which holds so many. Backward in
// doubling steps, so that what is newer is read once, and then by halves of the last step.
Minute created_of(const Figures& figures, std::string_view kpi, Minute end, std::int64_t rank) {
  Range left{std::max(kBegin, end - kFirstStep), end};
  for (Minute step = kFirstStep; left.first > kBegin; step *= 2) {
    const std::int64_t newer = count(figures, kpi, left);
    if (newer >= rank) break;
    rank -= newer;
    left = {std::max(kBegin, left.first - 2 * step), left.first};
  }
  while (left.last - left.first > 1) {
    const Minute middle = left.first + (left.last - left.first) / 2;
    const std::int64_t newer = count(figures, kpi, {middle, left.last});
    if (newer >= rank) {
      left.first = middle;
    } else {
      rank -= newer;
      left.last = middle;
    }
  }
  return left.first;
}

}  // namespace

std::optional<Ages> ages(const Figures& figures, std::string_view kpi) {
  const Minute end = minute_of(figures.now()) + 1;
  const std::int64_t all = count(figures, kpi, {kBegin, end});
  if (all <= 0) return std::nullopt;
  const auto age = [&](std::int64_t rank) {
    return std::max<std::int64_t>(0, figures.now() - created_of(figures, kpi, end, rank) * 60);
  };
  return Ages{age((all + 1) / 2), age((all * 9 + 9) / 10)};
}

}  // namespace kpistream::insight
