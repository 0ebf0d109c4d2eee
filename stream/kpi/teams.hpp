// Who is in which team: as configured, else as the CRM's departments have it.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "stream/portal.hpp"
#include "stream/ports/state.hpp"

namespace kpistream {

// By manager. Of several departments the one made last, since parts are made after their whole; those without a name
// that is known do not count. Then those of the portal's members, where none is known yet.
[[nodiscard]] std::map<std::string, std::string> teams_of(const State& state, const PortalSettings& portal);
// The configured ones alone.
[[nodiscard]] std::map<std::string, std::string> teams_of(const PortalSettings& portal);

// With no team anywhere all are one, "". Nothing: somebody without a team where others have one.
[[nodiscard]] std::optional<std::string> team_in(const std::map<std::string, std::string>& teams,
                                                 const std::string& manager);

}  // namespace kpistream
