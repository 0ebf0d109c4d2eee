#include "stream/facts/stage_history.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <tuple>
#include <utility>

namespace kpistream {
namespace {

using Points = std::vector<StagePoint>;

bool is_row(const StagePoint& point) { return point.row != 0; }
bool is_before(const StagePoint& point) { return is_row(point) && point.entered == 0 && point.author.empty(); }
// How it stood after a change of known hand.
bool is_after(const StagePoint& point) { return is_row(point) && !point.author.empty(); }

bool tells(const StagePoint& point, RowTells what) { return !is_row(point) || point.tells == what; }

bool same_stage(const StagePoint& a, const StagePoint& b) { return a.stage == b.stage && a.pipeline == b.pipeline; }

bool same(const StagePoint& a, const StagePoint& b, RowTells what) {
  if (what == RowTells::owner) return a.owner == b.owner;
  if (what == RowTells::amount) return a.amount == b.amount && a.currency == b.currency;
  return same_stage(a, b);
}

bool near(UnixSeconds a, UnixSeconds b) { return a < b ? b - a <= kSameEntry : a - b <= kSameEntry; }

bool same_entry(const StagePoint& whole, const StagePoint& row) {
  return !is_row(whole) && whole.entered != 0 && same_stage(whole, row) && near(whole.entered, row.at);
}

bool told_by_a_whole(const Points& points, const StagePoint& row) {
  if (is_before(row) || is_after(row)) return false;
  return std::any_of(points.begin(), points.end(), [&](const StagePoint& point) { return same_entry(point, row); });
}

// ---- points of one second

// After which of the rows of its second a whole state was seen: the last one after which all that rows tell is as it
// has it, if there is one the last of the same hand. 0: after none.
std::uint64_t seen_after(const StagePoint& whole, const std::vector<const StagePoint*>& rows) {
  const StagePoint* told[3] = {};
  std::uint64_t last = 0;
  bool by_same_hand = false;
  for (const StagePoint* row : rows) {
    told[static_cast<std::size_t>(row->tells)] = row;
    const bool agrees = std::all_of(std::begin(told), std::end(told), [&](const StagePoint* one) {
      return one == nullptr || same(whole, *one, one->tells);
    });
    const bool same_hand = !whole.author.empty() && row->author == whole.author;
    if (!agrees || (by_same_hand && !same_hand)) continue;
    last = row->row;
    by_same_hand = same_hand;
  }
  return last;
}

// States that were seen after the same row are told apart by what they tell, so that order of arrival means nothing.
using Rank = std::tuple<int, std::uint64_t, bool, std::string_view, std::string_view, UnixSeconds>;

// A state in a stage that was entered before, then what the history has, then the state after it.
Rank rank(const StagePoint& point, const std::vector<const StagePoint*>& rows) {
  if (is_row(point)) return {1, point.row, false, {}, {}, 0};
  if (const auto row = seen_after(point, rows); row != 0)
    return {1, row, true, point.author, point.mover, point.entered};
  return {point.entered != 0 && point.entered < point.at ? 0 : 2, 0, false, {}, {}, 0};
}

void order_one_time(Points::iterator begin, Points::iterator end) {
  std::vector<const StagePoint*> rows;  // of changes whose hand is known
  for (auto point = begin; point != end; ++point) {
    if (is_before(*point) || is_after(*point)) rows.push_back(&*point);
  }
  std::sort(rows.begin(), rows.end(), [](const auto* a, const auto* b) { return a->row < b->row; });
  const Points unordered(begin, end);
  std::vector<std::pair<Rank, const StagePoint*>> ranked;
  for (const StagePoint& point : unordered) ranked.emplace_back(rank(point, rows), &point);
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [order, point] : ranked) *begin++ = *point;
}

// Only where rows are concerned: whole states of one second stay in order of arrival.
void order_equal_times(Points& points) {
  for (auto begin = points.begin(); begin != points.end();) {
    const auto end = std::find_if(begin, points.end(), [&](const StagePoint& p) { return p.at != begin->at; });
    if (std::any_of(begin, end, is_row)) order_one_time(begin, end);
    begin = end;
  }
}

// ---- a change that the CRM has written down a little later than the record that it changed

bool seen_shortly_before(const Points& points, std::size_t place) {
  const StagePoint& after = points[place];
  for (std::size_t i = place; i-- > 0;) {
    const StagePoint& point = points[i];
    if (!tells(point, after.tells) || point.row + 1 == after.row) continue;
    return !is_row(point) && point.at != after.at && near(point.at, after.at) && same(point, after, after.tells);
  }
  return false;
}

void put_late_aside(Points& points, Points& late) {
  std::vector<std::uint64_t> rows;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (is_after(points[i]) && seen_shortly_before(points, i)) rows.push_back(points[i].row);
  }
  if (rows.empty()) return;
  const auto stays = [&](const StagePoint& point) {
    const bool changes = is_before(point) || is_after(point);
    return !changes || std::find(rows.begin(), rows.end(), point.row | 1U) == rows.end();
  };
  const auto aside = std::stable_partition(points.begin(), points.end(), stays);
  late.assign(aside, points.end());
  points.erase(aside, points.end());
}

// ---- what rows do not tell

void fill_stage(StagePoint& row, const StagePoint* from) {
  row.entered = 0;
  row.outcome = from == nullptr ? Outcome::unknown : from->outcome;
  row.stage = from == nullptr ? std::string() : from->stage;
  row.pipeline = from == nullptr ? std::string() : from->pipeline;
  if (from == nullptr || from->entered <= row.at) return;
  row.outcome = Outcome::open;  // not yet in that stage, and where it was nobody tells
  row.stage.clear();
}

// Leaves only what the row itself tells.
void forget_neighbours(StagePoint& row) {
  if (row.tells != RowTells::stage) fill_stage(row, nullptr);
  if (row.tells == RowTells::stage && row.entered != 0) row.entered = row.at;
  if (row.tells != RowTells::owner) row.owner.clear();
  if (row.tells == RowTells::amount) return;
  row.amount = 0;
  row.currency.clear();
}

// When the stage was entered, by the word of a whole state where there is one.
void align(StagePoint& row, const Points& points) {
  if (!is_row(row) || row.tells != RowTells::stage || row.entered == 0) return;
  row.entered = row.at;
  const auto whole = std::find_if(points.begin(), points.end(), [&](const auto& p) { return same_entry(p, row); });
  if (whole != points.end()) row.entered = whole->entered;
}

void fill_in(Points& points) {
  const StagePoint* last[3] = {};  // who told it, by what
  for (const RowTells what : {RowTells::stage, RowTells::owner, RowTells::amount}) {
    const auto first = std::find_if(points.begin(), points.end(), [&](const auto& p) { return tells(p, what); });
    if (first != points.end()) last[static_cast<std::size_t>(what)] = &*first;
  }
  for (StagePoint& point : points) align(point, points);
  for (StagePoint& point : points) {
    if (is_row(point) && point.tells != RowTells::stage) fill_stage(point, last[0]);
    if (is_row(point) && point.tells != RowTells::owner && last[1] != nullptr) point.owner = last[1]->owner;
    if (is_row(point) && point.tells != RowTells::amount && last[2] != nullptr) {
      point.amount = last[2]->amount;
      point.currency = last[2]->currency;
    }
    for (const RowTells what : {RowTells::stage, RowTells::owner, RowTells::amount}) {
      if (tells(point, what)) last[static_cast<std::size_t>(what)] = &point;
    }
  }
}

}  // namespace

void insert_point(Points& points, const StagePoint& point) {
  const auto later = std::upper_bound(points.begin(), points.end(), point.at,
                                      [](UnixSeconds at, const StagePoint& have) { return at < have.at; });
  points.insert(later, point);
}

bool tells_nothing_new(const Points& points, const Points& late, const StagePoint& row) {
  const auto known = [&](const StagePoint& point) { return point.row == row.row; };
  return std::any_of(points.begin(), points.end(), known) || std::any_of(late.begin(), late.end(), known) ||
         told_by_a_whole(points, row);
}

void settle_history(Points& points, Points& late) {
  for (const StagePoint& point : late) insert_point(points, point);
  late.clear();
  if (std::none_of(points.begin(), points.end(), is_row)) return;
  const auto told = [&](const StagePoint& point) { return is_row(point) && told_by_a_whole(points, point); };
  Points kept;
  std::copy_if(points.begin(), points.end(), std::back_inserter(kept), [&](const StagePoint& p) { return !told(p); });
  points = std::move(kept);
  order_equal_times(points);
  put_late_aside(points, late);
  for (StagePoint& row : late) forget_neighbours(row);
  fill_in(points);
}

bool only_history(const Points& points) { return !points.empty() && std::all_of(points.begin(), points.end(), is_row); }

bool is_repeated(const StagePoint& before, const StagePoint& point) {
  return is_before(point) && same(before, point, point.tells);
}

}  // namespace kpistream
