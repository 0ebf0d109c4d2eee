// The business figures of a board as metric families, named as KPI.md says.
#pragma once

#include <utility>
#include <vector>

#include "exporters/prometheus/exposition.hpp"
#include "stream/kpi/board.hpp"
#include "stream/kpi/formula.hpp"

namespace kpistream::exporters {

using Formulas = std::vector<std::pair<Formula, CompiledFormula>>;
// Throws FormulaError; a catalogue that was read without errors has none.
[[nodiscard]] Formulas compile(const Catalogue& catalogue);

// Writes every figure of every portal at one consistent moment. Thread-safe.
void write_kpi_families(const Board& board, const Formulas& formulas, Exposition& out);

}  // namespace kpistream::exporters
