// The first failure of a store. Final: nothing is retried on the same files.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>

namespace kpistream::store {

// Thread-safe.
class Health {
 public:
  void fail(std::string_view reason) {
    const std::lock_guard lock(mutex_);
    if (reason_.empty()) reason_ = reason;
    failed_.store(true, std::memory_order_release);
  }
  [[nodiscard]] bool failed() const noexcept { return failed_.load(std::memory_order_acquire); }
  [[nodiscard]] std::string reason() const {
    const std::lock_guard lock(mutex_);
    return reason_;
  }

 private:
  std::atomic<bool> failed_{false};
  mutable std::mutex mutex_;
  std::string reason_;  // guarded by mutex_
};

}  // namespace kpistream::store
