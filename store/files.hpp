// The two small files beside RocksDB's own: FORMAT, read before anything else, and SEAL, what was durable last.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "store/internal.hpp"

namespace kpistream::store {

inline constexpr unsigned kStoreFormat = 2;

[[noreturn]] void raise(const std::string& path, std::string_view what);
// Throws StoreError when `status` is not ok.
void require(const rocksdb::Status& status, const std::string& path, std::string_view what);

// What was durable when it was written. The list of tables is RocksDB's MANIFEST, a log that only grows; RocksDB takes
// a damaged end of it for its end, and then knows fewer tables.
struct SealRecord {
  Position position = 0;             // newest journal record
  std::uint64_t manifest = 0;        // number of the list of tables; 0: not yet known
  std::uint64_t manifest_bytes = 0;  // its length
};

// What a directory holds, seen without changing anything in it.
struct Inventory {
  bool formatted = false;      // FORMAT is there, and ours
  bool sealed = false;         // SEAL is there
  bool damaged_seal = false;   // ... but cannot be read
  SealRecord seal;             // its content
  bool database = false;       // RocksDB's CURRENT is there
  bool tables_listed = false;  // the list of tables reaches as far as the seal says, undamaged
  bool foreign = false;        // something that no store leaves behind, and no FORMAT
};

// Throws StoreError when the format is not ours or not a format.
[[nodiscard]] Inventory take_inventory(rocksdb::FileSystem& files, const std::string& path);

// Makes a directory a store, an empty one or one with a database that has all up to the seal: the seal first, then the
// format.
void found(rocksdb::FileSystem& files, const std::string& path, const SealRecord& seal = {});

// Writes a seal by itself, durably, whatever was there before.
void write_new_seal(rocksdb::FileSystem& files, const std::string& path, const SealRecord& seal);

// The seal of an open store. Not thread-safe: it belongs to the committer.
class Seal {
 public:
  // Throws StoreError when there is none.
  Seal(rocksdb::FileSystem& files, const std::string& path);

  // Replaces the content in place, without a sync: what the disk keeps of it may be older than the log, never newer.
  [[nodiscard]] rocksdb::IOStatus write(const SealRecord& record);
  [[nodiscard]] rocksdb::IOStatus sync();
  [[nodiscard]] bool dirty() const noexcept { return dirty_; }

 private:
  std::unique_ptr<rocksdb::FSRandomRWFile> file_;
  bool dirty_ = false;
};

}  // namespace kpistream::store
