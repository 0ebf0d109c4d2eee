#include "stream/kpi/calendar.hpp"

#include <date/tz.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>

namespace kpistream {
namespace {

constexpr std::array<std::string_view, 15> kPeriods{"10m",
                                                    "1h",
                                                    "24h",
                                                    "7d",
                                                    "28d",
                                                    "day",
                                                    "week",
                                                    "month",
                                                    "quarter",
                                                    "day_prev",
                                                    "week_prev",
                                                    "month_prev",
                                                    "quarter_prev",
                                                    "week_prev_same_point",
                                                    "month_prev_same_point"};
constexpr std::array<std::string_view, 5> kTaskDue{"overdue", "today", "tomorrow", "later", "none"};
constexpr std::array<std::string_view, 2> kMeetingDue{"today", "tomorrow"};
constexpr std::array<std::string_view, 3> kSegment{"active", "dormant", "lost"};
constexpr std::array<std::string_view, 1> kOne{""};
constexpr std::array<std::string_view, kCohorts> kCohortsAgo{"0", "1", "2", "3", "4",  "5",
                                                             "6", "7", "8", "9", "10", "11"};

constexpr Minute kEndOfTime = INT64_MAX;
constexpr std::int64_t kMinutesOfDay = std::int64_t{24} * 60;
constexpr UnixSeconds kTimeMax = 250'000'000'000;  // some 7900 years either way
constexpr int kDaysSearched = 400;                 // no schedule is without work for longer than this

Range rolling(Minute now, Minute length) { return {now + 1 - length, now + 1}; }

date::sys_days civil(Day day) { return date::sys_days{date::days{day}}; }
date::year_month_day fields(Day day) { return date::year_month_day{civil(day)}; }
Day number(const date::year_month_day& ymd) { return date::sys_days{ymd}.time_since_epoch().count(); }
Day first_of(const date::year_month& month) { return number(month / 1); }

// The minute after the last one that lies wholly before `at`.
Minute minute_after(UnixSeconds at) { return minute_of(at + 59); }

}  // namespace

std::string_view window_set_name(WindowSet set) {
  constexpr std::array<std::string_view, 11> kNames{"periods", "task_due",     "meeting_due",  "next_working_day",
                                                    "open",    "overdue",      "unreturned",   "stuck",
                                                    "segment", "cohort_weeks", "cohort_months"};
  return kNames.at(static_cast<std::size_t>(set));
}

struct Calendar::Zone {
  const date::time_zone* zone;

  [[nodiscard]] date::local_seconds local(UnixSeconds at) const {
    return zone->to_local(date::sys_seconds{std::chrono::seconds{at}});
  }
  [[nodiscard]] Day day_of(UnixSeconds at) const {
    at = std::clamp(at, -kTimeMax, kTimeMax);  // a CRM may tell anything; calendars do not reach that far
    return date::floor<date::days>(local(at)).time_since_epoch().count();
  }
  // Where the clocks jump over that local time, the moment they jump; where it comes twice, the first.
  [[nodiscard]] UnixSeconds moment(Day day, std::int64_t minute_of_day) const {
    const auto at = date::local_days{date::days{day}} + std::chrono::minutes{minute_of_day};
    return date::floor<std::chrono::seconds>(zone->to_sys(at, date::choose::earliest)).time_since_epoch().count();
  }
};

Calendar::Calendar(const PortalSettings& portal)
    : work_(portal.work),
      response_target_(portal.response_target),
      return_within_(portal.return_within),
      stuck_days_(portal.stuck_days),
      client_days_(portal.client_days) {
  try {
    zone_ = std::make_unique<const Zone>(Zone{date::locate_zone(portal.zone)});
  } catch (const std::exception&) {
    throw std::runtime_error("time zone '" + portal.zone +
                             "' is not known to this system (is the package tzdata installed?)");
  }
}

Calendar::~Calendar() = default;

std::span<const std::string_view> Calendar::windows(WindowSet set) {
  switch (set) {
    case WindowSet::periods:
      return kPeriods;
    case WindowSet::task_due:
      return kTaskDue;
    case WindowSet::meeting_due:
      return kMeetingDue;
    case WindowSet::segment:
      return kSegment;
    case WindowSet::cohort_weeks:
    case WindowSet::cohort_months:
      return kCohortsAgo;
    case WindowSet::next_working_day:
    case WindowSet::open:
    case WindowSet::overdue:
    case WindowSet::unreturned:
    case WindowSet::stuck:
      break;
  }
  return kOne;
}

std::string_view Calendar::label(WindowSet set) {
  switch (set) {
    case WindowSet::periods:
      return "window";
    case WindowSet::task_due:
    case WindowSet::meeting_due:
      return "due";
    case WindowSet::segment:
      return "segment";
    case WindowSet::cohort_weeks:
      return "cohort_week";
    case WindowSet::cohort_months:
      return "cohort_month";
    default:
      return "";
  }
}

std::vector<std::string> Calendar::label_values(WindowSet set, UnixSeconds now) const {
  constexpr std::size_t kMonthLength = 7;  // "2026-09"
  const auto names = windows(set);
  std::vector<std::string> values(names.begin(), names.end());
  if (!is_cohort(set)) return values;
  Day first = set == WindowSet::cohort_weeks ? week_of(day_of(now)) : month_of(day_of(now));
  for (std::string& value : values) {
    value = set == WindowSet::cohort_weeks ? text(first) : text(first).substr(0, kMonthLength);
    first = set == WindowSet::cohort_weeks ? first - 7 : month_of(first - 1);
  }
  return values;
}

std::size_t Calendar::period(std::string_view window) {
  const auto it = std::find(kPeriods.begin(), kPeriods.end(), window);
  return it == kPeriods.end() ? npos : static_cast<std::size_t>(it - kPeriods.begin());
}

Day Calendar::day_of(UnixSeconds at) const { return zone_->day_of(at); }
Minute Calendar::begin_of(Day day) const { return minute_of(zone_->moment(day, 0)); }
UnixSeconds Calendar::moment(Day day, int minute_of_day) const { return zone_->moment(day, minute_of_day); }

int Calendar::minute_of_day(UnixSeconds at) const {
  const auto local = zone_->local(std::clamp(at, -kTimeMax, kTimeMax));
  return static_cast<int>(date::floor<std::chrono::minutes>(local - date::floor<date::days>(local)).count());
}

int Calendar::weekday(Day day) { return static_cast<int>((date::weekday{civil(day)} - date::Monday).count()); }
Day Calendar::week_of(Day day) { return day - weekday(day); }

Day Calendar::month_of(Day day) {
  const auto ymd = fields(day);
  return first_of(ymd.year() / ymd.month());
}

Day Calendar::quarter_of(Day day) {
  const auto ymd = fields(day);
  const unsigned month = (static_cast<unsigned>(ymd.month()) - 1) / 3 * 3 + 1;
  return first_of(ymd.year() / date::month{month});
}

Day Calendar::next_month(Day first) {
  const auto ymd = fields(first);
  return first_of(ymd.year() / ymd.month() + date::months{1});
}

Day Calendar::next_quarter(Day first) {
  const auto ymd = fields(first);
  return first_of(ymd.year() / ymd.month() + date::months{3});
}

int Calendar::month_number(Day day) { return static_cast<int>(static_cast<unsigned>(fields(day).month())); }
std::int64_t Calendar::months_between(Day from, Day to) {
  const auto months = [](Day day) {
    const auto ymd = fields(day);
    return static_cast<std::int64_t>(static_cast<int>(ymd.year())) * 12 + static_cast<unsigned>(ymd.month());
  };
  return months(to) - months(from);
}

int Calendar::day_of_month(Day day) { return static_cast<int>(static_cast<unsigned>(fields(day).day())); }

std::string Calendar::text(Day day) { return date::format("%F", civil(day)); }

namespace {

// The hours of a local day under a schedule.
WorkHours hours_of(const WorkSchedule& work, Day day) {
  if (const auto moved = work.transferred.find(day); moved != work.transferred.end()) {
    return work.week[static_cast<std::size_t>(moved->second)];
  }
  if (std::binary_search(work.holidays.begin(), work.holidays.end(), day)) return {};
  return work.week[static_cast<std::size_t>(Calendar::weekday(day))];
}

}  // namespace

bool Calendar::working_day(Day day) const {
  const WorkHours hours = hours_of(work_, day);
  return hours.begin < hours.end;
}

bool Calendar::working(UnixSeconds at) const {
  const Day day = day_of(at);
  const WorkHours hours = hours_of(work_, day);
  return hours.begin < hours.end && zone_->moment(day, hours.begin) <= at && at < zone_->moment(day, hours.end);
}

std::int64_t Calendar::working_seconds(UnixSeconds from, UnixSeconds to) const {
  if (from >= to) return 0;
  std::int64_t sum = 0;
  for (Day day = day_of(from); day <= day_of(to); ++day) {
    const WorkHours hours = hours_of(work_, day);
    if (hours.begin >= hours.end) continue;
    const UnixSeconds begin = std::max(from, zone_->moment(day, hours.begin));
    const UnixSeconds end = std::min(to, zone_->moment(day, hours.end));
    sum += std::max<std::int64_t>(0, end - begin);
  }
  return sum;
}

Day Calendar::next_working_day(Day day) const {
  for (Day next = day + 1; next < day + kDaysSearched; ++next) {
    if (working_day(next)) return next;
  }
  return day + 1;
}

UnixSeconds Calendar::working_seconds_before(UnixSeconds now, std::int64_t seconds) const {
  Day day = day_of(now);
  for (int i = 0; i < kDaysSearched; ++i, --day) {
    const WorkHours hours = hours_of(work_, day);
    if (hours.begin >= hours.end) continue;
    const UnixSeconds begin = zone_->moment(day, hours.begin);
    const UnixSeconds end = std::min(now, zone_->moment(day, hours.end));
    if (end - begin >= seconds) return end - seconds;
    seconds -= std::max<std::int64_t>(0, end - begin);
  }
  return zone_->moment(day, 0);
}

UnixSeconds Calendar::working_days_before(UnixSeconds now, std::int64_t days) const {
  Day day = day_of(now);
  for (int i = 0; i < kDaysSearched && days > 0; ++i) {
    --day;
    if (working_day(day)) --days;
  }
  const std::int64_t into_day = now - zone_->moment(day_of(now), 0);
  return std::min(zone_->moment(day, 0) + into_day, zone_->moment(day + 1, 0));
}

UnixSeconds Calendar::same_point(Day from, UnixSeconds now, Day first, Day last) const {
  std::int64_t passed = working_seconds(zone_->moment(from, 0), now);
  if (passed == 0) return zone_->moment(first, 0);
  for (Day day = first; day < last; ++day) {
    const WorkHours hours = hours_of(work_, day);
    if (hours.begin >= hours.end) continue;
    const UnixSeconds begin = zone_->moment(day, hours.begin);
    const std::int64_t length = zone_->moment(day, hours.end) - begin;
    if (passed <= length) return begin + passed;
    passed -= length;
  }
  return zone_->moment(last, 0);
}

namespace {

// Whole weeks or months, the running one first.
void cohorts(const Calendar& calendar, WindowSet set, Day today, std::span<Range> out) {
  const bool weeks = set == WindowSet::cohort_weeks;
  Day first = weeks ? Calendar::week_of(today) : Calendar::month_of(today);
  for (Range& range : out) {
    range = {calendar.begin_of(first), calendar.begin_of(weeks ? first + 7 : Calendar::next_month(first))};
    first = weeks ? first - 7 : Calendar::month_of(first - 1);
  }
}

}  // namespace

void Calendar::ranges(WindowSet set, UnixSeconds now, std::span<Range> out) const {
  const Minute minute = minute_of(now);
  const Day today = day_of(now);
  const auto begin = [&](Day day) { return begin_of(day); };
  switch (set) {
    case WindowSet::periods: {
      const Day week = week_of(today);
      const Day month = month_of(today);
      const Day quarter = quarter_of(today);
      const Day month_prev = month_of(month - 1);
      const UnixSeconds so_far = (minute + 1) * 60;  // like the others: with the minute that runs
      out[0] = rolling(minute, 10);
      out[1] = rolling(minute, 60);
      out[2] = rolling(minute, kMinutesOfDay);
      out[3] = rolling(minute, 7 * kMinutesOfDay);
      out[4] = rolling(minute, 28 * kMinutesOfDay);
      out[5] = {begin(today), begin(today + 1)};
      out[6] = {begin(week), begin(week + 7)};
      out[7] = {begin(month), begin(next_month(month))};
      out[8] = {begin(quarter), begin(next_quarter(quarter))};
      out[9] = {begin(today - 1), begin(today)};
      out[10] = {begin(week - 7), begin(week)};
      out[11] = {begin(month_prev), begin(month)};
      out[12] = {begin(quarter_of(quarter - 1)), begin(quarter)};
      out[13] = {begin(week - 7), minute_after(same_point(week, so_far, week - 7, week))};
      out[14] = {begin(month_prev), minute_after(same_point(month, so_far, month_prev, month))};
      break;
    }
    case WindowSet::task_due:
      out[0] = {kNoMinute + 1, minute};
      out[1] = {minute, begin(today + 1)};
      out[2] = {begin(today + 1), begin(today + 2)};
      out[3] = {begin(today + 2), kEndOfTime};
      out[4] = {kNoMinute, kNoMinute + 1};
      break;
    case WindowSet::meeting_due:
      out[0] = {begin(today), begin(today + 1)};
      out[1] = {begin(today + 1), begin(today + 2)};
      break;
    case WindowSet::next_working_day: {
      const Day working = next_working_day(today);
      out[0] = {begin(working), begin(working + 1)};
      break;
    }
    case WindowSet::open:
      out[0] = {kNoMinute, kEndOfTime};
      break;
    case WindowSet::overdue:
      out[0] = {kNoMinute, minute_of(working_seconds_before(now, response_target_))};
      break;
    case WindowSet::unreturned:
      out[0] = {kNoMinute, minute_of(working_seconds_before(now, return_within_))};
      break;
    case WindowSet::stuck:
      out[0] = {kNoMinute, minute_of(working_days_before(now, stuck_days_))};
      break;
    case WindowSet::segment: {
      const Minute active = begin(today - client_days_);
      const Minute dormant = begin(today - 2 * client_days_);
      out[0] = {active, kEndOfTime};
      out[1] = {dormant, active};
      out[2] = {kNoMinute, dormant};
      break;
    }
    case WindowSet::cohort_weeks:
    case WindowSet::cohort_months:
      return cohorts(*this, set, today, out);
  }
}

}  // namespace kpistream
