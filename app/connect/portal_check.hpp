// A portal's answers, asked for now.
#pragma once

#include <string>

#include "app/config.hpp"
#include "app/connect/findings.hpp"

namespace kpistream::app {

// One request to a Bitrix24 portal. Throws std::runtime_error when the address will not do; it does not repeat it.
[[nodiscard]] PortalFacts ask_bitrix24(const std::string& rest_url);

// What the running daemon tells of a portal.
[[nodiscard]] DaemonFacts ask_daemon_of(const Config& config, const std::string& alias);

// Everything that can be checked of a configured portal. `now`: our clock; `heal`: mends an amoCRM account's webhook.
void check_portal(const Config& config, const PortalConfig& portal, UnixSeconds now, bool heal, Findings& findings);

}  // namespace kpistream::app
