#include "stream/insight/comparison.hpp"

#include <algorithm>
#include <set>

#include "stream/insight/people.hpp"

namespace kpistream::insight {
namespace {

constexpr std::int64_t kHoldSeconds = 3'600;  // of working time

// Two stretches of time, held against each other.
struct Stretches {
  bool known = false;
  bool reliable = false;
  Numbers now;
  Numbers before;
  [[nodiscard]] Compared of(const std::string& manager) const { return {at(now, manager), at(before, manager)}; }
};

Stretches stretches(const Figures& figures, const Range& now, const Range& before) {
  const auto actions = [&](const Range& range) { return numbers(figures, kpi::kActions, Family::manager, range); };
  return {known(figures, before), reliable(figures, now) && reliable(figures, before), actions(now), actions(before)};
}

Stretches running_week(const Figures& figures) {
  return stretches(figures, window(figures, "week"), window(figures, "week_prev_same_point"));
}

Stretches closed_week(const Figures& figures) {
  const Day monday = this_week(figures);
  return stretches(figures, days(figures, monday - kWeekDays, monday),
                   days(figures, monday - 2 * kWeekDays, monday - kWeekDays));
}

// One working hour ago; nothing when that lies in another week.
std::optional<Stretches> an_hour_ago(const Figures& figures) {
  const FiguresAt then(figures, figures.calendar().working_seconds_before(figures.now(), kHoldSeconds));
  if (this_week(then) != this_week(figures)) return std::nullopt;
  return running_week(then);
}

std::optional<double> mean_of(std::int64_t actions, std::int64_t active) { return Compared{actions, active}.ratio(); }

Standing standing(const Numbers& values, const std::string& manager, const std::vector<std::string>& peers) {
  std::vector<double> others;
  others.reserve(peers.size());
  for (const std::string& peer : peers) others.push_back(static_cast<double>(at(values, peer)));
  return {at(values, manager), median(std::move(others)).value_or(0)};
}

void add(TeamWeek& week, std::int64_t actions, bool is_settled) {
  week.active += 1;
  week.actions += actions;
  if (!is_settled) {
    week.active_new += 1;
    week.actions_new += actions;
  }
}

// The active managers of a closed week, by team.
std::map<std::string, TeamWeek> team_week(const Figures& figures, Day monday) {
  std::map<std::string, TeamWeek> found;
  const Range week = days(figures, monday, monday + kWeekDays);
  for (const auto& [manager, actions] : numbers(figures, kpi::kActions, Family::manager, week)) {
    const auto team = team_of(figures, manager);
    if (actions <= 0 || !is_person(manager) || !team || !present(figures, manager, monday, monday + kWeekDays)) {
      continue;
    }
    add(found[*team], actions, settled(figures, manager, monday));
  }
  return found;
}

std::optional<double> slope(const std::vector<TeamWeek>& weeks) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < weeks.size(); ++i) {
    if (!weeks[i].reliable) continue;
    if (const auto mean = weeks[i].mean()) points.push_back({static_cast<double>(i), *mean});
  }
  return robust_slope(points);
}

bool falling_while_growing(const std::vector<TeamWeek>& weeks) {
  const auto from = weeks.end() - kFallingWeeks - 1;
  for (auto week = from; week != weeks.end(); ++week) {
    const auto mean = week->mean_settled();
    if (!week->reliable || !mean) return false;
    if (week != from && *mean >= *(week - 1)->mean_settled()) return false;
  }
  return weeks.back().active > from->active;
}

}  // namespace

bool far_below(double own, double base, const Fall& fall) {
  constexpr double kThousand = 1'000;
  const auto limit = [](std::int64_t thousandths) { return static_cast<double>(thousandths) / kThousand; };
  return base > 0 && own / base <= limit(fall.ratio) && base - own >= limit(fall.by) && base >= limit(fall.volume);
}

bool halved(const Compared& actions) {
  return far_below(static_cast<double>(actions.value), static_cast<double>(actions.base), {});
}

std::map<std::string, WeekToWeek> week_to_week(const Figures& figures) {
  const Stretches running = running_week(figures);
  const Stretches closed = closed_week(figures);
  const std::optional<Stretches> hour_ago = an_hour_ago(figures);
  std::set<std::string> managers;
  for (const Numbers* each : {&running.now, &running.before, &closed.now, &closed.before}) {
    for (const auto& [manager, actions] : *each) managers.insert(manager);
  }
  const Day monday = this_week(figures);
  std::map<std::string, WeekToWeek> found;
  for (const std::string& manager : managers) {
    if (!is_person(manager)) continue;
    WeekToWeek& each = found[manager];
    if (running.known && present(figures, manager, monday - kWeekDays, today(figures) + 1)) {
      each.so_far = running.of(manager);
      each.so_far_halved = running.reliable && halved(*each.so_far) && hour_ago && halved(hour_ago->of(manager));
    }
    if (closed.known && present(figures, manager, monday - 2 * kWeekDays, monday)) {
      each.closed = closed.of(manager);
      each.closed_halved = closed.reliable && halved(*each.closed);
    }
  }
  return found;
}

std::optional<double> Standing::ratio() const {
  if (median <= 0) return std::nullopt;
  return static_cast<double>(own) / median;
}

bool AgainstTeam::sells() const {
  const auto enough = [](const Standing& each) { return each.own > 0 && static_cast<double>(each.own) >= each.median; };
  return enough(won) || enough(revenue);
}

bool under_team(const AgainstTeam& team) {
  const Standing& actions = team.actions;
  return !team.sells() && far_below(static_cast<double>(actions.own), actions.median, {.ratio = kUnderTeamRatio});
}

std::map<std::string, AgainstTeam> against_team(const Figures& figures, Day first, Day last) {
  const Range range = days(figures, first, last);
  std::map<std::string, AgainstTeam> found;
  if (!known(figures, range)) return found;
  const auto people = roster(figures, first, last);
  const auto by_manager = [&](std::string_view kpi) { return numbers(figures, kpi, Family::manager, range); };
  const Numbers actions = by_manager(kpi::kActions);
  const Numbers won = by_manager(kpi::kDealsWon);
  const Numbers revenue = by_manager(kpi::kRevenue);
  for (const auto& [manager, team] : people) {
    std::vector<std::string> peers;
    for (const auto& [other, others_team] : people) {
      if (other != manager && others_team == team) peers.push_back(other);
    }
    if (peers.size() < kPeersMin) continue;
    found[manager] = {team, peers.size(), standing(actions, manager, peers), standing(won, manager, peers),
                      standing(revenue, manager, peers)};
  }
  return found;
}

std::optional<double> TeamWeek::mean() const { return mean_of(actions, active); }
std::optional<double> TeamWeek::mean_new() const { return mean_of(actions_new, active_new); }
std::optional<double> TeamWeek::mean_settled() const { return mean_of(actions - actions_new, active - active_new); }

std::map<std::string, Team> teams(const Figures& figures) {
  std::map<std::string, Team> found;
  const std::vector<Day> mondays = closed_weeks(figures, kTeamWeeks);
  for (std::size_t i = 0; i < mondays.size(); ++i) {
    for (auto& [name, week] : team_week(figures, mondays[i])) {
      Team& team = found[name];
      team.weeks.resize(mondays.size());
      team.weeks[i] = week;
    }
  }
  for (auto& [name, team] : found) {
    for (std::size_t i = 0; i < mondays.size(); ++i) {
      team.weeks[i].monday = mondays[i];
      team.weeks[i].reliable = reliable(figures, days(figures, mondays[i], mondays[i] + kWeekDays));
    }
    team.slope = slope(team.weeks);
    team.falling_while_growing = falling_while_growing(team.weeks);
  }
  return found;
}

}  // namespace kpistream::insight
