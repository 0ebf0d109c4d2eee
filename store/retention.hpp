// Where the journal begins, once its oldest records have expired.
#pragma once

#include <atomic>
#include <mutex>

#include "store/database.hpp"

namespace kpistream::store {

// Key of the store's own column family. Its value is a varint; without one the journal begins at 1.
inline constexpr std::string_view kFirstKey = "journal.first";
// Throws StoreError when it is damaged.
[[nodiscard]] Position stored_first(const Database& database);

// The first position that is kept. Thread-safe.
//
// It moves durably before any file goes, so that at every moment all records from it on are there. What is left below
// it, in files that hold later records too, is ignored by everybody.
class Beginning {
 public:
  Beginning(Database& database, Health& health, Position first) : database_(database), health_(health), first_(first) {}

  [[nodiscard]] const std::atomic<Position>& first() const noexcept { return first_; }
  // To `before`, or nowhere when it is there already. Throws StoreError when the disk refuses.
  void move(Position before);

 private:
  void write(Position first);
  void delete_files(Position first);

  Database& database_;
  Health& health_;
  std::mutex mutex_;  // one move at a time
  std::atomic<Position> first_;
};

}  // namespace kpistream::store
