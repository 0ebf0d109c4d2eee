// When a portal's table is taken, in the portal's own time, and which closed period it is of (K35).
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "stream/kpi/calendar.hpp"

namespace kpistream::periods {

enum class Period : std::uint8_t { ten_minutes, hour, day, week, month, quarter };
inline constexpr Period kLastPeriod = Period::quarter;
[[nodiscard]] std::string_view period_name(Period period);  // "10m", "hour", "day", ...
[[nodiscard]] std::optional<Period> period_of(std::string_view name);

// The last period of that kind that is over at `at`. Ten minutes and hours end where the local clock shows a full ten
// minutes or hour, and are that long; the others are whole local days.
[[nodiscard]] Range closed_period(Period period, const Calendar& calendar, UnixSeconds at);

// The period of that kind that `at` is in; it begins where the last closed one ends.
[[nodiscard]] Range open_period(Period period, const Calendar& calendar, UnixSeconds at);

// What the local clock shows, "14:10"; where it shows that twice, the second time with its distance from UTC,
// "02:00+01:00".
[[nodiscard]] std::string clock_text(const Calendar& calendar, UnixSeconds at);

// The first day of a period, "2026-09-07"; of hours and ten minutes with the time, "2026-09-07T14:10".
[[nodiscard]] std::string period_text(Period period, const Calendar& calendar, const Range& range);

// The text is for people: it names the field and what may stand there.
class ScheduleError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// "10m", "hourly", "daily" (09:00), "weekly" (Monday 09:00), "monthly" and "quarterly" (its first day, 09:00), or five
// fields as in crontab(5): minute hour day-of-month month weekday. A field is `*` or a list of numbers and ranges
// (mon..sun, jan..dec too), each range or `*` with a step if wanted: "*/15 9-18 * * mon-fri". Where both days are
// restricted, either is enough.
//
// A local time that the clocks jump over happens when they jump; one that comes twice happens once. A schedule of every
// hour, though, happens in every hour there is: also in the one that comes twice, or a period would be in no table.
//
// Immutable and thread-safe.
class Schedule {
 public:
  explicit Schedule(std::string_view text);  // throws ScheduleError

  [[nodiscard]] UnixSeconds next_due(const Calendar& calendar, UnixSeconds after) const;
  [[nodiscard]] UnixSeconds last_due(const Calendar& calendar, UnixSeconds at) const;  // at or before

  // What somebody who looks that often looks at, when the configuration does not say: a schedule of every hour (or of
  // hours in steps) ten minutes or the hour, one weekday the week, one day of every month the month, one day of some
  // months the quarter, anything else the day.
  [[nodiscard]] Period usual_period() const;

 private:
  [[nodiscard]] bool on(Day day) const;
  [[nodiscard]] std::vector<UnixSeconds> moments(const Calendar& calendar,
                                                 Day day) const;  // in order; at a jump of the clocks several are one

  // A bit a value; weekdays from Monday.
  std::uint64_t minutes_ = 0;
  std::uint64_t hours_ = 0;
  std::uint64_t days_ = 0;
  std::uint64_t months_ = 0;
  std::uint64_t weekdays_ = 0;
  bool hours_in_steps_ = false;
};

}  // namespace kpistream::periods
