// Appending one record and waiting for what becomes of it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "store/store.hpp"

namespace kpistream::store {

class Outcome : public AppendListener {
 public:
  void on_group(std::span<const Ticket> tickets) noexcept override {
    const std::lock_guard lock(mutex_);
    outcome_ = tickets.back().outcome;
    changed_.notify_all();
  }
  AppendOutcome wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return outcome_.has_value(); });
    return *outcome_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<AppendOutcome> outcome_;
};

// Nothing: it was not taken.
inline std::optional<AppendOutcome> append(Store& store, std::size_t bytes = 100) {
  Outcome outcome;
  NewRecord record;
  record.portal = "north";
  // Incompressible, for tests that fill a disk.
  thread_local std::mt19937 random(1);
  for (std::size_t i = 0; i < bytes; ++i) record.body.push_back(static_cast<char>(random()));
  if (!store.journal().append(std::move(record), outcome, 1)) return std::nullopt;
  return outcome.wait();
}

inline bool becomes_true(std::chrono::seconds within, const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + within;
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return condition();
}

}  // namespace kpistream::store
