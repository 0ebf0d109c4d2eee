// Finds the table of a period at its key, however many tables are kept.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stream/periods/snapshot.hpp"

namespace kpistream::periods {

// The schedules of a portal that have tables, in order.
[[nodiscard]] std::vector<std::string> schedules_of(const State& state, const std::string& portal);

// The first table of a schedule that was due when the range was over, if it is of that range. A table is due in the
// period after its own, so that no other can be. Throws CodecError.
[[nodiscard]] std::optional<Snapshot> first_of(const State& state, const std::string& portal,
                                               const std::string& schedule, const Range& range);

}  // namespace kpistream::periods
