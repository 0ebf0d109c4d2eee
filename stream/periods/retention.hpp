// How long tables are kept: so many of each schedule, with their ledgers; of a schedule that is wanted no more, for a
// year.
#pragma once

#include <cstddef>
#include <string>

#include "stream/periods/keys.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::periods {

inline constexpr std::size_t kRetentionErases = 5'000;       // keys a slice
inline constexpr UnixSeconds kUnwantedSeconds = 31'622'400;  // a year after a table of a schedule that is gone was due

struct Retained {
  UnixSeconds oldest = 0;  // due moment of the oldest table that is left, or none; Ledger::forget() wants it
  bool more = false;       // call again
};

// One slice of erasing all but the newest `keep` (at least 1) tables of a schedule. A table goes before its ledger, so
// that none is ever left with half of it. REQUIRES: the batch is applied before the next call.
[[nodiscard]] Retained retain_slice(const State& state, const std::string& portal, const std::string& schedule,
                                    std::size_t keep, StateBatch& batch);
// The same of the tables of a schedule that were due before a moment, maybe of all.
[[nodiscard]] Retained retain_since(const State& state, const std::string& portal, const std::string& schedule,
                                    UnixSeconds since, StateBatch& batch);

}  // namespace kpistream::periods
