// The journal: many producers, one committer, one sync a group. Internal to store/.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "store/database.hpp"
#include "store/seal.hpp"

namespace kpistream::store {

class GroupJournal : public Journal, public Metered {
 public:
  // `seal` null: read only.
  GroupJournal(Database& database, Seal* seal, const StoreOptions& options);
  ~GroupJournal() override;

  bool append(NewRecord record, AppendListener& listener, std::uint64_t token) override;
  std::vector<Record> read(Position after, std::size_t records_max, std::size_t bytes_max) const override;
  Position tail() const override { return tail_.load(std::memory_order_acquire); }
  void wait(Position after, std::chrono::milliseconds timeout) const override;
  void wake() const override;
  void collect(MeterSink& sink) const override;

  [[nodiscard]] bool failed() const { return failed_.load(std::memory_order_acquire); }
  void close();  // commits what waits, then refuses

 private:
  struct Waiting {
    NewRecord record;
    AppendListener* listener;
    std::uint64_t token;
  };
  using Group = std::vector<Waiting>;

  void commit_groups();
  Group next_group();
  bool commit(const Group& group);
  static void tell(const Group& group, AppendOutcome outcome);

  Database& database_;
  Seal* seal_;
  const StoreOptions options_;
  std::atomic<Position> tail_;
  std::atomic<bool> failed_{false};

  mutable std::mutex mutex_;
  std::condition_variable work_;  // for the committer
  Group queue_;                   // guarded by mutex_
  std::size_t queue_bytes_ = 0;   // guarded by mutex_
  bool closed_ = false;           // guarded by mutex_
  bool committer_waits_ = false;  // guarded by mutex_

  mutable std::mutex readers_mutex_;
  mutable std::condition_variable grown_;  // for readers
  mutable std::uint64_t wakes_ = 0;        // guarded by readers_mutex_

  Counter records_;
  Counter groups_;
  Counter bytes_;

  std::thread committer_;  // last: it uses all of the above
};

}  // namespace kpistream::store
