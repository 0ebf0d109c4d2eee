// The daemon's own figures, kpistream_* and process_*, through prometheus-cpp.
#pragma once

#include <vector>

#include "exporters/prometheus/exposition.hpp"
#include "stream/ports/meters.hpp"

namespace kpistream::exporters {

// Everything the sources tell, plus the process itself; sorted by name. Thread-safe.
[[nodiscard]] std::vector<FamilyText> self_metrics(const std::vector<const Metered*>& sources);

}  // namespace kpistream::exporters
