// The only way to know the time. Tests and the demo own theirs.
#pragma once

#include <chrono>

#include "stream/crm/vocabulary.hpp"

namespace kpistream {

class Clock {
 public:
  virtual ~Clock() = default;
  // For people and for choosing which buckets a window covers. May jump.
  [[nodiscard]] virtual UnixSeconds wall() const = 0;
  // For intervals. Never jumps.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point steady() const = 0;
};

}  // namespace kpistream
