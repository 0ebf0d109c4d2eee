// The formulas of a catalogue over a portal's figures as metric families, named as KPI.md says.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "exporters/prometheus/exposition.hpp"
#include "exporters/prometheus/places.hpp"
#include "stream/kpi/board.hpp"
#include "stream/kpi/formula.hpp"

namespace kpistream::exporters {

// Made once and then only read, also by several threads.
using Formulas = std::vector<std::pair<Formula, CompiledFormula>>;
// Throws FormulaError; a catalogue that was read without errors has none.
[[nodiscard]] Formulas compile(const Catalogue& catalogue);

// A ratio or the like. The same text as long as version_of() it, PortalFigures::shape and the places are the same.
void write_formula(const Formula& formula, const CompiledFormula& compiled, const PortalFigures& portal, Places& places,
                   Exposition& out);
// That of the newest of its parts.
[[nodiscard]] std::uint64_t version_of(const CompiledFormula& compiled, const PortalFigures& portal);

}  // namespace kpistream::exporters
