// The daemon's own figures. A number lives with the code it describes; an exporter only translates.
#pragma once

#include <atomic>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace kpistream {

using MeterLabels = std::vector<std::pair<std::string_view, std::string_view>>;

class MeterSink {
 public:
  virtual ~MeterSink() = default;
  virtual void counter(std::string_view name, std::string_view help, const MeterLabels& labels, double value) = 0;
  virtual void gauge(std::string_view name, std::string_view help, const MeterLabels& labels, double value) = 0;
};

// Something with figures. collect() is called from a scrape, on any thread.
class Metered {
 public:
  virtual ~Metered() = default;
  virtual void collect(MeterSink& sink) const = 0;
};

// A count that only grows. Relaxed: figures, not synchronisation.
class Counter {
 public:
  void add(std::uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
  [[nodiscard]] double value() const noexcept { return static_cast<double>(value_.load(std::memory_order_relaxed)); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

}  // namespace kpistream
