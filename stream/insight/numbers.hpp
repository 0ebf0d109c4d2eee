// The little statistics that insight needs. Counted values are integers; only what is a ratio, or lies between two
// values, is a double.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace kpistream::insight {

// One figure held against another. Ratios always travel with both.
struct Compared {
  std::int64_t value = 0;
  std::int64_t base = 0;
  [[nodiscard]] std::optional<double> ratio() const;  // nothing unless base > 0
  friend bool operator==(const Compared&, const Compared&) = default;
};

// Nothing when there are no values. The percentile lies on the line between its two neighbours.
[[nodiscard]] std::optional<double> median(std::vector<double> values);
[[nodiscard]] std::optional<double> percentile(std::vector<double> values, double share);

struct Point {
  double x = 0;
  double y = 0;
};
// The median of the slopes between all pairs of points (Theil and Sen): a third of the points may be outliers. Nothing
// for fewer than three points.
[[nodiscard]] std::optional<double> robust_slope(const std::vector<Point>& points);

// Whether two counts of independent events differ by more than chance: two-sided, p < 0.05, by the normal
// approximation.
[[nodiscard]] bool counts_differ(std::int64_t a, std::int64_t b);
// The same of two shares, each value of its base.
[[nodiscard]] bool shares_differ(const Compared& a, const Compared& b);

// Rounds half away from zero; what does not fit into 64 bits is the nearest that does.
[[nodiscard]] std::int64_t rounded(double value);

}  // namespace kpistream::insight
