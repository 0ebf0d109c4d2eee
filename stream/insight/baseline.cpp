#include "stream/insight/baseline.hpp"

#include <algorithm>
#include <cmath>

namespace kpistream::insight {
namespace {

constexpr double kNormalScale = 1.4826;  // makes the median distance a standard deviation, of normal values

// The same moment of the local day, so many weeks ago. On the day the clocks change it is an hour off after the change.
UnixSeconds weeks_before(const Figures& figures, int weeks) {
  const Calendar& calendar = figures.calendar();
  const Day day = calendar.day_of(figures.now());
  return calendar.begin_of(day - weeks * kWeekDays) * 60 + (figures.now() - calendar.begin_of(day) * 60);
}

std::optional<double> anomaly(double value, const std::vector<double>& past, bool is_count) {
  if (past.size() < static_cast<std::size_t>(kBaselineWeeksMin)) return std::nullopt;
  const double usual = *median(past);
  std::vector<double> distances;
  distances.reserve(past.size());
  for (const double each : past) distances.push_back(std::abs(each - usual));
  double spread = kNormalScale * *median(std::move(distances));
  if (is_count) spread = std::max({spread, std::sqrt(std::max(usual, 0.0)), 1.0});
  if (spread <= 0) return std::nullopt;
  return (value - usual) / spread;
}

}  // namespace

std::optional<Baseline> baseline(const Figures& figures, std::string_view name, std::string_view window_name) {
  std::vector<double> past;
  for (int weeks = 1; weeks <= kBaselineWeeks; ++weeks) {
    const FiguresAt then(figures, weeks_before(figures, weeks));
    const Range range = window(then, window_name);
    if (!reliable(figures, range) || business_time(then) != business_time(figures)) continue;
    past.push_back(static_cast<double>(number(figures, name, range)));
  }
  if (past.empty()) return std::nullopt;
  Baseline found;
  found.value = number(figures, name, window(figures, window_name));
  found.median = *median(past);
  found.weeks = static_cast<int>(past.size());
  found.anomaly = anomaly(static_cast<double>(found.value), past, reading(name).slot == kCountSlot);
  return found;
}

bool business_time(const Figures& figures) { return figures.calendar().working(figures.now()); }

}  // namespace kpistream::insight
