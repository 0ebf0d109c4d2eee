// RocksDB as this store uses it: options, column families, opening. Internal to store/.
#pragma once

#include <rocksdb/db.h>

#include <array>
#include <memory>
#include <string>

#include "store/store.hpp"

namespace kpistream::store {

inline constexpr std::size_t kJournalFamily = kSpaces;  // after one family per Space

// Owns the database and its column family handles, which have to go before it.
class Database {
 public:
  // Throws StoreError. `files` null: the system's file system.
  Database(const StoreOptions& options, std::shared_ptr<rocksdb::FileSystem> files, bool read_only);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] rocksdb::DB& db() const { return *db_; }
  [[nodiscard]] rocksdb::ColumnFamilyHandle* family(Space space) const {
    return families_[static_cast<std::size_t>(space)];
  }
  [[nodiscard]] rocksdb::ColumnFamilyHandle* journal() const { return families_[kJournalFamily]; }

  // The newest position in the journal; 0: none. Throws StoreError.
  [[nodiscard]] Position last_position() const;

 private:
  std::unique_ptr<rocksdb::Env> env_;
  rocksdb::DB* db_ = nullptr;
  std::array<rocksdb::ColumnFamilyHandle*, kSpaces + 1> families_{};
};

// Turns a status into a StoreError that says what was being done.
void check(const rocksdb::Status& status, const std::string& doing);

}  // namespace kpistream::store
