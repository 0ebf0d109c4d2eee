// Who may connect: caps in all and for each source address.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>

namespace kpistream::ingest {

// An IPv4 address, or the /64 of an IPv6 address.
using Source = std::uint64_t;

// Thread-safe.
class Admission {
 public:
  Admission(std::size_t all_max, std::size_t source_max) : all_max_(all_max), source_max_(source_max) {}

  // True: one more connection, to be given back by leave().
  [[nodiscard]] bool enter(Source source) {
    const std::lock_guard lock(mutex_);
    if (all_ >= all_max_) return false;
    std::size_t& count = sources_[source];  // an ordered map: nobody can make it slow
    if (count >= source_max_) return false;
    ++count;
    ++all_;
    return true;
  }

  void leave(Source source) {
    const std::lock_guard lock(mutex_);
    const auto found = sources_.find(source);
    if (--found->second == 0) sources_.erase(found);
    if (--all_ == 0) empty_.notify_all();
  }

  [[nodiscard]] std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return all_;
  }

  // False: the timeout passed and somebody is still connected.
  bool wait_empty(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    return empty_.wait_for(lock, timeout, [this] { return all_ == 0; });
  }

 private:
  const std::size_t all_max_;
  const std::size_t source_max_;
  mutable std::mutex mutex_;
  std::condition_variable empty_;
  std::map<Source, std::size_t> sources_;
  std::size_t all_ = 0;
};

}  // namespace kpistream::ingest
