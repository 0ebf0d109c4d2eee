#include "stream/insight/alerts.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "stream/insight/baseline.hpp"
#include "stream/insight/comparison.hpp"
#include "stream/insight/flow.hpp"
#include "stream/insight/plan.hpp"

namespace kpistream::insight {
namespace {

using Limits = AlertThresholds;

constexpr double kThousand = 1'000;
constexpr std::int64_t kRatioMax = 1'000;
constexpr std::int64_t kSpreadsMax = 100'000;
constexpr std::int64_t kCountMax = 1'000'000'000;  // a million
constexpr std::int64_t kAtOnce = 0;                // a closed week does not change its mind
constexpr std::int64_t kHalfHour = 1'800;
constexpr std::int64_t kHour = 3'600;

double limit(std::int64_t thousandths) { return static_cast<double>(thousandths) / kThousand; }

// The gate of what is about today: at work, and what has happened so far is known (`covered` in the rules).
bool judged_now(const Figures& figures) {
  return business_time(figures) && reliable(figures, window(figures, "1h")) &&
         reliable(figures, window(figures, "day"));
}

// What a KPI must have enough of: a sum of money has as much as there are sales.
std::string_view volume_of(std::string_view name) { return name == kpi::kRevenue ? kpi::kDealsWon : name; }

AlertFindings below_usual(const Figures& figures, const Limits& limits, std::string_view window_name) {
  if (!judged_now(figures)) return {};
  std::map<std::string_view, Baseline> usual;
  for (const std::string_view name : kpi::kWatched) {
    if (const auto found = baseline(figures, name, window_name)) usual.emplace(name, *found);
  }
  AlertFindings found;
  for (const auto& [name, each] : usual) {
    const auto volume = usual.find(volume_of(name));
    if (each.median <= 0 || !each.anomaly || volume == usual.end()) continue;
    const double ratio = static_cast<double>(each.value) / each.median;
    if (ratio <= limit(limits.drop_ratio) && -*each.anomaly >= limit(limits.drop_spreads) &&
        volume->second.median >= limit(limits.drop_volume)) {
      found.push_back({name == kpi::kRevenue ? "revenue" : std::string(name), ratio});
    }
  }
  return found;
}

AlertFindings hour_below_usual(const Figures& figures, const Limits& limits) {
  return below_usual(figures, limits, "1h");
}
AlertFindings day_below_usual(const Figures& figures, const Limits& limits) {
  return below_usual(figures, limits, "day");
}

AlertFindings flow_is(const Figures& figures, FlowState state) {
  const FlowBalance week = flow(figures).portal.week;
  if (week.state != state) return {};
  return {{"", 1}};  // the state is 1
}
AlertFindings clot(const Figures& figures, const Limits& /*limits*/) { return flow_is(figures, FlowState::clot); }
AlertFindings shortage(const Figures& figures, const Limits& /*limits*/) {
  return flow_is(figures, FlowState::shortage);
}

Compared of_today(const Figures& figures, std::string_view value, std::string_view base) {
  const Range today = window(figures, "day");
  return {number(figures, value, today), number(figures, base, today)};
}

AlertFindings missed_calls(const Figures& figures, const Limits& limits) {
  if (!judged_now(figures)) return {};
  const Compared calls = of_today(figures, kpi::kCallsMissedWorking, kpi::kCallsInWorking);
  const auto ratio = calls.ratio();
  if (!ratio || *ratio <= limit(limits.missed_ratio)) return {};
  if (static_cast<double>(calls.base) < limit(limits.missed_volume)) return {};
  return {{"", *ratio}};
}

AlertFindings slow_response(const Figures& figures, const Limits& limits) {
  if (!judged_now(figures)) return {};
  const Compared answers = of_today(figures, kpi::kAnswersInTime, kpi::kNewLeads);
  const auto ratio = answers.ratio();
  if (!ratio || *ratio >= limit(limits.in_time_ratio)) return {};
  if (static_cast<double>(answers.base) < limit(limits.response_volume)) return {};
  return {{"", *ratio}};
}

Fall fall_to(std::int64_t ratio, const Limits& limits) { return {ratio, limits.activity_fall, limits.activity_volume}; }

AlertFindings activity_halved(const Figures& figures, const Limits& limits) {
  if (!judged_now(figures) || !reliable(figures, window(figures, "week_prev_same_point"))) return {};
  AlertFindings found;
  for (const auto& [manager, weeks] : week_to_week(figures)) {
    if (!weeks.so_far) continue;
    const auto own = static_cast<double>(weeks.so_far->value);
    const auto base = static_cast<double>(weeks.so_far->base);
    if (far_below(own, base, fall_to(limits.halved_ratio, limits))) found.push_back({manager, own / base});
  }
  return found;
}

AlertFindings under_team(const Figures& figures, const Limits& limits) {
  const Day monday = this_week(figures);
  if (!reliable(figures, days(figures, monday - kWeekDays, monday))) return {};
  AlertFindings found;
  for (const auto& [manager, team] : against_team(figures, monday - kWeekDays, monday)) {
    const auto own = static_cast<double>(team.actions.own);
    if (team.sells() || !far_below(own, team.actions.median, fall_to(limits.under_team_ratio, limits))) continue;
    found.push_back({manager, own / team.actions.median});
  }
  return found;
}

// Of everybody and of teams; managers have their own plans on the dashboards.
AlertFindings behind_pace(const Figures& figures, const Limits& limits) {
  if (!judged_now(figures)) return {};
  constexpr std::array<std::string_view, 3> kPeriods{"week", "month", "quarter"};
  AlertFindings found;
  for (const PlanFigure& plan : plan(figures)) {
    if (!plan.target.manager.empty() || !plan.pace) continue;
    if (*plan.pace >= limit(limits.pace_ratio) || plan.elapsed < limit(limits.pace_elapsed)) continue;
    std::string subject = plan.target.kpi + "/";
    subject += kPeriods.at(static_cast<std::size_t>(plan.target.period));
    if (!plan.target.team.empty()) subject += "/" + plan.target.team;
    found.push_back({std::move(subject), *plan.pace});
  }
  return found;
}

}  // namespace

std::span<const Threshold> alert_thresholds() {
  static constexpr std::array kTable{
      Threshold{"drop_ratio", &Limits::drop_ratio, kRatioMax},
      Threshold{"drop_spreads", &Limits::drop_spreads, kSpreadsMax},
      Threshold{"drop_volume", &Limits::drop_volume, kCountMax},
      Threshold{"missed_ratio", &Limits::missed_ratio, kRatioMax},
      Threshold{"missed_volume", &Limits::missed_volume, kCountMax},
      Threshold{"in_time_ratio", &Limits::in_time_ratio, kRatioMax},
      Threshold{"response_volume", &Limits::response_volume, kCountMax},
      Threshold{"overdue_leads", &Limits::overdue_leads, kCountMax},
      Threshold{"halved_ratio", &Limits::halved_ratio, kRatioMax},
      Threshold{"under_team_ratio", &Limits::under_team_ratio, kRatioMax},
      Threshold{"activity_fall", &Limits::activity_fall, kCountMax},
      Threshold{"activity_volume", &Limits::activity_volume, kCountMax},
      Threshold{"pace_ratio", &Limits::pace_ratio, kRatioMax},
      Threshold{"pace_elapsed", &Limits::pace_elapsed, kRatioMax},
  };
  return kTable;
}

std::span<const Alert> alerts() {
  static constexpr std::array kTable{
      Alert{"CrmKpiHourBelowUsual", kHalfHour, true, hour_below_usual},
      Alert{"CrmKpiDayBelowUsual", kHalfHour, true, day_below_usual},
      Alert{"CrmFlowClot", kAtOnce, false, clot},
      Alert{"CrmLeadShortage", kAtOnce, false, shortage},
      Alert{"CrmMissedCallsHigh", kHalfHour, true, missed_calls},
      Alert{"CrmFirstResponseSlow", kHalfHour, true, slow_response},
      Alert{"CrmLeadsOverdue", kHalfHour, true, nullptr},
      Alert{"CrmManagerActivityHalved", kHour, true, activity_halved},
      Alert{"CrmManagerFarUnderTeam", kAtOnce, false, under_team},
      Alert{"CrmPlanBehindPace", kHour, false, behind_pace},
  };
  return kTable;
}

}  // namespace kpistream::insight
