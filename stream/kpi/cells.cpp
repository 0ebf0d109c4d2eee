#include "stream/kpi/cells.hpp"

#include <algorithm>
#include <limits>

namespace kpistream {
namespace {

constexpr std::int64_t kMinutesOfDay = std::int64_t{24} * 60;
constexpr Minute kMinuteMax = 2'000'000'000;  // beyond what a calendar tells of

void visit_buckets(const State& state, Grain grain, const std::string& cells, const std::string& portal,
                   std::int64_t first, std::int64_t last, const CellVisitor& visit) {
  if (first >= last) return;
  const std::string end = last == std::numeric_limits<std::int64_t>::max() ? bucket_end(grain, cells, portal)
                                                                           : bucket_from(grain, cells, portal, last);
  state.scan(Space::cells, bucket_from(grain, cells, portal, first), end,
             [&](std::string_view key, std::string_view value) {
               if (!value.empty()) visit(parse_bucket_key(key), Cell::decode(value));
               return true;
             });
}

// The first local day that begins at `minute` or later.
Day first_day_from(const Calendar& calendar, Minute minute) {
  const Day day = calendar.day_of(minute * 60);
  return calendar.begin_of(day) >= minute ? day : day + 1;
}

}  // namespace

void visit_cells(const State& state, const Definition& definition, const std::string& portal, const Calendar& calendar,
                 const Range& range, const CellVisitor& visit) {
  if (range.first >= range.last) return;
  const std::string cells = definition.cells();
  const auto minutes = [&](Minute first, Minute last) {
    visit_buckets(state, Grain::minute, cells, portal, first, last, visit);
  };
  const auto days = [&](Day first, Day last) { visit_buckets(state, Grain::day, cells, portal, first, last, visit); };
  // Open ends hold whole days only.
  const bool from_start = range.first < -kMinuteMax;
  const bool to_end = range.last > kMinuteMax;
  const bool within_day = !from_start && !to_end && range.last - range.first <= kMinutesOfDay;
  if (!is_history(definition.windows) || within_day) return minutes(range.first, range.last);
  const Day first = from_start ? std::numeric_limits<Day>::min() : first_day_from(calendar, range.first);
  const Day last = to_end ? std::numeric_limits<Day>::max() : calendar.day_of(range.last * 60);
  if (first >= last) return minutes(range.first, range.last);
  if (!from_start) minutes(range.first, calendar.begin_of(first));
  days(first, last);
  if (!to_end) minutes(calendar.begin_of(last), range.last);
}

std::optional<Minute> first_minute(const State& state, const Definition& definition, const std::string& portal) {
  std::optional<Minute> first;
  const std::string cells = definition.cells();
  state.scan(Space::cells, bucket_from(Grain::minute, cells, portal, kNoMinute + 1),
             bucket_end(Grain::minute, cells, portal), [&](std::string_view key, std::string_view value) {
               if (value.empty()) return true;
               first = parse_bucket_key(key).bucket;
               return false;
             });
  return first;
}

}  // namespace kpistream
