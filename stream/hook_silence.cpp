#include "stream/hook_silence.hpp"

#include <algorithm>
#include <vector>

#include "stream/insight/numbers.hpp"

namespace kpistream {
namespace {

constexpr std::int64_t kWeekHours = 168;
constexpr std::int64_t kNormWeeks = 4;
constexpr std::size_t kNormWeeksLeast = 2;

double norm_of(const HookHours& hours, std::int64_t hour) {
  std::vector<double> counts;
  for (std::int64_t week = 1; week <= kNormWeeks; ++week) {
    const std::int64_t then = hour - week * kWeekHours;
    if (then <= hours.begin()->first) break;
    const auto found = hours.find(then);
    counts.push_back(found == hours.end() ? 0 : static_cast<double>(found->second.count));
  }
  return counts.size() < kNormWeeksLeast ? 0 : insight::median(std::move(counts)).value_or(0);
}

}  // namespace

double expected_hooks(const HookHours& hours, UnixSeconds from, UnixSeconds to) {
  if (hours.empty()) return 0;
  double expected = 0;
  from = std::max(from, to - kHookHoursKept * kHour);
  for (std::int64_t hour = from / kHour; hour * kHour < to; ++hour) {
    const UnixSeconds part = std::min(to, (hour + 1) * kHour) - std::max(from, hour * kHour);
    expected += norm_of(hours, hour) * static_cast<double>(part) / static_cast<double>(kHour);
  }
  return expected;
}

bool hooks_silent(const HookHours& hours, UnixSeconds now) {
  const auto after = hours.upper_bound(now / kHour);  // what a wrong clock dated later says nothing
  if (after == hours.begin()) return false;
  return expected_hooks(hours, (std::prev(after)->first + 1) * kHour, now) >= kSilentAfter;
}

}  // namespace kpistream
