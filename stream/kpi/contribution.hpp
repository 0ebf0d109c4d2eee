// What a change of facts means for the cells: minus the old contribution plus the new one. The only place that counts.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "stream/facts/fact.hpp"
#include "stream/kpi/cell.hpp"
#include "stream/kpi/definition.hpp"

namespace kpistream {

// Changes of cells by key, folded over a batch of records. Ordered, so that what is written does not depend on hashing.
using CellDeltas = std::map<std::string, Cell>;

// Adds to `deltas` what one entity's change from `before` to `after` means. Totals are split by sign per change, not
// per batch, so that they do not depend on how records are batched.
void contribute(const std::vector<Definition>& definitions, std::string_view portal, const Facts& before,
                const Facts& after, CellDeltas& deltas);

}  // namespace kpistream
