// From the state of an entity to its facts in force. Pure: the rules of KPI.md and nothing else.
#pragma once

#include <optional>
#include <string>

#include "stream/facts/entity.hpp"
#include "stream/facts/fact.hpp"
#include "stream/portal.hpp"

namespace kpistream {

// An incoming call answered this close to an inquiry's creation is what created it: answered at once (K12).
inline constexpr std::int64_t kLiveCallSeconds = 60;

[[nodiscard]] Facts derive_facts(EntityKind kind, const Entity& entity, const PortalSettings& portal);

// The contact that an act (activity, call, message) means for the record it belongs to, if any.
struct ContactLink {
  EntityRef target;
  Contact contact;
};
[[nodiscard]] std::optional<ContactLink> contact_of(const EntityRef& ref, const Entity& act);

}  // namespace kpistream
