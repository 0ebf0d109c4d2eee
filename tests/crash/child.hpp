// Child processes that use a store until something goes wrong, and the ledger they share with the test.
//
// The test's own process never opens a store: what RocksDB keeps in a process does not survive a fork.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fault_fs.hpp"
#include "store/internal.hpp"

namespace kpistream::store {

// In memory that the children share with the test, so that it outlives every kind of death. Written by one child at a
// time, from its committer thread.
struct Ledger {
  static constexpr std::size_t kAcknowledgedMax = 1u << 20;
  std::atomic<std::uint64_t> next_id{1};  // of records: never used twice
  std::atomic<std::uint64_t> acknowledged_count{0};
  std::uint64_t acknowledged[kAcknowledgedMax];
  // Ids of the records that may have expired, by position from 1 on.
  std::uint64_t expired[kAcknowledgedMax];
  std::atomic<std::uint64_t> expired_count{0};
  std::atomic<std::uint64_t> calls{0};          // of the child's file system, for planning
  std::atomic<std::uint64_t> writing_calls{0};  // the same
  std::atomic<std::uint64_t> rebuilds{0};       // states that were torn and emptied
  char text[2'048];                             // what the last child had to say

  void clear() {
    next_id = 1;
    acknowledged_count = 0;
    expired_count = 0;
  }
  void say(std::string_view words);
};
struct Unmap {
  void operator()(Ledger* ledger) const;
};
[[nodiscard]] std::unique_ptr<Ledger, Unmap> make_ledger();

// How a child ended.
enum class Ending {
  fine,     // all it wanted
  refused,  // the store was not opened, or said that it is damaged
  failed,   // the store said that it has failed
  wrong,    // something is lost, doubled or wrong: see Ledger::text
  cut,      // its power was cut
  died,     // a signal, a hang or an unknown exit
};
[[nodiscard]] Ending run_child(Ledger& ledger, const std::function<Ending()>& life);

// Small buffers, so that a few hundred records bring flushes and compactions.
[[nodiscard]] StoreOptions crash_options(const std::string& path);

struct Work {
  int rounds = 0;                // each: some records appended together, then the state follows
  std::size_t body_bytes = 900;  // up to
  std::uint64_t seed = 1;
  bool expire_all = false;  // before anything else
};
// Appends, folds and lets records expire until done or until the store fails. False: it failed.
[[nodiscard]] bool work(Store& store, Ledger& ledger, const Work& work);

// Compares with the ledger and with a fold of the whole journal, also of what has expired. Empty: all is right. Throws
// StoreError.
[[nodiscard]] std::string check(Store& store, const Ledger& ledger);

// Open, check, work, close, on `files`. Ends with a power cut when `cut_at_end`.
[[nodiscard]] Ending live(const std::string& path, const std::shared_ptr<FaultFs>& files, Ledger& ledger,
                          const Work& todo, bool cut_at_end);

}  // namespace kpistream::store
