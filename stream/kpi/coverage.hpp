// Coverage: which part of a range of time was verified against the CRM. What it means and why: docs/decisions/0011.
#pragma once

#include <cstdint>
#include <optional>

#include "stream/crm/vocabulary.hpp"
#include "stream/kpi/calendar.hpp"

namespace kpistream {

struct Verified {
  UnixSeconds since = 0;             // figures are known from here on; 0: nothing is known
  std::optional<UnixSeconds> until;  // up to when the CRM's lists were compared, 0: never; nothing: there are none
};

// Healing is on time as long as its lists were compared so lately: what is newer the webhooks tell.
inline constexpr UnixSeconds kComparedWithin = 1'200;

// In thousandths, rounded down; of a range that reaches beyond `now`, of its part up to `now`. A range that lies ahead
// is covered while healing is on time. Without lists to compare, all that is known counts as verified: a range is
// covered when it begins after `since`, else not. Pure.
[[nodiscard]] std::int64_t coverage_of(const Range& range, const Verified& verified, UnixSeconds now);

}  // namespace kpistream
