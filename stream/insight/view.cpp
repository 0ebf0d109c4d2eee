#include "stream/insight/view.hpp"

#include <algorithm>
#include <array>

namespace kpistream::insight {
namespace {

constexpr std::string_view kSumSuffix = ".sum";

Range cut(const Figures& figures, Range range) {
  range.last = std::min(range.last, minute_of(figures.now()) + 1);
  range.first = std::min(range.first, range.last);
  return range;
}

Numbers slots(const std::map<std::string, Cell>& cells, Slot slot) {
  Numbers found;
  for (const auto& [key, cell] : cells) {
    if (const std::int64_t value = cell.at(slot); value != 0) found.emplace(key, value);
  }
  return found;
}

}  // namespace

Range window(const Figures& figures, std::string_view name) {
  std::vector<Range> ranges(Calendar::windows(WindowSet::periods).size());
  figures.calendar().ranges(WindowSet::periods, figures.now(), ranges);
  return cut(figures, ranges.at(Calendar::period(name)));
}

Range days(const Figures& figures, Day first, Day last) {
  return cut(figures, {figures.calendar().begin_of(first), figures.calendar().begin_of(last)});
}

Day today(const Figures& figures) { return figures.calendar().day_of(figures.now()); }
Day this_week(const Figures& figures) { return Calendar::week_of(today(figures)); }

std::vector<Day> closed_weeks(const Figures& figures, int count) {
  std::vector<Day> mondays;
  for (Day monday = this_week(figures) - count * kWeekDays; monday < this_week(figures); monday += kWeekDays) {
    mondays.push_back(monday);
  }
  return mondays;
}

bool known(const Figures& figures, const Range& range) {
  return figures.known_since() != 0 && range.first >= minute_of(figures.known_since());
}

bool reliable(const Figures& figures, const Range& range) {
  return known(figures, range) && figures.coverage(range) >= kCoverageMin;
}

Unit unit_of(const Reading& read) {
  if (read.slot == kCountSlot) return Unit::count;
  return read.kpi == kpi::kCallTalk ? Unit::seconds : Unit::money;
}

bool is_money(std::string_view name) { return unit_of(reading(name)) == Unit::money; }

Reading reading(std::string_view name) {
  if (name == "revenue") name = kpi::kRevenue;
  if (!name.ends_with(kSumSuffix)) return {name, kCountSlot};
  name.remove_suffix(kSumSuffix.size());
  return {name, kSumSlot};
}

std::int64_t number(const Figures& figures, std::string_view name, const Range& range) {
  const Reading read = reading(name);
  return figures.sum(read.kpi, range).at(read.slot);
}

Numbers numbers(const Figures& figures, std::string_view name, Family family, const Range& range) {
  const Reading read = reading(name);
  return slots(figures.sums(read.kpi, family, range), read.slot);
}

Numbers labelled(const Figures& figures, std::string_view name, std::string_view label, const Range& range) {
  const Reading read = reading(name);
  return slots(figures.labelled(read.kpi, label, range), read.slot);
}

std::int64_t at(const Numbers& numbers, const std::string& key) {
  const auto it = numbers.find(key);
  return it == numbers.end() ? 0 : it->second;
}

}  // namespace kpistream::insight
