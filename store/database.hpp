// RocksDB as this store uses it: column families, options, opening and closing.
#pragma once

#include <rocksdb/db.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "store/health.hpp"
#include "store/internal.hpp"
#include "store/replay.hpp"

namespace kpistream::store {

class LockKeeper;

// Thread-safe, as RocksDB is.
class Database {
 public:
  enum class Mode { read_only, read_write, create };

  // Throws StoreError. `health` hears of failures in the background; it may be null and must outlive the database.
  Database(const StoreOptions& options, const FileSystem& files, Mode mode, Health* health);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] rocksdb::DB& db() const { return *db_; }
  [[nodiscard]] rocksdb::ColumnFamilyHandle* own() const { return families_[0]; }
  [[nodiscard]] rocksdb::ColumnFamilyHandle* journal() const { return families_[1]; }
  [[nodiscard]] rocksdb::ColumnFamilyHandle* space(Space space) const {
    return families_[2 + static_cast<std::size_t>(space)];
  }
  [[nodiscard]] const std::string& path() const { return path_; }

  // Whether tables were added or replaced since this was asked last; true at first.
  [[nodiscard]] bool take_tables_changed() { return tables_changed_.exchange(false); }
  void note_tables_changed() { tables_changed_ = true; }  // by a way that RocksDB does not tell of
  // Number and durable length of RocksDB's list of tables.
  struct Manifest {
    std::uint64_t number = 0;
    std::uint64_t bytes = 0;
  };
  [[nodiscard]] Manifest manifest() const;

 private:
  void release();
  void abandon();

  const std::string path_;
  Health* const health_;
  std::shared_ptr<LockKeeper> files_;
  std::unique_ptr<rocksdb::Env> env_;
  std::atomic<bool> tables_changed_{true};
  WholeReplay replay_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
  std::unique_ptr<rocksdb::DB> db_;
};

[[nodiscard]] std::string_view space_name(Space space);

}  // namespace kpistream::store
