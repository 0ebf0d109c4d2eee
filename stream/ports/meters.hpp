// The daemon's own figures. A number lives with the code it describes; an exporter only translates.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace kpistream {

using MeterLabels = std::vector<std::pair<std::string_view, std::string_view>>;

// A histogram as it stands; the views live for the call.
struct HistogramFigures {
  std::span<const double> bounds;         // upper ones, themselves within, rising
  std::span<const std::uint64_t> counts;  // of each bucket alone; one more than bounds: what lies above them all
  double sum = 0;
};

class MeterSink {
 public:
  virtual ~MeterSink() = default;
  virtual void counter(std::string_view name, std::string_view help, const MeterLabels& labels, double value) = 0;
  virtual void gauge(std::string_view name, std::string_view help, const MeterLabels& labels, double value) = 0;
  virtual void histogram(std::string_view name, std::string_view help, const MeterLabels& labels,
                         const HistogramFigures& figures) = 0;
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

// How long things took, in buckets; told in seconds. Relaxed as a Counter is: a reader may see a time in its bucket and
// not yet in the sum.
class Durations {
 public:
  using Time = std::chrono::microseconds;
  static constexpr std::size_t kBucketsMax = 12;

  // `bounds`: rising, at most kBucketsMax - 1, and they must outlive it. What takes longer has the last bucket.
  explicit Durations(std::span<const Time> bounds) : bounds_(bounds) {}

  void add(Time time) noexcept {
    const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), time) - bounds_.begin();
    counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(time.count(), std::memory_order_relaxed);
  }

  void collect(MeterSink& sink, std::string_view name, std::string_view help, const MeterLabels& labels) const {
    std::array<double, kBucketsMax> bounds{};
    std::array<std::uint64_t, kBucketsMax> counts{};
    for (std::size_t i = 0; i < bounds_.size(); ++i) bounds[i] = seconds(bounds_[i].count());
    for (std::size_t i = 0; i <= bounds_.size(); ++i) counts[i] = counts_[i].load(std::memory_order_relaxed);
    sink.histogram(name, help, labels,
                   {std::span(bounds).first(bounds_.size()), std::span(counts).first(bounds_.size() + 1),
                    seconds(sum_.load(std::memory_order_relaxed))});
  }

 private:
  static double seconds(Time::rep microseconds) { return static_cast<double>(microseconds) / 1e6; }

  std::span<const Time> bounds_;
  std::array<std::atomic<std::uint64_t>, kBucketsMax> counts_{};
  std::atomic<Time::rep> sum_{0};
};

}  // namespace kpistream
