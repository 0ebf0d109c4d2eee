// The daemon's clock.
#pragma once

#include <optional>

#include "stream/ports/clock.hpp"

namespace kpistream::app {

// The system's clock, or one that starts at a given time and then runs on (--clock.start: demo, tests). Thread-safe.
class RunningClock : public Clock {
 public:
  explicit RunningClock(std::optional<UnixSeconds> start) : start_(start), started_(std::chrono::steady_clock::now()) {}

  [[nodiscard]] UnixSeconds wall() const override {
    using std::chrono::duration_cast;
    using std::chrono::seconds;
    if (!start_) return duration_cast<seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    return *start_ + duration_cast<seconds>(steady() - started_).count();
  }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::now();
  }

 private:
  std::optional<UnixSeconds> start_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace kpistream::app
