// The daemon's own figures, kpistream_* and process_*, through prometheus-cpp.
#pragma once

#include <string>
#include <vector>

#include "stream/ports/meters.hpp"

namespace kpistream::exporters {

// Text exposition of everything the sources tell, plus the process itself. Thread-safe.
[[nodiscard]] std::string self_metrics_text(const std::vector<const Metered*>& sources);

}  // namespace kpistream::exporters
