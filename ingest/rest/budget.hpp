// A CRM's request budget, kept from our side: a leaky bucket that we never let overflow.
// In any span of time it lets through its depth and what drains meanwhile, and no more.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

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

// The same for several who ask. Thread-safe.
class SharedBudget {
 public:
  explicit SharedBudget(const ApiBudget& budget) : budget_(budget) {}

  // How long to wait and try again; zero: one request may go out, and has been counted.
  [[nodiscard]] std::chrono::milliseconds take(ApiBudget::Time now) {
    const std::lock_guard lock(mutex_);
    const auto wait = budget_.wait(now);
    if (wait.count() == 0) budget_.spend(now);
    return wait;
  }
  void fill(ApiBudget::Time now) {
    const std::lock_guard lock(mutex_);
    budget_.fill(now);
  }
  [[nodiscard]] double remaining_ratio(ApiBudget::Time now) {
    const std::lock_guard lock(mutex_);
    return budget_.remaining_ratio(now);
  }

 private:
  std::mutex mutex_;
  ApiBudget budget_;  // guarded by mutex_
};

// Who shares a budget with whom: every portal has its own, but Kommo counts by the address that asks, so that all its
// accounts have one. Source: developers.kommo.com, "Limitations". Thread-safe.
class Budgets {
 public:
  [[nodiscard]] std::shared_ptr<SharedBudget> of(std::string_view host, const ApiBudget& fresh) {
    if (!host.ends_with(".kommo.com")) return std::make_shared<SharedBudget>(fresh);
    const std::lock_guard lock(mutex_);
    auto shared = kommo_.lock();
    if (shared == nullptr) kommo_ = shared = std::make_shared<SharedBudget>(fresh);
    return shared;
  }

 private:
  std::mutex mutex_;
  std::weak_ptr<SharedBudget> kommo_;  // guarded by mutex_
};

}  // namespace kpistream::ingest
