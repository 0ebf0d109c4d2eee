#include "stream/insight/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace kpistream::insight {
namespace {

constexpr double kCritical = 1.959964;  // of the normal distribution, two-sided, p = 0.05
constexpr std::size_t kPointsMin = 3;

}  // namespace

std::optional<double> Compared::ratio() const {
  if (base <= 0) return std::nullopt;
  return static_cast<double>(value) / static_cast<double>(base);
}

std::optional<double> median(std::vector<double> values) { return percentile(std::move(values), 0.5); }

std::optional<double> percentile(std::vector<double> values, double share) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const double place = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  return values[below] + (values[above] - values[below]) * (place - static_cast<double>(below));
}

std::optional<double> robust_slope(const std::vector<Point>& points) {
  if (points.size() < kPointsMin) return std::nullopt;
  std::vector<double> slopes;
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t j = i + 1; j < points.size(); ++j) {
      if (points[i].x != points[j].x) slopes.push_back((points[j].y - points[i].y) / (points[j].x - points[i].x));
    }
  }
  return median(std::move(slopes));
}

bool counts_differ(std::int64_t a, std::int64_t b) {
  const double sum = static_cast<double>(a) + static_cast<double>(b);
  const double difference = static_cast<double>(a) - static_cast<double>(b);
  return std::abs(difference) > kCritical * std::sqrt(sum);
}

bool shares_differ(const Compared& a, const Compared& b) {
  if (a.base <= 0 || b.base <= 0) return false;
  const auto of_a = static_cast<double>(a.base);
  const auto of_b = static_cast<double>(b.base);
  const double common = (static_cast<double>(a.value) + static_cast<double>(b.value)) / (of_a + of_b);
  const double spread = std::sqrt(common * (1 - common) * (1 / of_a + 1 / of_b));
  return std::abs(*a.ratio() - *b.ratio()) > kCritical * spread;
}

std::int64_t rounded(double value) {
  constexpr double kLimit = 9.2e18;
  if (value >= kLimit) return std::numeric_limits<std::int64_t>::max();
  if (value <= -kLimit) return std::numeric_limits<std::int64_t>::min();
  return std::llround(value);
}

}  // namespace kpistream::insight
