// JSON of texts, for the few answers we write ourselves.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kpistream::app {

// In quotes, escaped. Bytes are passed on as they are.
[[nodiscard]] std::string json(std::string_view text);
[[nodiscard]] std::string json(const std::vector<std::string>& texts);

}  // namespace kpistream::app
