// Windows in a portal's own time: which minutes each window covers at a given moment.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stream/codec/keys.hpp"
#include "stream/portal.hpp"

namespace kpistream {

// Which set of windows a KPI is shown in. Periods and cohorts are of what happened; all others are of states, as they
// stand now.
enum class WindowSet : std::uint8_t {
  periods,           // label window: the rolling, calendar and closed windows of KPI.md
  task_due,          // label due: overdue today tomorrow later none, disjoint (K22)
  meeting_due,       // label due: today tomorrow (K24)
  next_working_day,  // no label: begins on the next working day (K24)
  open,              // no label: all
  overdue,           // no label: older than PortalSettings::response_target of working time (K12)
  unreturned,        // no label: older than PortalSettings::return_within of working time (K11)
  stuck,             // no label: older than PortalSettings::stuck_days working days (K18)
  segment,           // label segment: active, dormant, lost by PortalSettings::client_days (K2)
  cohort_weeks,      // label cohort_week: this week and those before it, each by its Monday (K4, K13)
  cohort_months,     // label cohort_month: this month and those before it (K16)
};
inline constexpr WindowSet kLastWindowSet = WindowSet::cohort_months;
inline constexpr int kCohorts = 12;  // weeks, or months, that are shown, the running one among them
[[nodiscard]] std::string_view window_set_name(WindowSet set);  // as in definitions
[[nodiscard]] constexpr bool is_cohort(WindowSet set) {
  return set == WindowSet::cohort_weeks || set == WindowSet::cohort_months;
}
// Of what happened, at its time; else of what stands now.
[[nodiscard]] constexpr bool is_history(WindowSet set) { return set == WindowSet::periods || is_cohort(set); }

struct Range {
  Minute first = 0;  // included
  Minute last = 0;   // excluded
  friend bool operator==(const Range&, const Range&) = default;
};

using Day = std::int64_t;  // a local calendar day, as days since 1970-01-01

// Immutable and thread-safe. Local days may have 23 or 25 hours, and may begin at 01:00 where midnight does not exist.
class Calendar {
 public:
  // Throws std::runtime_error when the zone is not in the system's time zone database.
  explicit Calendar(const PortalSettings& portal);
  ~Calendar();

  [[nodiscard]] static std::span<const std::string_view> windows(WindowSet set);
  [[nodiscard]] static std::string_view label(WindowSet set);  // "window", "due", "cohort_week" and so on, or ""
  // What the labels of windows(set) say at `now`: its names, but cohorts by their dates, "2026-09-14" or "2026-09".
  [[nodiscard]] std::vector<std::string> label_values(WindowSet set, UnixSeconds now) const;
  // Where in windows(WindowSet::periods) a window is; npos when it is not.
  [[nodiscard]] static std::size_t period(std::string_view window);
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  // The ranges of windows(set), in that order, at `now`: the same during a whole minute.
  void ranges(WindowSet set, UnixSeconds now, std::span<Range> out) const;

  // Local days.
  [[nodiscard]] Day day_of(UnixSeconds at) const;
  [[nodiscard]] Minute begin_of(Day day) const;  // its first minute; where midnight does not exist, the first there is
  // The moment of a local time; where the clocks jump over it, the moment they jump; where it comes twice, the first.
  [[nodiscard]] UnixSeconds moment(Day day, int minute_of_day) const;
  [[nodiscard]] int minute_of_day(UnixSeconds at) const;  // what the local clock shows, 0 to 1439
  [[nodiscard]] static int weekday(Day day);              // 0: Monday
  [[nodiscard]] static Day week_of(Day day);              // its Monday
  [[nodiscard]] static Day month_of(Day day);             // the first of its month
  [[nodiscard]] static Day quarter_of(Day day);
  [[nodiscard]] static Day next_month(Day first);                      // of a first of a month
  [[nodiscard]] static Day next_quarter(Day first);                    // of a first of a quarter
  [[nodiscard]] static int month_number(Day day);                      // 1: January
  [[nodiscard]] static std::int64_t months_between(Day from, Day to);  // of their months, whatever the day
  [[nodiscard]] static int day_of_month(Day day);                      // from 1
  [[nodiscard]] static std::string text(Day day);                      // "2026-09-14"

  // Working time: the portal's hours, holidays and transferred days.
  [[nodiscard]] bool working_day(Day day) const;
  [[nodiscard]] bool working(UnixSeconds at) const;
  [[nodiscard]] std::int64_t working_seconds(UnixSeconds from, UnixSeconds to) const;  // 0 when from >= to
  [[nodiscard]] Day next_working_day(Day day) const;                                   // after it
  // The moment from which exactly `seconds` of working time have passed at `now`.
  [[nodiscard]] UnixSeconds working_seconds_before(UnixSeconds now, std::int64_t seconds) const;
  [[nodiscard]] UnixSeconds working_days_before(UnixSeconds now, std::int64_t days) const;
  // The moment in the period [first, last) of days at which as much working time has passed as since `from` at `now`;
  // its end when it has less.
  [[nodiscard]] UnixSeconds same_point(Day from, UnixSeconds now, Day first, Day last) const;

 private:
  struct Zone;
  std::unique_ptr<const Zone> zone_;
  WorkSchedule work_;
  std::int64_t response_target_;
  std::int64_t return_within_;
  std::int64_t stuck_days_;
  std::int64_t client_days_;
};

}  // namespace kpistream
