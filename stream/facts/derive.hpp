// From the state of an entity to its facts in force. Pure: the rules of KPI.md and nothing else.
#pragma once

#include "stream/facts/entity.hpp"
#include "stream/facts/fact.hpp"
#include "stream/facts/links.hpp"
#include "stream/facts/portal_view.hpp"

namespace kpistream {

// An incoming call answered this close to an inquiry's creation is what created it: answered at once (K12).
inline constexpr std::int64_t kLiveCallSeconds = 60;
// Repeats of the same act by the same person on the same record within this time are one action (K5).
inline constexpr std::int64_t kActionSeconds = 60;

// Sorted by (kind, part). `links` are those that go to the entity (of a call: that go to its line). `imported`: a lead
// or deal that made_in_bulk() holds for. As they count in the table that they are counted in.
[[nodiscard]] Facts derive_facts(const EntityRef& ref, const Entity& entity, const LinkView& links,
                                 const Portal& portal, bool imported = false);

}  // namespace kpistream
