#include "stream/insight/plan.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "stream/insight/people.hpp"

namespace kpistream::insight {
namespace {

constexpr std::int64_t kThousand = 1'000;
constexpr double kOwnCap = 0.75;

std::vector<double> doubles(const std::vector<std::int64_t>& values) { return {values.begin(), values.end()}; }

std::int64_t scaled(std::int64_t value, std::int64_t thousandths) {
  return rounded(static_cast<double>(value) * static_cast<double>(thousandths) / static_cast<double>(kThousand));
}

// Whose target it is: one manager, the managers of a team, or everybody.
bool belongs(const Figures& figures, const Target& target, const std::string& manager) {
  if (!target.manager.empty()) return manager == target.manager;
  return target.team.empty() || team_of(figures, manager) == target.team;
}

std::int64_t actual(const Figures& figures, const Target& target, const Range& range) {
  if (target.manager.empty() && target.team.empty()) return number(figures, target.kpi, range);
  std::int64_t sum = 0;
  for (const auto& [manager, value] : numbers(figures, target.kpi, Family::manager, range)) {
    if (belongs(figures, target, manager)) sum += value;
  }
  return sum;
}

Range range_of(const Figures& figures, const Period& period) { return days(figures, period.first, period.last); }

// Working time of a period until a moment.
std::int64_t worked(const Figures& figures, const Period& period, UnixSeconds until) {
  return figures.calendar().working_seconds(figures.calendar().begin_of(period.first) * 60, until);
}
std::int64_t work_in(const Figures& figures, const Period& period) {
  return worked(figures, period, figures.calendar().begin_of(period.last) * 60);
}

// The closed periods that a target's history is made of.
std::vector<Period> history_of(const Figures& figures, const Target& target, const Period& period) {
  std::vector<Period> found = periods_before(target.period, period, kHistoryPeriods);
  const auto& managers = figures.settings().managers;
  const auto manager = managers.find(target.manager);
  const Day since = manager == managers.end() ? 0 : manager->second.since_day;
  std::erase_if(found, [&](const Period& each) {
    return !reliable(figures, range_of(figures, each)) || (since != 0 && since > each.first);
  });
  return found;
}

// What a period would end with if it went on as until `moment`; nothing before any work was done.
std::optional<double> linear(const Figures& figures, const Target& target, const Period& period, UnixSeconds moment) {
  const std::int64_t passed = worked(figures, period, moment);
  if (passed <= 0) return std::nullopt;
  const Minute begin = figures.calendar().begin_of(period.first);
  const Minute end = std::min(minute_of(moment) + 1, figures.calendar().begin_of(period.last));
  const double so_far = static_cast<double>(actual(figures, target, {begin, std::max(begin, end)}));
  return so_far * static_cast<double>(work_in(figures, period)) / static_cast<double>(passed);
}

std::optional<Forecast> forecast(const Figures& figures, const PlanFigure& plan, const std::vector<Period>& history) {
  const auto ahead = linear(figures, plan.target, plan.period, figures.now());
  if (!ahead || history.size() < kHistoryMin) return std::nullopt;
  std::vector<double> errors;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const UnixSeconds point =
        figures.calendar().same_point(plan.period.first, figures.now(), history[i].first, history[i].last);
    if (const auto then = linear(figures, plan.target, history[i], point)) {
      errors.push_back(static_cast<double>(plan.history[i]) - *then);
    }
  }
  if (errors.empty()) return std::nullopt;
  const auto with = [&](double error) { return std::max(*plan.actual, rounded(*ahead + error)); };
  return Forecast{with(*std::min_element(errors.begin(), errors.end())), with(*median(errors)),
                  with(*std::max_element(errors.begin(), errors.end()))};
}

// The best of the team in a closed period; nothing for targets that are not a manager's.
std::optional<std::int64_t> team_best(const Figures& figures, const Target& target, const Period& period) {
  if (target.manager.empty()) return std::nullopt;
  const auto team = team_of(figures, target.manager);
  if (!team) return std::nullopt;
  std::optional<std::int64_t> best;
  for (const auto& [manager, value] : numbers(figures, target.kpi, Family::manager, range_of(figures, period))) {
    if (is_person(manager) && team_of(figures, manager) == team) best = std::max(best.value_or(value), value);
  }
  return best;
}

std::map<std::string, Contribution> contributions(const Figures& figures, const PlanFigure& plan) {
  std::map<std::string, Contribution> found;
  if (!plan.target.manager.empty()) return found;
  for (const auto& [manager, value] :
       numbers(figures, plan.target.kpi, Family::manager, range_of(figures, plan.period))) {
    if (!is_person(manager) || !belongs(figures, plan.target, manager)) continue;
    found[manager] = {value, Compared{value, plan.target.value}.ratio(), Compared{value, *plan.actual}.ratio()};
  }
  return found;
}

PlanFigure figure(const Figures& figures, const Target& target, const Period& period, std::int64_t step) {
  PlanFigure plan;
  plan.target = target;
  plan.period = period;
  const std::int64_t all = work_in(figures, period);
  const std::int64_t passed = std::min(all, worked(figures, period, figures.now()));
  plan.elapsed = Compared{passed, all}.ratio().value_or(0);
  const std::vector<Period> history = history_of(figures, target, period);
  for (const Period& each : history) plan.history.push_back(actual(figures, target, range_of(figures, each)));
  if (history.size() >= kHistoryMin) {
    plan.suggestion = suggest(plan.history, team_best(figures, target, history.back()), target.value, step);
  }
  if (!known(figures, range_of(figures, period))) return plan;
  plan.actual = actual(figures, target, range_of(figures, period));
  plan.attainment = Compared{*plan.actual, target.value}.ratio();
  if (plan.attainment && plan.elapsed > 0) plan.pace = *plan.attainment / plan.elapsed;
  plan.forecast = forecast(figures, plan, history);
  plan.contributions = contributions(figures, plan);
  return plan;
}

}  // namespace

Period period_at(PlanPeriod kind, Day day) {
  switch (kind) {
    case PlanPeriod::week:
      return {Calendar::week_of(day), Calendar::week_of(day) + kWeekDays};
    case PlanPeriod::month:
      return {Calendar::month_of(day), Calendar::next_month(Calendar::month_of(day))};
    case PlanPeriod::quarter:
      break;
  }
  return {Calendar::quarter_of(day), Calendar::next_quarter(Calendar::quarter_of(day))};
}

std::vector<Period> periods_before(PlanPeriod kind, const Period& period, int count) {
  std::vector<Period> found;
  for (Period each = period; count > 0; --count) found.push_back(each = period_at(kind, each.first - 1));
  std::reverse(found.begin(), found.end());
  return found;
}

std::vector<Target> targets_for(const std::vector<Target>& targets, PlanPeriod kind, Day first) {
  std::map<std::tuple<std::string, std::string, std::string>, Target> newest;
  for (const Target& target : targets) {
    if (target.period != kind || target.from_day > first) continue;
    const auto [it, added] = newest.try_emplace({target.kpi, target.manager, target.team}, target);
    if (!added && it->second.from_day <= target.from_day) it->second = target;
  }
  std::vector<Target> found;
  found.reserve(newest.size());
  for (auto& [key, target] : newest) found.push_back(std::move(target));
  return found;
}

Suggestion suggest(const std::vector<std::int64_t>& history, std::optional<std::int64_t> team_best, std::int64_t target,
                   std::int64_t step_thousandths) {
  Suggestion found;
  found.median = rounded(median(doubles(history)).value_or(0));
  found.own_cap = rounded(percentile(doubles(history), kOwnCap).value_or(0));
  found.team_best = team_best;
  found.value = scaled(found.median, kThousand + step_thousandths);
  const auto bound = [&](bool holds, std::int64_t value, Suggestion::Decided decided) {
    if (!holds) return;
    found.value = value;
    found.decided = decided;
  };
  bound(found.own_cap < found.value, found.own_cap, Suggestion::Decided::own_history);
  bound(team_best && *team_best < found.value, team_best.value_or(0), Suggestion::Decided::team_best);
  const std::int64_t lowest = scaled(target, kThousand - step_thousandths);
  bound(lowest > found.value, lowest, Suggestion::Decided::one_step_down);
  return found;
}

std::vector<PlanFigure> plan(const Figures& figures, std::int64_t step_thousandths) {
  std::vector<PlanFigure> found;
  for (const PlanPeriod kind : {PlanPeriod::week, PlanPeriod::month, PlanPeriod::quarter}) {
    const Period period = period_at(kind, today(figures));
    for (const Target& target : targets_for(figures.settings().targets, kind, period.first)) {
      found.push_back(figure(figures, target, period, step_thousandths));
    }
  }
  return found;
}

}  // namespace kpistream::insight
