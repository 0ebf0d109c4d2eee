// Is everything there that was durable? What RocksDB accepts is not always whole: a flipped bit in the length or type
// of a log record silently ends that log, and with it a list of tables or a part of the journal.
#pragma once

#include "store/database.hpp"

namespace kpistream::store {

struct Examination {
  Position first = 1;
  Position tail = 0;
  bool state_whole = true;    // no batch is missing between others
  std::uint64_t applied = 0;  // batches in the state, when whole
};

// Throws StoreError when the journal has a hole from its first position on, or something cannot be read. Looks at every
// table's index, not at its records; reads those records that are not yet in a table, and those of a table that holds
// expired ones too.
[[nodiscard]] Examination examine(const Database& database);

}  // namespace kpistream::store
