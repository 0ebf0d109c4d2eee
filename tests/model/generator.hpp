// Random histories of one portal.
#pragma once

#include "tests/model/chance.hpp"
#include "tests/model/history.hpp"

namespace kpistream::model {

// The same seed gives the same history. `catalogue`: what its definitions are taken from.
[[nodiscard]] History random_history(std::uint64_t seed, const std::vector<Definition>& catalogue);

// Parts of it.
[[nodiscard]] PortalSettings random_settings(Chance& chance, std::int64_t around_day);
// The same portal, configured otherwise.
[[nodiscard]] PortalSettings other_settings(Chance& chance, PortalSettings settings, std::int64_t around_day);
[[nodiscard]] Details random_details(Chance& chance, EntityKind kind, UnixSeconds at);
// The same KPI, counted otherwise.
[[nodiscard]] Definition other_definition(Chance& chance, Definition definition);

}  // namespace kpistream::model
