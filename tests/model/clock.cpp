#include "tests/model/clock.hpp"

#include <date/tz.h>

#include <algorithm>
#include <map>

namespace kpistream::model {
namespace {

constexpr UnixSeconds kFirst = 1'100'000'000;  // 2004
constexpr UnixSeconds kLast = 2'000'000'000;   // 2033

std::int64_t floored(std::int64_t value, std::int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }
UnixSeconds minute(UnixSeconds at) { return floored(at, 60) * 60; }

// Years and months by counting days, as on a wall calendar.
struct Date {
  int year = 1970;
  int month = 1;  // 1 to 12
  std::int64_t first = 0;
};

int length(int year, int month) {
  constexpr int kLengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return kLengths[month - 1] + (month == 2 && leap ? 1 : 0);
}

Date month_after(Date date) {
  date.first += length(date.year, date.month);
  if (++date.month == 13) date.month = 1, ++date.year;
  return date;
}

Date month_before(Date date) {
  if (--date.month == 0) date.month = 12, --date.year;
  date.first -= length(date.year, date.month);
  return date;
}

Date month_of(std::int64_t day) {
  static const std::vector<Date> all = [] {
    std::vector<Date> months{Date{}};
    while (months.back().year < 2040) months.push_back(month_after(months.back()));
    return months;
  }();
  const auto after = std::upper_bound(all.begin(), all.end(), day, [](auto d, const Date& m) { return d < m.first; });
  return *(after - 1);
}

Date quarter_of(std::int64_t day) {
  Date date = month_of(day);
  while (date.month % 3 != 1) date = month_before(date);
  return date;
}

}  // namespace

const std::vector<Clock::Offset>& Clock::offsets_of(const std::string& zone) {
  static std::map<std::string, std::vector<Offset>> known;
  auto& offsets = known[zone];
  if (!offsets.empty()) return offsets;
  const auto* found = date::locate_zone(zone);
  for (UnixSeconds at = kFirst; at < kLast;) {
    const auto info = found->get_info(date::sys_seconds{std::chrono::seconds{at}});
    const UnixSeconds end = std::min<UnixSeconds>(info.end.time_since_epoch().count(), kLast);
    if (!offsets.empty() && offsets.back().seconds == info.offset.count()) {
      offsets.back().to = end;
    } else {
      offsets.push_back({at, end, info.offset.count()});
    }
    at = end;
  }
  return offsets;
}

Clock::Clock(const PortalSettings& settings) : settings_(settings), offsets_(offsets_of(settings.zone)) {}

std::int64_t Clock::day(UnixSeconds at) const {
  for (const Offset& offset : offsets_) {
    if (at < offset.to) return floored(at + offset.seconds, 86'400);
  }
  return floored(at + offsets_.back().seconds, 86'400);
}

std::int64_t Clock::minute_of_day(UnixSeconds at) const {
  const auto offset = std::find_if(offsets_.begin(), offsets_.end(), [&](const Offset& o) { return at < o.to; });
  const std::int64_t shown = at + (offset == offsets_.end() ? offsets_.back() : *offset).seconds;
  return (shown - floored(shown, 86'400) * 86'400) / 60;
}

std::int64_t Clock::month(UnixSeconds at) const {
  const Date date = month_of(day(at));
  return date.year * 12 + date.month;
}

// The first moment at which a clock on the wall there shows that time or, having jumped over it, a later one.
UnixSeconds Clock::moment(std::int64_t day, int minute_of_day) const {
  const std::int64_t shown = day * 86'400 + minute_of_day * 60;
  for (const Offset& offset : offsets_) {
    const UnixSeconds at = std::max(shown - offset.seconds, offset.from);
    if (at < offset.to) return at;
  }
  return shown - offsets_.back().seconds;
}

WorkHours Clock::hours(std::int64_t day) const {
  const WorkSchedule& work = settings_.work;
  if (const auto moved = work.transferred.find(day); moved != work.transferred.end()) {
    return work.week.at(static_cast<std::size_t>(moved->second));
  }
  if (std::find(work.holidays.begin(), work.holidays.end(), day) != work.holidays.end()) return {};
  return work.week.at(static_cast<std::size_t>((day + 3) % 7));  // 1970 began on a Thursday
}

bool Clock::works(std::int64_t day) const { return hours(day).begin < hours(day).end; }

Span Clock::work(std::int64_t day) const {
  const WorkHours h = hours(day);
  return h.begin < h.end ? Span{moment(day, h.begin), moment(day, h.end)} : Span{0, 0};
}

std::int64_t Clock::working(UnixSeconds from, UnixSeconds to) const {
  std::int64_t sum = 0;
  for (std::int64_t d = day(from) - 1; d <= day(to) + 1 && from < to; ++d) {
    const Span span = work(d);
    sum += std::max<std::int64_t>(0, std::min(to, span.to) - std::max(from, span.from));
  }
  return sum;
}

// The latest moment since which that much has been worked.
UnixSeconds Clock::worked_before(UnixSeconds now, std::int64_t seconds) const {
  UnixSeconds no = now;
  UnixSeconds yes = now;
  for (std::int64_t step = 86'400; working(yes, now) < seconds; step *= 2) no = yes, yes -= step;
  while (no - yes > 1) {
    const UnixSeconds middle = yes + (no - yes) / 2;
    (working(middle, now) >= seconds ? yes : no) = middle;
  }
  return yes;
}

// The same time of the day, that many working days ago.
UnixSeconds Clock::days_before(UnixSeconds now, std::int64_t days) const {
  const std::int64_t today = day(now);
  std::int64_t then = today;
  while (days > 0) days -= works(--then) ? 1 : 0;
  return std::min(midnight(then) + now - midnight(today), midnight(then + 1));
}

UnixSeconds Clock::same_point(std::int64_t begin, UnixSeconds now, std::int64_t first, std::int64_t last) const {
  std::int64_t left = working(midnight(begin), now);
  if (left == 0) return midnight(first);
  for (std::int64_t d = first; d < last; ++d) {
    const Span span = work(d);
    if (span.from == span.to) continue;
    if (left <= span.to - span.from) return span.from + left;
    left -= span.to - span.from;
  }
  return midnight(last);
}

std::vector<Span> Clock::periods(UnixSeconds now) const {
  const std::int64_t today = day(now);
  const std::int64_t week = today - (today + 3) % 7;
  const Date month = month_of(today);
  const Date quarter = quarter_of(today);
  const Date last_month = month_before(month);
  const Date next_quarter = month_after(month_after(month_after(quarter)));
  const Date last_quarter = month_before(month_before(month_before(quarter)));
  const auto rolling = [&](std::int64_t minutes) { return Span{minute(now) + 60 - minutes * 60, minute(now) + 60}; };
  const auto up_to = [](UnixSeconds at) { return minute(at + 59); };
  const UnixSeconds so_far = minute(now) + 60;
  return {rolling(10),
          rolling(60),
          rolling(1'440),
          rolling(7 * 1'440),
          rolling(28 * 1'440),
          days(today, today + 1),
          days(week, week + 7),
          days(month.first, month_after(month).first),
          days(quarter.first, next_quarter.first),
          days(today - 1, today),
          days(week - 7, week),
          days(last_month.first, month.first),
          days(last_quarter.first, quarter.first),
          {midnight(week - 7), up_to(same_point(week, so_far, week - 7, week))},
          {midnight(last_month.first), up_to(same_point(month.first, so_far, last_month.first, month.first))}};
}

std::vector<Span> Clock::windows(WindowSet set, UnixSeconds now) const {
  const std::int64_t today = day(now);
  switch (set) {
    case WindowSet::periods:
      return periods(now);
    case WindowSet::task_due:  // the last: without a deadline
      return {{-kEver, minute(now)},
              {minute(now), midnight(today + 1)},
              days(today + 1, today + 2),
              {midnight(today + 2), kEver},
              {kNoTime, kNoTime + 1}};
    case WindowSet::meeting_due:
      return {days(today, today + 1), days(today + 1, today + 2)};
    case WindowSet::next_working_day: {
      std::int64_t next = today + 1;
      while (!works(next)) ++next;
      return {days(next, next + 1)};
    }
    case WindowSet::open:
      return {{kNoTime, kEver}};
    case WindowSet::overdue:
      return {{-kEver, minute(worked_before(now, settings_.response_target))}};
    case WindowSet::unreturned:
      return {{-kEver, minute(worked_before(now, settings_.return_within))}};
    case WindowSet::stuck:
      return {{-kEver, minute(days_before(now, settings_.stuck_days))}};
    case WindowSet::cohort_weeks: {
      std::vector<Span> weeks;
      for (std::int64_t week = today - (today + 3) % 7; weeks.size() < 12; week -= 7)
        weeks.push_back(days(week, week + 7));
      return weeks;
    }
    case WindowSet::cohort_months: {
      std::vector<Span> months;
      for (Date month = month_of(today); months.size() < 12; month = month_before(month)) {
        months.push_back(days(month.first, month_after(month).first));
      }
      return months;
    }
    case WindowSet::segment: {
      const UnixSeconds active = midnight(today - settings_.client_days);
      const UnixSeconds dormant = midnight(today - 2 * settings_.client_days);
      return {{active, kEver}, {dormant, active}, {-kEver, dormant}};
    }
  }
  return {};
}

}  // namespace kpistream::model
