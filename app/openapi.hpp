// What the API is, for programs: docs/openapi.json, which is part of the program.
#pragma once

#include <string_view>

namespace kpistream::app {

[[nodiscard]] std::string_view openapi();

}  // namespace kpistream::app
