#include "stream/insight/summary.hpp"

namespace kpistream::insight {
namespace {

std::map<std::string, Baseline> baselines(const Figures& figures, std::string_view window_name) {
  std::map<std::string, Baseline> found;
  for (const std::string_view name : kpi::kWatched) {
    if (auto usual = baseline(figures, name, window_name)) found.emplace(name, *usual);
  }
  return found;
}

}  // namespace

Summary summarize(const Figures& figures) {
  Summary summary;
  summary.portal = figures.settings().alias;
  summary.at = figures.now();
  summary.business_time = business_time(figures);
  if (figures.known_since() == 0) return summary;
  summary.flow = flow(figures);
  summary.largest_manager = largest_manager_revenue(figures);
  summary.open_leads = ages(figures, kpi::kLeadsOpen);
  summary.week_to_week = week_to_week(figures);
  const Day monday = this_week(figures);
  summary.against_team = against_team(figures, monday - kWeekDays, monday);
  summary.week_reliable = reliable(figures, days(figures, monday - kWeekDays, monday));
  summary.teams = teams(figures);
  summary.team_of = figures.teams();
  summary.plan = plan(figures);
  summary.hour_baselines = baselines(figures, "1h");
  summary.day_baselines = baselines(figures, "day");
  summary.cards = advice(figures);
  return summary;
}

}  // namespace kpistream::insight
