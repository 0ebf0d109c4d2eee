// A portal that is counted in the table of another one: random mappings, and what they do to its events.
#pragma once

#include "tests/model/chance.hpp"
#include "tests/model/events.hpp"

namespace kpistream::model {

// How the two portals are joined: whose table, and the mapping. Often not at all.
[[nodiscard]] CountsIn random_joining(Chance& chance, UnixSeconds around);

// What portals of one table have in common.
void take_table(PortalSettings& member, const PortalSettings& table);

// The events of a member as its table counts them.
[[nodiscard]] std::vector<Event> in_table(const std::vector<Event>& events, const PortalSettings& member);
using Names = std::map<std::string, std::string>;  // by id
[[nodiscard]] std::string person_in_table(const std::string& id, const PortalSettings& member);
[[nodiscard]] std::string funnel_in_table(const std::string& id, const PortalSettings& member);

}  // namespace kpistream::model
