// How long to wait after the n-th failure in a row: twice as long each time, up to a limit, never two readers alike.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

namespace kpistream::ingest {

// Pure: chance comes in. Not thread-safe.
class Backoff {
 public:
  using Duration = std::chrono::milliseconds;

  // `chance` gives numbers in [0, 1).
  Backoff(Duration first, Duration most, std::function<double()> chance)
      : first_(first), most_(most), chance_(std::move(chance)), next_(first) {}

  // The pause after one more failure: between half and all of a span that doubles.
  [[nodiscard]] Duration next() {
    const double span = static_cast<double>(std::min(next_, most_).count());
    next_ = std::min(2 * next_, most_);
    return Duration(static_cast<Duration::rep>(span * (0.5 + chance_() / 2)));
  }

  void reset() { next_ = first_; }

 private:
  const Duration first_;
  const Duration most_;
  std::function<double()> chance_;
  Duration next_;
};

}  // namespace kpistream::ingest
