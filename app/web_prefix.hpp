// Where the admin paths are, as others see them: --web.external-url and --web.route-prefix.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "ingest/http/server.hpp"

namespace kpistream::app {

// "" or "/kpi" or "/a/b", of what the options say: the route prefix, else the path of the external address. Throws
// std::runtime_error, which says what is wrong.
[[nodiscard]] std::string web_prefix(const std::string& external_url, const std::optional<std::string>& route_prefix);

// Hands the request on with its path as it is behind the prefix. What is not behind it is not found, but "/" and the
// bare prefix lead to it.
[[nodiscard]] ingest::AdminResponse behind_prefix(std::string_view prefix, const ingest::AdminRequest& request,
                                                  const ingest::AdminHandler& handler);

}  // namespace kpistream::app
