// Proof of the ledger: snapshot + corrections = today's figure of that period.
#pragma once

#include <string>
#include <vector>

#include "stream/kpi/calendar.hpp"
#include "stream/kpi/definition.hpp"
#include "stream/periods/snapshot.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::periods {

// Recomputes every KPI of the table whose ledger is open from the cells. Each difference is a line for people. Throws
// CodecError. Consistent while nobody writes.
[[nodiscard]] std::vector<std::string> check_period(const State& state, const std::vector<Definition>& in_force,
                                                    const Calendar& calendar, const Snapshot& snapshot);

}  // namespace kpistream::periods
