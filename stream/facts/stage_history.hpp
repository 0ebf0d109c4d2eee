// What the CRM's own history tells of a record between the whole states of it that are known.
//
// A row of the history (StagePoint::row) tells one thing at one moment: mostly that a stage was entered, of amoCRM also
// by whom, and changes of owner and amount. All else about that moment is its neighbours': as it was told before, else
// as it is told after. Where a whole state tells of the same entry and the row knows no hand, the row is dropped. All
// of it depends on the set of points alone, never on the order in which they came.
//
// A change of known hand (Observation::before) is two rows of one moment: how it stood, with an even number, no author
// and no `entered`, and how it stood then, with the odd number after it.
#pragma once

#include <vector>

#include "stream/crm/vocabulary.hpp"

namespace kpistream {

// The CRM writes a record and its history one after the other: so far apart they may be, in seconds.
inline constexpr UnixSeconds kSameEntry = 5;

// By time, behind those of its second.
void insert_point(std::vector<StagePoint>& points, const StagePoint& point);
// `row` is among the points or the late ones, or a whole state tells what it tells.
[[nodiscard]] bool tells_nothing_new(const std::vector<StagePoint>& points, const std::vector<StagePoint>& late,
                                     const StagePoint& row);
// After a point came or went: drops rows that are told otherwise, puts points of equal time in order, fills in. `late`
// gets the changes that a whole state has told shortly before; what still comes between may bring them back.
void settle_history(std::vector<StagePoint>& points, std::vector<StagePoint>& late);
// There are points and all are rows: what belongs to whom is not known, and nothing can be told yet.
[[nodiscard]] bool only_history(const std::vector<StagePoint>& points);
// How it stood before a change, where the point in front of it tells the same.
[[nodiscard]] bool is_repeated(const StagePoint& before, const StagePoint& point);

}  // namespace kpistream
