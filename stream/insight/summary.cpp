#include "stream/insight/summary.hpp"

#include <array>

namespace kpistream::insight {
namespace {

// What an alert on a drop looks at (ECOSYSTEM.md, baselines).
constexpr std::array<std::string_view, 5> kWatched{kpi::kNewLeads, kpi::kDealsWon, kpi::kRevenue, kpi::kCallsIn,
                                                   kpi::kActions};

}  // namespace

Summary summarize(const Figures& figures) {
  Summary summary;
  summary.portal = figures.settings().alias;
  summary.at = figures.now();
  summary.business_time = business_time(figures);
  if (figures.known_since() == 0) return summary;
  summary.flow = flow(figures);
  summary.week_to_week = week_to_week(figures);
  const Day monday = this_week(figures);
  summary.against_team = against_team(figures, monday - kWeekDays, monday);
  summary.teams = teams(figures);
  summary.plan = plan(figures);
  for (const std::string_view name : kWatched) {
    if (auto usual = baseline(figures, name)) summary.baselines.emplace(name, *usual);
  }
  summary.cards = advice(figures);
  return summary;
}

}  // namespace kpistream::insight
