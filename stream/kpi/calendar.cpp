#include "stream/kpi/calendar.hpp"

#include <date/tz.h>

#include <array>
#include <chrono>
#include <stdexcept>

namespace kpistream {
namespace {

constexpr std::array<std::string_view, 6> kRolling{"1h", "24h", "7d", "day", "day_prev", "week"};
constexpr std::array<std::string_view, 5> kTaskDue{"overdue", "today", "tomorrow", "later", "none"};
constexpr std::array<std::string_view, 2> kMeetingDue{"today", "tomorrow"};

constexpr Minute kEndOfTime = INT64_MAX;

Range rolling(Minute now, Minute length) { return {now + 1 - length, now + 1}; }

}  // namespace

struct Calendar::Zone {
  const date::time_zone* zone;

  [[nodiscard]] date::local_days day_of(UnixSeconds at) const {
    return date::floor<date::days>(zone->to_local(date::sys_seconds{std::chrono::seconds{at}}));
  }
  // The first minute of a local day. Where midnight does not exist, the moment the clocks jump to.
  [[nodiscard]] Minute begin(date::local_days day) const {
    const auto at = zone->to_sys(day, date::choose::earliest);
    return minute_of(date::floor<std::chrono::seconds>(at).time_since_epoch().count());
  }
};

Calendar::Calendar(const std::string& zone) {
  try {
    zone_ = std::make_unique<const Zone>(Zone{date::locate_zone(zone)});
  } catch (const std::exception&) {
    throw std::runtime_error("time zone '" + zone + "' is not known to this system (is the package tzdata installed?)");
  }
}

Calendar::~Calendar() = default;

std::span<const std::string_view> Calendar::windows(WindowSet set) {
  switch (set) {
    case WindowSet::task_due:
      return kTaskDue;
    case WindowSet::meeting_due:
      return kMeetingDue;
    case WindowSet::rolling:
      break;
  }
  return kRolling;
}

std::string_view Calendar::label(WindowSet set) { return set == WindowSet::rolling ? "window" : "due"; }

void Calendar::ranges(WindowSet set, UnixSeconds now, std::span<Range> out) const {
  const Minute minute = minute_of(now);
  const auto today = zone_->day_of(now);
  const auto begin = [&](int offset) { return zone_->begin(today + date::days{offset}); };
  switch (set) {
    case WindowSet::rolling: {
      const auto since_monday = static_cast<int>((date::weekday{today} - date::Monday).count());
      out[0] = rolling(minute, 60);
      out[1] = rolling(minute, 24 * 60);
      out[2] = rolling(minute, 7 * 24 * 60);
      out[3] = {begin(0), begin(1)};
      out[4] = {begin(-1), begin(0)};
      out[5] = {begin(-since_monday), begin(7 - since_monday)};
      break;
    }
    case WindowSet::task_due:
      out[0] = {kNoMinute + 1, minute};
      out[1] = {minute, begin(1)};
      out[2] = {begin(1), begin(2)};
      out[3] = {begin(2), kEndOfTime};
      out[4] = {kNoMinute, kNoMinute + 1};
      break;
    case WindowSet::meeting_due:
      out[0] = {begin(0), begin(1)};
      out[1] = {begin(1), begin(2)};
      break;
  }
}

}  // namespace kpistream
