// The two small files beside RocksDB's own: FORMAT, read before anything else, and SEAL, the last durable position.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "store/internal.hpp"

namespace kpistream::store {

inline constexpr unsigned kStoreFormat = 1;

[[noreturn]] void raise(const std::string& path, std::string_view what);
// Throws StoreError when `status` is not ok.
void require(const rocksdb::Status& status, const std::string& path, std::string_view what);

// What a directory holds, seen without changing anything in it.
struct Inventory {
  bool formatted = false;     // FORMAT is there, and ours
  bool sealed = false;        // SEAL is there
  Position seal = 0;          // the position in it
  bool damaged_seal = false;  // ... or nothing that can be read
  bool database = false;      // RocksDB's CURRENT is there
  bool foreign = false;       // something that no store leaves behind, and no FORMAT
};

// Throws StoreError when the format is newer than ours or not a format.
[[nodiscard]] Inventory take_inventory(rocksdb::FileSystem& files, const std::string& path);

// Makes an empty directory a store: the seal first, then the format.
void found(rocksdb::FileSystem& files, const std::string& path);

// Writes a seal by itself, durably, whatever was there before.
void write_new_seal(rocksdb::FileSystem& files, const std::string& path, Position position);

// The seal of an open store. Not thread-safe: it belongs to the committer.
class Seal {
 public:
  // Throws StoreError when there is none.
  Seal(rocksdb::FileSystem& files, const std::string& path);

  // Replaces the position in place, without a sync: what the disk keeps of it may be older, never newer, than the log.
  [[nodiscard]] rocksdb::IOStatus write(Position position);
  [[nodiscard]] rocksdb::IOStatus sync();
  [[nodiscard]] bool dirty() const noexcept { return dirty_; }

 private:
  std::unique_ptr<rocksdb::FSRandomRWFile> file_;
  bool dirty_ = false;
};

}  // namespace kpistream::store
