// Reading the journal: shared by the journal that is served and by the one that is only looked at.
#pragma once

#include <condition_variable>
#include <mutex>
#include <vector>

#include "store/database.hpp"
#include "stream/ports/journal.hpp"

namespace kpistream::store {

// Records (after, up_to] from `first` on, in order, within the limits but at least one. Throws StoreError on damage or
// a hole. `first` may move meanwhile.
[[nodiscard]] std::vector<Record> read_records(const Database& database, const std::atomic<Position>& first,
                                               Position after, Position up_to, std::size_t records_max,
                                               std::size_t bytes_max);

// The newest durable position, and waiting for a newer one. Thread-safe.
class Tail {
 public:
  explicit Tail(Position position) : position_(position) {}

  [[nodiscard]] Position get() const noexcept { return position_.load(std::memory_order_acquire); }
  void advance(Position position);
  void wait(Position after, std::chrono::milliseconds timeout) const;
  void wake() const;

 private:
  std::atomic<Position> position_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable std::uint64_t wakes_ = 0;    // guarded by mutex_
  mutable std::size_t waiting_ = 0;    // guarded by mutex_
  mutable bool wake_pending_ = false;  // guarded by mutex_: woken while nobody waited
};

// A journal that nobody writes to.
class FrozenJournal final : public Journal {
 public:
  FrozenJournal(const Database& database, Position first, Position tail)
      : database_(database), first_(first), tail_(tail) {}

  bool append(NewRecord /*record*/, AppendListener& /*listener*/, std::uint64_t /*token*/) override { return false; }
  [[nodiscard]] std::vector<Record> read(Position after, std::size_t records_max,
                                         std::size_t bytes_max) const override {
    return read_records(database_, first_, after, tail(), records_max, bytes_max);
  }
  [[nodiscard]] Position first() const override { return first_; }
  [[nodiscard]] Position tail() const override { return tail_.get(); }
  void wait(Position after, std::chrono::milliseconds timeout) const override { tail_.wait(after, timeout); }
  void wake() const override { tail_.wake(); }

 private:
  const Database& database_;
  const std::atomic<Position> first_;
  const Tail tail_;
};

}  // namespace kpistream::store
