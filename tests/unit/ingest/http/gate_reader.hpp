// The gate and the chunk reader put together as the session does it, for streams that are there in whole.
#pragma once

#include <string_view>

#include "tests/unit/ingest/http/slow_reader.hpp"

namespace kpistream::ingest {

SlowReading read_through_gate(std::string_view stream);

}  // namespace kpistream::ingest
