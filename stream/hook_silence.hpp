// Whether a portal's webhooks are silent against the portal's own habit.
//
// The norm of an hour is the median of the same hour of the week over the four weeks before, of at least two known
// ones. A silence is told when none came in a span in which kSilentAfter were to be expected: of independent events
// that happens once in e^10 = 22 000 such spans. Nights, weekends and holidays of a portal need no calendar: little is
// expected then. Hours are those of Unix time, so that a change to summer time shifts the norm by an hour for a while.
#pragma once

#include <cstdint>
#include <map>

#include "stream/crm/vocabulary.hpp"
#include "stream/ports/journal.hpp"

namespace kpistream {

struct HookHour {
  std::uint64_t count = 0;
  UnixSeconds last = 0;  // arrival of its newest webhook
  Position newest = 0;   // of those counted: a journal that is read again counts nothing twice
  friend bool operator==(const HookHour&, const HookHour&) = default;
};
// Of one portal, by Unix time / 3600. An hour that is not there had none; before the first, and in it, nothing is
// known.
using HookHours = std::map<std::int64_t, HookHour>;

inline constexpr UnixSeconds kHour = 3'600;
inline constexpr std::int64_t kHookHoursKept = 840;  // five weeks
inline constexpr double kSilentAfter = 10;

// How many webhooks the norm expects between two moments; hours without a norm expect none. Pure.
[[nodiscard]] double expected_hooks(const HookHours& hours, UnixSeconds from, UnixSeconds to);

// True from the moment that the norm expected kSilentAfter since the hour of the newest webhook, until the next one.
// That hour itself is not counted: a portal may send all of an hour's webhooks at once. Pure.
[[nodiscard]] bool hooks_silent(const HookHours& hours, UnixSeconds now);

}  // namespace kpistream
