#include "stream/kpi/coverage.hpp"

#include <algorithm>

namespace kpistream {
namespace {

constexpr std::int64_t kWhole = 1'000;

}  // namespace

std::int64_t coverage_of(const Range& range, const Verified& verified, UnixSeconds now) {
  if (verified.since == 0) return 0;
  if (!verified.until) return range.first >= minute_of(verified.since) ? kWhole : 0;
  const bool on_time = now - *verified.until <= kComparedWithin;
  const UnixSeconds until = on_time ? now : *verified.until;
  const UnixSeconds first = range.first * 60;
  const UnixSeconds last = std::min(range.last * 60, now);
  if (last <= first) return on_time ? kWhole : 0;
  // Known to the minute, as windows are.
  const UnixSeconds since = std::max(first, minute_of(verified.since) * 60);
  return kWhole * std::max<UnixSeconds>(0, std::min(last, until) - since) / (last - first);
}

}  // namespace kpistream
