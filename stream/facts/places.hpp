// Facts of places: where links meet that belong together, without a record of the CRM. Internal to stream/facts, but
// for what tells places and the days of acts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stream/facts/fact.hpp"
#include "stream/facts/links.hpp"
#include "stream/facts/rules.hpp"
#include "stream/kpi/calendar.hpp"

namespace kpistream {

// A break longer than this between two acts is no time at work (K32).
inline constexpr std::int64_t kBreakSeconds = 600;

// The field of a client_win that tells the client's age: calendar months since the first sale, at most "12" and then
// "12+", since it is to be a label.
inline constexpr std::string_view kAgeMonths = "age_months";
inline constexpr std::int64_t kAgeMonthsMost = 12;

// Kinds that have facts but no state of their own.
[[nodiscard]] bool is_place(EntityKind kind);

// Like acts lie in one place however many there are, and their facts by the day (UTC), each day a place of its own.
[[nodiscard]] EntityRef acts_of_day(const EntityRef& acts, UnixSeconds at);
// Where the links are that the facts of a place are made from: itself, but of a day of acts all acts.
[[nodiscard]] EntityRef links_of_place(const EntityRef& place);
// The days whose facts depend on an act: its own, and later ones that acts follow each other into within a minute.
// `acts`: with the act or without it.
[[nodiscard]] std::vector<EntityRef> days_touched(const Link& act, const LinkView& acts);

// Sorted by (kind, part).
[[nodiscard]] Facts facts_of_place(const EntityRef& place, const LinkView& links, const Calendar& calendar);

// One human act.
[[nodiscard]] Fact action_fact(const ActionOf& action, std::string part);

}  // namespace kpistream
