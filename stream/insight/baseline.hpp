// What is usual at this hour of this weekday, and how far from it a figure is (K34).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "stream/insight/numbers.hpp"
#include "stream/insight/view.hpp"

namespace kpistream::insight {

inline constexpr int kBaselineWeeks = 8;
inline constexpr int kBaselineWeeksMin = 4;  // with fewer weeks nothing is called unusual

// A KPI in a window that ends now, and in the same one of the same weekday in past weeks, by local time: the rolling
// hour
// ("1h"), or the day so far ("day").
struct Baseline {
  std::int64_t value = 0;
  double median = 0;
  // Weeks the median is over: those that are reliable and were at work, or off work, at this hour as now; so that a
  // holiday is compared with no working day.
  int weeks = 0;
  // (value - median) / spread; beyond 3 in either direction is unusual. The spread is 1.4826 times the median distance
  // from the median, and of a count not below the square root of the median nor below 1, since counts scatter by
  // themselves. Nothing when fewer than kBaselineWeeksMin weeks are there, or a sum never varied.
  std::optional<double> anomaly;
};

// `name` as in view.hpp's reading(). Nothing when no such week is there.
[[nodiscard]] std::optional<Baseline> baseline(const Figures& figures, std::string_view name,
                                               std::string_view window_name = "1h");

// Whether the portal is at work now, by its zone, hours, holidays and transferred days.
[[nodiscard]] bool business_time(const Figures& figures);

}  // namespace kpistream::insight
