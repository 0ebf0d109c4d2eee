#include "stream/insight/rules.hpp"

#include <algorithm>

#include "stream/insight/judges.hpp"
#include "stream/insight/rule_texts.hpp"

namespace kpistream::insight {

std::span<const Rule> rules() {
  using enum Severity;
  using namespace judges;
  using namespace kpi;
  static const std::vector<Rule> table{
      {"clot", warning, clot, {kNewLeads, kInquiriesWon, kInquiriesLost}, &texts::kClot},
      {"lead_shortage", warning, lead_shortage, {kNewLeads, kInquiriesWon, kInquiriesLost}, &texts::kLeadShortage},
      {"activity_halved", warning, activity_halved, {kActions}, &texts::kActivityHalved},
      {"activity_under_team", warning, activity_under_team, {kActions}, &texts::kActivityUnderTeam},
      {"team_mean_falling", warning, team_mean_falling, {kActions}, &texts::kTeamMeanFalling},
      {"missed_calls_high", critical, missed_calls_high, {kCallsMissed}, &texts::kMissedCallsHigh},
      {"slow_first_response",
       critical,
       slow_first_response,
       {kFirstResponse},
       &texts::kSlowFirstResponse,
       Unit::seconds},
      {"refusals_up", warning, refusals_up, {kDealsLost}, &texts::kRefusalsUp, Unit::share},
      {"quotes_silent", warning, quotes_silent, {kDealsStuck}, &texts::kQuotesSilent},
      {"no_tasks_tomorrow", info, no_tasks_tomorrow, {kTasksDue}, &texts::kNoTasksTomorrow},
      {"no_meetings_set", info, no_meetings_set, {kMeetingsScheduled}, &texts::kNoMeetingsSet},
      {"target_unreachable", warning, target_unreachable, {}, &texts::kTargetUnreachable},
      {"target_too_easy", info, target_too_easy, {}, &texts::kTargetTooEasy},
      {"source_only_refusals", warning, source_only_refusals, {kInquiriesLost}, &texts::kSourceOnlyRefusals},
  };
  return table;
}

const Rule* find_rule(std::string_view id) {
  const auto all = rules();
  const auto it = std::find_if(all.begin(), all.end(), [&](const Rule& rule) { return rule.id == id; });
  return it == all.end() ? nullptr : &*it;
}

}  // namespace kpistream::insight
