// The durable ports of the computation on one RocksDB: a journal with group commit and a seal, and the state.
//
// One Store is one shard: its own directory, positions, write-ahead log, lock and seal. Only the journal is synced; the
// state follows in the same log without a sync of its own and is rebuilt from the journal when a power cut tears it.
// docs/formats/store.md describes every file, key and value.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "stream/ports/journal.hpp"
#include "stream/ports/meters.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::store {

struct StoreOptions {
  std::string path;          // directory; made when missing, its parent must exist
  bool sync = true;          // false: for measuring only; what was acknowledged then does not survive a power cut
  bool accept_loss = false;  // serve although the newest records are gone (damaged, or put back from a copy)

  // Limits of the journal. What does not fit is refused, never waited for.
  std::size_t record_bytes_max = 2u << 20;   // one record with all its fields; 1 KiB to 64 MiB
  std::size_t queue_bytes_max = 8u << 20;    // records gathering for the next group; 1 KiB to 1 GiB
  std::size_t queue_records_max = 1u << 16;  // the same, counted; 1 to 2^24

  // Below this much free space the journal takes no records, so that the disk never runs full under the database; it
  // takes them again when there is more. Bytes; 0 (never refuse) to 1 TiB.
  std::uint64_t free_bytes_min = 128u << 20;
  std::chrono::milliseconds free_check_every{1'000};  // 1 ms to 10 s
  std::chrono::milliseconds seal_sync_every{5'000};   // how long a new seal may wait for the disk; 1 ms to 1 min

  // Memory, sized for a small machine. Up to twice the buffers while one is flushed. Bytes.
  std::size_t journal_buffer_bytes = 16u << 20;  // records in memory before a flush; 64 KiB to 1 GiB
  std::size_t state_buffer_bytes = 8u << 20;     // the same for each space of the state; 64 KiB to 1 GiB
  std::size_t cache_bytes = 32u << 20;           // blocks read, indexes and filters, shared by all; 0 to 64 GiB
  int background_threads = 2;                    // flush and compaction; 1 to 16
};

// Thread-safe, except that open and close belong to the owner. journal() and state() live as long as the Store.
class Store : public Metered {
 public:
  // Recovers and examines the store, then serves it. Throws StoreError, with a text for people that names file and
  // cure, when the store is locked, of a newer format, damaged, or has lost records; it is then left as it was.
  [[nodiscard]] static std::unique_ptr<Store> open(const StoreOptions& options);

  // A snapshot of the store, also beside a process that serves it. append() takes nothing, apply() throws StoreError.
  [[nodiscard]] static std::unique_ptr<Store> open_read_only(const std::string& path);

  ~Store() override;

  [[nodiscard]] const std::string& path() const;
  [[nodiscard]] Journal& journal();
  [[nodiscard]] State& state();
  // The state as it stands now, for one who reads many figures that must belong together. Cheap; let it go soon, for
  // what it sees stays on the disk. The store must outlive it.
  [[nodiscard]] std::unique_ptr<const State> frozen() const;

  // Lets journal records before this position go, for good, or all when it is beyond the newest. Nobody reads them from
  // then on; files that hold no others are deleted. They must be in the state: see stream/retention.hpp. A power cut at
  // any moment leaves the old beginning or the new one. Throws StoreError as State::apply() does.
  void expire(Position before);

  // Makes a directory with a store as this one is now, beside everything else; tables are shared where the file system
  // can. The newest journal record that is surely in it. Throws StoreError, also when the directory is there.
  [[nodiscard]] Position copy_to(const std::string& path);

  // The disk refused something: final, nothing is retried on the same files. append() and apply() refuse everything
  // from now on; end the process, a restart serves again.
  [[nodiscard]] bool failed() const;
  [[nodiscard]] std::string failure() const;  // for people; empty while all is well

  // Little free space is left: append() refuses until there is more. See StoreOptions::free_bytes_min.
  [[nodiscard]] bool disk_full() const;

  // What open() had to mend, one sentence each, for the log.
  [[nodiscard]] const std::vector<std::string>& notes() const;

  // Commits what was taken, tells the listeners, syncs everything. append() refuses from then on, reading still works;
  // the files are let go by the destructor. Closing twice is fine.
  void close();

  void collect(MeterSink& sink) const override;

  class Parts;
  explicit Store(std::unique_ptr<Parts> parts);  // for open() and open_read_only()

 private:
  std::unique_ptr<Parts> parts_;
};

}  // namespace kpistream::store
