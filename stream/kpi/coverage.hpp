// Coverage: which part of a range of time was verified against the CRM. What it means and why: docs/decisions/0011.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "stream/crm/vocabulary.hpp"
#include "stream/kpi/calendar.hpp"
#include "stream/portal.hpp"
#include "stream/ports/state.hpp"

namespace kpistream {

struct Verified {
  UnixSeconds since = 0;             // figures are known from here on; 0: nothing is known
  std::optional<UnixSeconds> until;  // up to when the CRM's lists were compared, 0: never; nothing: there are none
  UnixSeconds ends = 0;              // nothing from here on is counted, and so needs no proof; 0: no end
};

// Healing is on time as long as its lists were compared so lately: what is newer the webhooks tell.
inline constexpr UnixSeconds kComparedWithin = 1'200;

// In thousandths, rounded down; of a range that reaches beyond `now`, of its part up to `now`. A range that lies ahead
// is covered while healing is on time. Without lists to compare, all that is known counts as verified: a range is
// covered when it begins after `since`, else not. Pure.
[[nodiscard]] std::int64_t coverage_of(const Range& range, const Verified& verified, UnixSeconds now);

// The same of a table and of all portals that are counted in it, of which the worst counts.
struct TableVerified {
  UnixSeconds since = 0;        // since when all of it is known; 0: of one of them nothing is
  std::vector<Verified> parts;  // the table's own portal, then its members
};
[[nodiscard]] std::int64_t worst_coverage_of(const Range& range, const TableVerified& verified, UnixSeconds now);

// As it stands in the state. Where a member has an end, and the table's own portal was there by then, the company has
// moved: before the own portal began there was nothing in it to know of.
[[nodiscard]] TableVerified verified_of(const State& state, const PortalSettings& table);

}  // namespace kpistream
