#include "stream/periods/schedule.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <span>

namespace kpistream::periods {
namespace {

constexpr std::int64_t kMinute = 60;
constexpr int kMinutesOfHour = 60;
constexpr std::int64_t kMinutesOfDay = 1'440;
constexpr int kHoursOfDay = 24;
constexpr Day kDaysSearched = 8 * 366 + 1;  // from one 29 February to the next, over a year like 2100

constexpr std::array<std::string_view, 6> kPeriods{"10m", "hour", "day", "week", "month", "quarter"};
static_assert(kPeriods.size() == static_cast<std::size_t>(kLastPeriod) + 1);

struct Word {
  std::string_view name;
  std::string_view fields;
};
constexpr std::array<Word, 6> kWords{{{"10m", "*/10 * * * *"},
                                      {"hourly", "0 * * * *"},
                                      {"daily", "0 9 * * *"},
                                      {"weekly", "0 9 * * mon"},
                                      {"monthly", "0 9 1 * *"},
                                      {"quarterly", "0 9 1 jan,apr,jul,oct *"}}};

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> kWeekdays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct FieldKind {
  std::string_view name;
  int min;
  int max;
  std::span<const std::string_view> names;  // of min and so on
};
constexpr std::array<FieldKind, 5> kFields{{{"minute", 0, 59, {}},
                                            {"hour", 0, 23, {}},
                                            {"day of month", 1, 31, {}},
                                            {"month", 1, 12, kMonths},
                                            {"weekday", 0, 7, kWeekdays}}};
enum FieldIndex : std::size_t { kMinuteField, kHourField, kDayField, kMonthField, kWeekdayField };

std::vector<std::string_view> split(std::string_view text, std::string_view separators, bool empty_too) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto end = text.find_first_of(separators);
    const auto part = text.substr(0, end);
    if (empty_too || !part.empty()) parts.push_back(part);
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// One field of a schedule that is being read.
class FieldReader {
 public:
  FieldReader(std::string_view schedule, const FieldKind& kind) : schedule_(schedule), kind_(kind) {}

  [[nodiscard]] std::uint64_t read(std::string_view text) const {
    std::uint64_t bits = 0;
    for (const std::string_view item : split(text, ",", true)) bits |= read_item(item);
    return bits;
  }

 private:
  [[nodiscard]] std::uint64_t read_item(std::string_view item) const {
    const auto slash = item.find('/');
    const std::string_view range = item.substr(0, slash);
    const auto dash = range.find('-');
    const bool all = range == "*";
    int first = kind_.min;
    int last = kind_.max;
    if (!all) {
      first = value(range.substr(0, dash));
      last = dash == std::string_view::npos ? first : value(range.substr(dash + 1));
      // Sunday ends a week as well as it begins one.
      if (dash != std::string_view::npos && last == 0 && kind_.max == 7) last = 7;
    }
    if (first > last) fail("'" + std::string(range) + "' runs backwards");
    int step = 1;
    if (slash != std::string_view::npos) {
      if (!all && dash == std::string_view::npos) {
        fail("a step needs a range or *, as in */" + std::string(item.substr(slash + 1)));
      }
      step = number(item.substr(slash + 1));
      if (step < 1) fail("a step is at least 1");
    }
    std::uint64_t bits = 0;
    for (int v = first; v <= last; v += step) bits |= std::uint64_t{1} << v;
    return bits;
  }

  [[nodiscard]] int value(std::string_view text) const {
    const auto name = std::find(kind_.names.begin(), kind_.names.end(), text);
    const int v = name == kind_.names.end() ? number(text) : kind_.min + static_cast<int>(name - kind_.names.begin());
    if (v < kind_.min || v > kind_.max) {
      fail("'" + std::string(text) + "' is not in " + std::to_string(kind_.min) + ".." + std::to_string(kind_.max));
    }
    return v;
  }

  [[nodiscard]] int number(std::string_view text) const {
    int v = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), v);
    if (text.empty() || failed != std::errc{} || end != text.data() + text.size()) {
      fail("'" + std::string(text) + "' is not a number" + (kind_.names.empty() ? "" : " or a name like mon or jan"));
    }
    return v;
  }

  [[noreturn]] void fail(const std::string& why) const {
    throw ScheduleError("schedule '" + std::string(schedule_) + "': " + std::string(kind_.name) + ": " + why);
  }

  std::string_view schedule_;
  const FieldKind& kind_;
};

bool has(std::uint64_t bits, int value) { return (bits >> value & 1) != 0; }
bool full(std::uint64_t bits, const FieldKind& kind) { return std::popcount(bits) == kind.max - kind.min + 1; }
constexpr std::uint64_t kAllWeek = 0x7f;

// From cron's count, where Sunday is 0 and 7, to days after Monday.
std::uint64_t from_monday(std::uint64_t cron) {
  std::uint64_t bits = cron >> 1 & kAllWeek;
  if (has(cron, 0)) bits |= std::uint64_t{1} << 6;
  return bits;
}

bool some_month_has(std::uint64_t days, std::uint64_t months) {
  constexpr std::array<int, 12> kLengths{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (int month = 1; month <= 12; ++month) {
    if (has(months, month) && std::countr_zero(days) <= kLengths.at(static_cast<std::size_t>(month) - 1)) return true;
  }
  return false;
}

}  // namespace

std::string_view period_name(Period period) { return kPeriods.at(static_cast<std::size_t>(period)); }

std::optional<Period> period_of(std::string_view name) {
  const auto it = std::find(kPeriods.begin(), kPeriods.end(), name);
  if (it == kPeriods.end()) return std::nullopt;
  return static_cast<Period>(it - kPeriods.begin());
}

Range closed_period(Period period, const Calendar& calendar, UnixSeconds at) {
  const auto full_minutes = [&](int length) {
    const Minute end = minute_of(at) - calendar.minute_of_day(at) % length;
    return Range{end - length, end};
  };
  const auto days = [&](Day first, Day last) { return Range{calendar.begin_of(first), calendar.begin_of(last)}; };
  const Day today = calendar.day_of(at);
  switch (period) {
    case Period::ten_minutes:
      return full_minutes(10);
    case Period::hour:
      return full_minutes(kMinutesOfHour);
    case Period::day:
      break;
    case Period::week:
      return days(Calendar::week_of(today) - 7, Calendar::week_of(today));
    case Period::month:
      return days(Calendar::month_of(Calendar::month_of(today) - 1), Calendar::month_of(today));
    case Period::quarter:
      return days(Calendar::quarter_of(Calendar::quarter_of(today) - 1), Calendar::quarter_of(today));
  }
  return days(today - 1, today);
}

Range open_period(Period period, const Calendar& calendar, UnixSeconds at) {
  const Minute first = closed_period(period, calendar, at).last;
  const Day day = calendar.day_of(first * 60);
  switch (period) {
    case Period::ten_minutes:
      return {first, first + 10};
    case Period::hour:
      return {first, first + kMinutesOfHour};
    case Period::day:
      break;
    case Period::week:
      return {first, calendar.begin_of(day + 7)};
    case Period::month:
      return {first, calendar.begin_of(Calendar::next_month(day))};
    case Period::quarter:
      return {first, calendar.begin_of(Calendar::next_quarter(day))};
  }
  return {first, calendar.begin_of(day + 1)};
}

std::string clock_text(const Calendar& calendar, UnixSeconds at) {
  const auto two = [](std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  const auto clock = [&](std::int64_t minutes) {
    return two(minutes / kMinutesOfHour) + ":" + two(minutes % kMinutesOfHour);
  };
  const Day day = calendar.day_of(at);
  const int minute = calendar.minute_of_day(at);
  if (minute_of(calendar.moment(day, minute)) == minute_of(at)) return clock(minute);
  const std::int64_t east = day * kMinutesOfDay + minute - minute_of(at);
  return clock(minute) + (east < 0 ? "-" : "+") + clock(std::abs(east));
}

std::string period_text(Period period, const Calendar& calendar, const Range& range) {
  const UnixSeconds begin = range.first * 60;
  std::string text = Calendar::text(calendar.day_of(begin));
  if (period != Period::ten_minutes && period != Period::hour) return text;
  return text + "T" + clock_text(calendar, begin);
}

Schedule::Schedule(std::string_view text) {
  const auto word = std::find_if(kWords.begin(), kWords.end(), [&](const Word& w) { return w.name == text; });
  const auto fields = split(word == kWords.end() ? text : word->fields, " \t", false);
  if (fields.size() != kFields.size()) {
    throw ScheduleError("schedule '" + std::string(text) +
                        "' is neither 10m, hourly, daily, weekly, monthly or quarterly nor five fields: "
                        "minute hour day-of-month month weekday");
  }
  const auto read = [&](FieldIndex i) { return FieldReader(text, kFields.at(i)).read(fields.at(i)); };
  minutes_ = read(kMinuteField);
  hours_ = read(kHourField);
  days_ = read(kDayField);
  months_ = read(kMonthField);
  weekdays_ = from_monday(read(kWeekdayField));
  hours_in_steps_ = fields.at(kHourField).starts_with('*');
  if (weekdays_ == kAllWeek && !some_month_has(days_, months_)) {
    throw ScheduleError("schedule '" + std::string(text) + "' never happens: no month of it has that day");
  }
}

bool Schedule::on(Day day) const {
  if (!has(months_, Calendar::month_number(day))) return false;
  const bool by_day = has(days_, Calendar::day_of_month(day));
  const bool by_weekday = has(weekdays_, Calendar::weekday(day));
  const bool both_restricted = weekdays_ != kAllWeek && !full(days_, kFields[kDayField]);
  return both_restricted ? by_day || by_weekday : by_day && by_weekday;
}

std::vector<UnixSeconds> Schedule::moments(const Calendar& calendar, Day day) const {
  std::vector<UnixSeconds> all;
  if (!on(day)) return all;
  if (full(hours_, kFields[kHourField])) {
    const Minute end = calendar.begin_of(day + 1);
    for (Minute minute = calendar.begin_of(day); minute < end; ++minute) {
      const UnixSeconds at = minute * kMinute;
      if (has(minutes_, calendar.minute_of_day(at) % kMinutesOfHour)) all.push_back(at);
    }
    return all;
  }
  for (int hour = 0; hour < kHoursOfDay; ++hour) {
    for (int minute = 0; has(hours_, hour) && minute < kMinutesOfHour; ++minute) {
      if (has(minutes_, minute)) all.push_back(calendar.moment(day, hour * kMinutesOfHour + minute));
    }
  }
  return all;
}

UnixSeconds Schedule::next_due(const Calendar& calendar, UnixSeconds after) const {
  const Day today = calendar.day_of(after);
  for (Day day = today; day < today + kDaysSearched; ++day) {
    const auto all = moments(calendar, day);
    const auto next = std::upper_bound(all.begin(), all.end(), after);
    if (next != all.end()) return *next;
  }
  return std::numeric_limits<UnixSeconds>::max();  // beyond what calendars tell of
}

UnixSeconds Schedule::last_due(const Calendar& calendar, UnixSeconds at) const {
  const Day today = calendar.day_of(at);
  for (Day day = today; day > today - kDaysSearched; --day) {
    const auto all = moments(calendar, day);
    const auto next = std::upper_bound(all.begin(), all.end(), at);
    if (next != all.begin()) return *(next - 1);
  }
  return std::numeric_limits<UnixSeconds>::min();
}

Period Schedule::usual_period() const {
  if (hours_in_steps_) return std::popcount(minutes_) == 1 ? Period::hour : Period::ten_minutes;
  if (weekdays_ != kAllWeek) return std::popcount(weekdays_) == 1 ? Period::week : Period::day;
  if (std::popcount(days_) != 1) return Period::day;
  return full(months_, kFields[kMonthField]) ? Period::month : Period::quarter;
}

}  // namespace kpistream::periods
