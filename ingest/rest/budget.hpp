// A CRM's request budget, kept from our side: a leaky bucket that we never let overflow.
// In any span of time it lets through its depth and what drains meanwhile, and no more.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace kpistream::ingest {

// Pure: the time comes in. Not thread-safe.
class ApiBudget {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `depth` requests at once, `per_second` in the long run, `first` at once to begin with. All > 0, `first` <= `depth`.
  ApiBudget(double depth, double per_second, double first, Time now)
      : depth_(depth), per_second_(per_second), level_(depth - first), at_(now) {}

  // How long to wait before the next request; zero: now.
  [[nodiscard]] std::chrono::milliseconds wait(Time now) {
    drain(now);
    if (level_ + 1 <= depth_) return std::chrono::milliseconds(0);
    const double seconds = (level_ + 1 - depth_) / per_second_;
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000) + 1);
  }

  // One request goes out.
  void spend(Time now) {
    drain(now);
    level_ += 1;
  }

  // The CRM says we are over: its bucket is full, whatever ours says.
  void fill(Time now) {
    drain(now);
    level_ = depth_;
  }

  [[nodiscard]] double remaining_ratio(Time now) {
    drain(now);
    return std::max(0.0, (depth_ - level_) / depth_);
  }

 private:
  void drain(Time now) {
    const double seconds = std::chrono::duration<double>(now - at_).count();
    if (seconds > 0) level_ = std::max(0.0, level_ - seconds * per_second_);
    at_ = std::max(at_, now);
  }

  double depth_;
  double per_second_;
  double level_;
  Time at_;
};

}  // namespace kpistream::ingest
