// Facts of places: where links meet that belong together, without a record of the CRM. Internal to stream/facts, but
// for is_place().
#pragma once

#include <string>

#include "stream/facts/fact.hpp"
#include "stream/facts/links.hpp"
#include "stream/facts/rules.hpp"
#include "stream/kpi/calendar.hpp"

namespace kpistream {

// A break longer than this between two acts is no time at work (K32).
inline constexpr std::int64_t kBreakSeconds = 600;

// Kinds that have facts but no state of their own.
[[nodiscard]] bool is_place(EntityKind kind);

// Sorted by (kind, part).
[[nodiscard]] Facts facts_of_place(const EntityRef& place, const LinkView& links, const Calendar& calendar);

// One human act.
[[nodiscard]] Fact action_fact(const ActionOf& action, std::string part);

}  // namespace kpistream
