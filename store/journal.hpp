// The journal that is served: a bounded gathering group, one committer, one synced write a group.
#pragma once

#include <rocksdb/write_batch.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "store/files.hpp"
#include "store/journal_reader.hpp"
#include "store/record.hpp"
#include "store/retention.hpp"
#include "stream/ports/meters.hpp"

namespace kpistream::store {

// Records that one sync makes durable. All that gathers while a sync runs is the next group.
class Group {
 public:
  void add(const Database& database, Position position, const std::string& head, const NewRecord& record,
           const RecordChecksum& checksum);
  void promise(AppendListener& listener, std::uint64_t token);
  void tell(AppendOutcome outcome);
  void clear();

  rocksdb::WriteBatch batch;
  std::size_t records = 0;
  std::size_t bytes = 0;
  Position last = 0;

 private:
  struct Told {
    AppendListener* listener;
    std::vector<Ticket> tickets;
  };
  static constexpr std::size_t kListenersKept = 64;  // whose buffers are worth keeping from group to group
  std::vector<Told> told_;
};

class GroupJournal final : public Journal, public Metered {
 public:
  GroupJournal(Database& database, rocksdb::FileSystem& files, Health& health, const StoreOptions& options,
               Position first, Position tail);
  ~GroupJournal() override;

  [[nodiscard]] bool append(NewRecord record, AppendListener& listener, std::uint64_t token) override;
  [[nodiscard]] std::vector<Record> read(Position after, std::size_t records_max, std::size_t bytes_max) const override;
  [[nodiscard]] Position first() const override { return beginning_.first(); }
  [[nodiscard]] Position tail() const override { return tail_.get(); }
  void wait(Position after, std::chrono::milliseconds timeout) const override { tail_.wait(after, timeout); }
  void wake() const override { tail_.wake(); }

  // Records before this position go, for good. Throws StoreError when the disk refuses.
  void expire(Position before) { beginning_.move(std::min(before, tail() + 1)); }

  // Commits what was taken and ends the committer; a last sync of the seal. Called twice is fine.
  void close();
  [[nodiscard]] bool disk_full() const noexcept { return disk_full_.load(std::memory_order_relaxed); }
  void collect(MeterSink& sink) const override;

 private:
  using Steady = std::chrono::steady_clock;

  void run();
  void wait_for_work(std::unique_lock<std::mutex>& lock);
  void commit(Group& group);
  [[nodiscard]] bool write(Group& group);
  void look_after_disk(bool closing);
  void check_space();
  void seal_tables();
  [[nodiscard]] bool write_seal();
  void sync_seal();

  Database& database_;
  rocksdb::FileSystem& files_;
  Health& health_;
  const StoreOptions options_;
  Seal seal_;          // the committer's own
  SealRecord sealed_;  // the committer's own
  Beginning beginning_;
  Tail tail_;

  std::mutex mutex_;
  std::condition_variable work_;
  Group gathering_;                   // guarded by mutex_
  Position next_;                     // guarded by mutex_
  bool idle_ = false;                 // guarded by mutex_: the committer sleeps
  bool closing_ = false;              // guarded by mutex_
  Group committing_;                  // the committer's own
  Steady::time_point space_checked_;  // the committer's own
  Steady::time_point seal_synced_;    // the committer's own

  std::atomic<bool> disk_full_{false};
  std::atomic<std::size_t> queue_bytes_{0};
  Counter records_;
  Counter groups_;
  Counter bytes_;
  std::thread committer_;  // last: runs when all else is made
};

}  // namespace kpistream::store
