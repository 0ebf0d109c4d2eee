// Buckets for durations.
//
// Two kinds. Totals use the classic bounds of KPI.md K12, so that Prometheus sees a classic histogram with exact
// counts. Windows use logarithmic buckets, eight an octave, from which a quantile is read with a relative error of at
// most 1/16; integers throughout, so that what is taken back leaves nothing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "stream/kpi/cell.hpp"

namespace kpistream {

inline constexpr std::array<std::int64_t, 11> kClassicBounds{60,   300,   600,   900,   1800,  3600,
                                                             7200, 14400, 28800, 86400, 259200};

// Index of the first bound that is not below `seconds`; kClassicBounds.size() for +Inf. Negative counts as 0.
[[nodiscard]] Slot classic_bucket(std::int64_t seconds);

[[nodiscard]] Slot log_bucket(std::int64_t seconds);
// The middle of a logarithmic bucket, in seconds.
[[nodiscard]] std::int64_t log_bucket_middle(Slot bucket);

// The q-quantile (0 < q <= 1, nearest rank) of the logarithmic buckets in `cell`; nothing when there are none.
[[nodiscard]] std::optional<std::int64_t> quantile(const Cell& cell, double q);

}  // namespace kpistream
