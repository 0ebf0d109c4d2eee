// JSON of texts, for the few answers we write ourselves.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kpistream::app {

// In quotes, escaped. What is no UTF-8 becomes U+FFFD, a byte each: webhooks and addresses may hold anything.
[[nodiscard]] std::string json(std::string_view text);
[[nodiscard]] std::string json(const std::vector<std::string>& texts);

}  // namespace kpistream::app
