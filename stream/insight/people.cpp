#include "stream/insight/people.hpp"

#include <algorithm>

#include "stream/kpi/teams.hpp"

namespace kpistream::insight {
namespace {

const ManagerSettings* settings_of(const Figures& figures, const std::string& manager) {
  const auto& managers = figures.settings().managers;
  const auto it = managers.find(manager);
  return it == managers.end() ? nullptr : &it->second;
}

bool any_working_day(const Calendar& calendar, Day first, Day last) {
  for (Day day = first; day < last; ++day) {
    if (calendar.working_day(day)) return true;
  }
  return false;
}

}  // namespace

bool is_person(const std::string& manager) {
  return !manager.empty() && manager != "none" && manager != "other" && manager != "queue";
}

bool present(const Figures& figures, const std::string& manager, Day first, Day last) {
  const ManagerSettings* settings = settings_of(figures, manager);
  if (settings == nullptr) return true;
  if (settings->since_day > first) return false;
  return std::none_of(settings->absences.begin(), settings->absences.end(), [&](const DayRange& away) {
    return any_working_day(figures.calendar(), std::max(first, away.first), std::min(last, away.last + 1));
  });
}

bool settled(const Figures& figures, const std::string& manager, Day day) {
  const ManagerSettings* settings = settings_of(figures, manager);
  return settings == nullptr || settings->since_day == 0 || day - settings->since_day >= kSettledAfterDays;
}

std::optional<std::string> team_of(const Figures& figures, const std::string& manager) {
  return team_in(figures.teams(), manager);
}

std::map<std::string, std::string> roster(const Figures& figures, Day first, Day last) {
  const Range whole = days(figures, first, last);
  std::map<std::string, std::string> people;
  for (const auto& [manager, actions] :
       numbers(figures, kpi::kActions, Family::manager, {whole.last - kActiveMinutes, whole.last})) {
    const auto team = team_of(figures, manager);
    if (actions > 0 && is_person(manager) && team && present(figures, manager, first, last)) {
      people.emplace(manager, *team);
    }
  }
  return people;
}

}  // namespace kpistream::insight
