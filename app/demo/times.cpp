#include "app/demo/times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace kpistream::app::demo {
namespace {

constexpr UnixSeconds kOffset = 3 * kHour;
constexpr UnixSeconds kFirstMonday = 4 * kDay;  // 1970-01-05
constexpr int kWorkingDays = 5;

UnixSeconds floor_to(UnixSeconds at, UnixSeconds step, UnixSeconds from) {
  const UnixSeconds rest = (at - from) % step;
  return at - (rest < 0 ? rest + step : rest);
}

bool working_day(UnixSeconds at) { return day_of(at) - week_of(at) < kWorkingDays * kDay; }

UnixSeconds opens(UnixSeconds at) { return day_of(at) + kOpens * kHour; }
UnixSeconds closes(UnixSeconds at) { return day_of(at) + kCloses * kHour; }

}  // namespace

UnixSeconds day_of(UnixSeconds at) { return floor_to(at, kDay, -kOffset); }
UnixSeconds week_of(UnixSeconds at) { return floor_to(at, kWeek, kFirstMonday - kOffset); }

bool working(UnixSeconds at) { return working_day(at) && at >= opens(at) && at < closes(at); }

UnixSeconds at_work(UnixSeconds at) {
  if (at >= closes(at)) at = day_of(at) + kDay;
  while (!working_day(at)) at = day_of(at) + kDay;
  return std::max(at, opens(at));
}

UnixSeconds after_work(UnixSeconds at, std::int64_t seconds) {
  at = at_work(at);
  while (at + seconds >= closes(at)) {
    seconds -= closes(at) - at;
    at = at_work(closes(at));
  }
  return at + seconds;
}

UnixSeconds working_day_after(UnixSeconds at, int days) {
  UnixSeconds day = at_work(at);
  for (int i = 0; i < days; ++i) day = at_work(day_of(day) + kDay);
  return opens(day);
}

std::string text(UnixSeconds at) {
  using namespace std::chrono;
  const auto local = sys_seconds(seconds(at + kOffset));
  const auto day = floor<days>(local);
  const year_month_day date(day);
  const hh_mm_ss clock(local - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}+03:00", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

}  // namespace kpistream::app::demo
