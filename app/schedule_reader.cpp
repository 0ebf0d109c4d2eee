#include "app/schedule_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/days.hpp"
#include "stream/insight/people.hpp"
#include "stream/kpi/calendar.hpp"

namespace kpistream::app {
namespace {

constexpr std::int64_t kHolidayDaysMax = 100;  // in one piece: longer is a mistyped year
constexpr std::size_t kTeamBytesMax = 64;      // it becomes a label

bool any_work(const WorkSchedule& work) {
  return std::any_of(work.week.begin(), work.week.end(), [](const WorkHours& day) { return day.begin != day.end; });
}

// Days that are not named are free.
void read_week(Section& work, WorkSchedule& schedule) {
  auto hours = work.section("hours");
  if (!hours) return;
  schedule.week = {};
  std::array<std::string, 7> named;  // by which key
  bool right = true;
  for (const auto& key : hours->keys()) {
    DayRange days;
    WorkHours open;
    auto wrong = read_weekdays(key, days);
    if (!wrong.empty()) {
      hours->complain_of_key(key, wrong);
      days = {0, -1};
    }
    const auto text = hours->is_off(key) ? std::nullopt : hours->text(key);
    if (text) wrong = read_hours(*text, open);
    if (text && !wrong.empty()) hours->complain(key, wrong);
    if (hours->size(key) == 0) hours->complain_of_key(key, "has no hours; write for example 09:00-18:00, or off");
    right = right && wrong.empty();
    for (auto day = static_cast<std::size_t>(days.first); static_cast<std::int64_t>(day) <= days.last; ++day) {
      if (!named[day].empty()) {
        hours->complain_of_key(key, fmt::format("overlaps '{}'; name each day of the week once", named[day]));
        break;
      }
      named[day] = key;
      schedule.week[day] = open;
    }
  }
  if (right && !any_work(schedule)) work.complain("hours", "nobody ever works; give at least one day hours");
  hours->finish();
}

void read_holidays(Section& work, WorkSchedule& schedule) {
  for (const DayRange& span : spans_at(work, "holidays")) {
    if (span.last - span.first >= kHolidayDaysMax) {
      work.complain("holidays", fmt::format("{}/{} is longer than {} days; is the year right?",
                                            Calendar::text(span.first), Calendar::text(span.last), kHolidayDaysMax));
      continue;
    }
    for (auto day = span.first; day <= span.last; ++day) schedule.holidays.push_back(day);
  }
}

void read_transferred(Section& work, WorkSchedule& schedule) {
  auto moved = work.section("transferred");
  if (!moved) return;
  for (const auto& key : moved->keys()) {
    std::int64_t day = 0;
    int weekday = 0;
    if (const auto wrong = read_day(key, day); !wrong.empty()) moved->complain_of_key(key, wrong);
    const auto text = moved->text(key);
    if (!text && moved->size(key) == 0)
      moved->complain_of_key(key, "like which day is it worked? Write for example mon");
    if (text) {
      if (const auto wrong = read_weekday(*text, weekday); !wrong.empty()) moved->complain(key, wrong);
    }
    if (std::binary_search(schedule.holidays.begin(), schedule.holidays.end(), day)) {
      moved->complain_of_key(key, "is one of `holidays` too; it cannot be both");
    }
    schedule.transferred[day] = weekday;
  }
  moved->finish();
}

void read_manager(Section& manager, ManagerSettings& settings) {
  if (auto team = manager.text("team")) {
    if (team->empty() || team->size() > kTeamBytesMax) {
      manager.complain("team",
                       fmt::format("must have from 1 to {} bytes; leave it out where there is none", kTeamBytesMax));
    }
    settings.team = std::move(*team);
  }
  settings.since_day = day_at(manager, "since").value_or(0);
  settings.absences = spans_at(manager, "absent");
  manager.finish();
}

}  // namespace

void read_work(Section& portal, WorkSchedule& work) {
  auto section = portal.section("work");
  if (!section) return;
  read_week(*section, work);
  read_holidays(*section, work);
  read_transferred(*section, work);
  section->finish();
}

void read_managers(Section& portal, PortalSettings& settings) {
  auto managers = portal.section("managers");
  if (!managers) return;
  for (const auto& id : managers->keys()) {
    if (!insight::is_person(id)) managers->complain_of_key(id, fmt::format("'{}' is no id of a manager", id));
    auto manager = managers->section(id);
    if (manager) read_manager(*manager, settings.managers[id]);
    if (managers->size(id) == 0)
      managers->complain_of_key(id, "says nothing; give team, since or absent, or remove it");
  }
  managers->finish();
}

}  // namespace kpistream::app
