// The business figures of a board as metric families, named as KPI.md says.
#pragma once

#include "exporters/prometheus/exposition.hpp"
#include "stream/kpi/board.hpp"

namespace kpistream::exporters {

// Writes every figure of every portal at one consistent moment. Thread-safe.
void write_kpi_families(const Board& board, Exposition& out);

}  // namespace kpistream::exporters
