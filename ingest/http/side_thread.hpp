// One thread for work that an I/O thread should not wait for. Inside this room only.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace kpistream::ingest {

// add() is thread-safe.
class SideThread {
 public:
  explicit SideThread(std::size_t waiting_max) : waiting_max_(waiting_max) {}

  // Work is done one after another and must not throw. False: as much as may wait does already. What waits at the end
  // is not done any more.
  [[nodiscard]] bool add(std::function<void()> work) {
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.size() >= waiting_max_) return false;
      waiting_.push_back(std::move(work));
    }
    more_.notify_one();
    return true;
  }

 private:
  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (more_.wait(lock, stop, [this] { return !waiting_.empty(); }) && !stop.stop_requested()) {
      const auto work = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      work();
      lock.lock();
    }
  }

  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable_any more_;
  std::deque<std::function<void()>> waiting_;  // guarded by mutex_
  std::jthread thread_{[this](const std::stop_token& stop) { run(stop); }};
};

}  // namespace kpistream::ingest
