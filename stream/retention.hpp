// Which journal records may go.
#pragma once

#include "stream/ports/journal.hpp"
#include "stream/ports/state.hpp"

namespace kpistream {

// The oldest record that has to stay: the first one that arrived at `since` or later, that is not in the state yet, or
// that an open wish was asked by. tail() + 1: none has to. Reads some thirty records, however long the journal is.
// Arrivals are taken to be in order. Where a clock was set back they are not; then one of the places where older
// records meet newer ones is found, which is as good a place.
[[nodiscard]] Position first_to_keep(const Journal& journal, const State& state, UnixSeconds since);

}  // namespace kpistream
