// Stages that a record went through between two whole states, as the CRM's own history tells them.
//
// A row of the history (StagePoint::row) knows when a stage was entered, and no owner, amount or hand. Where a whole
// state tells of the same entry, the row is dropped; else owner and money are those of the whole state before it, or
// of the first one after it. All of it depends on the set of points alone, never on the order in which they came.
#pragma once

#include <vector>

#include "stream/crm/vocabulary.hpp"

namespace kpistream {

// The CRM writes a record and its history one after the other: so far apart they may be, in seconds.
inline constexpr UnixSeconds kSameEntry = 5;

// `row` is among the points, or a whole state tells what it tells.
[[nodiscard]] bool tells_nothing_new(const std::vector<StagePoint>& points, const StagePoint& row);
// After a point came or went: drops rows that are told otherwise, puts points of equal time in order, fills in.
void settle_history(std::vector<StagePoint>& points);
// There are points and all are rows: what belongs to whom is not known, and nothing can be told yet.
[[nodiscard]] bool only_history(const std::vector<StagePoint>& points);

}  // namespace kpistream
