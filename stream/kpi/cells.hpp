// Reading sums of cells from the state over any range of minutes.
#pragma once

#include <functional>
#include <optional>

#include "stream/codec/keys.hpp"
#include "stream/kpi/calendar.hpp"
#include "stream/kpi/cell.hpp"
#include "stream/kpi/definition.hpp"
#include "stream/ports/state.hpp"

namespace kpistream {

using CellVisitor = std::function<void(const BucketKey&, const Cell&)>;

// Every cell of the definition in the range: whole local days as days, the rest as minutes. Not in order of time.
void visit_cells(const State& state, const Definition& definition, const std::string& portal, const Calendar& calendar,
                 const Range& range, const CellVisitor& visit);

// The first minute in which something stands; nothing when nothing does.
[[nodiscard]] std::optional<Minute> first_minute(const State& state, const Definition& definition,
                                                 const std::string& portal);

}  // namespace kpistream
