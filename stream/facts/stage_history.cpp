#include "stream/facts/stage_history.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace kpistream {
namespace {

bool is_row(const StagePoint& point) { return point.row != 0; }

bool same_entry(const StagePoint& whole, const StagePoint& row) {
  if (is_row(whole) || whole.entered == 0) return false;
  if (whole.stage != row.stage || whole.pipeline != row.pipeline) return false;
  const UnixSeconds apart = whole.entered < row.entered ? row.entered - whole.entered : whole.entered - row.entered;
  return apart <= kSameEntry;
}

bool told_by_a_whole(const std::vector<StagePoint>& points, const StagePoint& row) {
  return std::any_of(points.begin(), points.end(), [&](const StagePoint& point) { return same_entry(point, row); });
}

// Within one second: a state in a stage that was entered before, then what the history has, then the state after it.
std::pair<int, std::uint64_t> rank(const StagePoint& point) {
  if (is_row(point)) return {1, point.row};
  return {point.entered != 0 && point.entered < point.at ? 0 : 2, 0};
}

// Only where rows are concerned: whole states of one second stay in order of arrival.
void order_equal_times(std::vector<StagePoint>& points) {
  for (auto begin = points.begin(); begin != points.end();) {
    const auto end = std::find_if(begin, points.end(), [&](const StagePoint& p) { return p.at != begin->at; });
    if (std::any_of(begin, end, is_row)) {
      std::stable_sort(begin, end, [](const StagePoint& a, const StagePoint& b) { return rank(a) < rank(b); });
    }
    begin = end;
  }
}

void fill_in(std::vector<StagePoint>& points) {
  const auto first = std::find_if_not(points.begin(), points.end(), is_row);
  if (first == points.end()) return;
  const StagePoint* whole = &*first;
  for (StagePoint& point : points) {
    if (!is_row(point)) {
      whole = &point;
      continue;
    }
    point.owner = whole->owner;
    point.amount = whole->amount;
    point.currency = whole->currency;
  }
}

}  // namespace

bool tells_nothing_new(const std::vector<StagePoint>& points, const StagePoint& row) {
  const bool present =
      std::any_of(points.begin(), points.end(), [&](const StagePoint& point) { return point.row == row.row; });
  return present || told_by_a_whole(points, row);
}

void settle_history(std::vector<StagePoint>& points) {
  if (std::none_of(points.begin(), points.end(), is_row)) return;
  const auto told = [&](const StagePoint& point) { return is_row(point) && told_by_a_whole(points, point); };
  std::vector<StagePoint> kept;
  std::copy_if(points.begin(), points.end(), std::back_inserter(kept), [&](const StagePoint& p) { return !told(p); });
  points = std::move(kept);
  order_equal_times(points);
  fill_in(points);
}

bool only_history(const std::vector<StagePoint>& points) {
  return !points.empty() && std::all_of(points.begin(), points.end(), is_row);
}

}  // namespace kpistream
