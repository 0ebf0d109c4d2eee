// When each rule of advice fires. Every function judges all subjects it has figures of.
#pragma once

#include <vector>

#include "stream/insight/rules.hpp"

namespace kpistream::insight::judges {

using Judgements = std::vector<Judgement>;

// By the state of the closed week (K27), of the portal and, where there are several, of each pipeline.
[[nodiscard]] Judgements clot(const Evidence& evidence);
[[nodiscard]] Judgements lead_shortage(const Evidence& evidence);
// halved() (K28): of the running week once that is halved, else of the closed one.
[[nodiscard]] Judgements activity_halved(const Evidence& evidence);
// K29: actions of the closed week half of the median of the others or less, of 300 or more and by 200 or more; not for
// those who sell no less than the median.
[[nodiscard]] Judgements activity_under_team(const Evidence& evidence);
// Team::falling_while_growing (K30).
[[nodiscard]] Judgements team_mean_falling(const Evidence& evidence);
// More than 15 of 100 incoming calls of the closed week, of 20 or more; of the portal and each manager.
[[nodiscard]] Judgements missed_calls_high(const Evidence& evidence);
// Median above PortalSettings::response_target in the closed week, of 10 answers or more; of the portal and each
// manager.
[[nodiscard]] Judgements slow_first_response(const Evidence& evidence);
// A reason's share of the deals closed in a week half as large again as in the 8 weeks before, beyond chance; 5 or more
// of 20 or more.
[[nodiscard]] Judgements refusals_up(const Evidence& evidence);
// More than 30 of 100 deals in PortalSettings::quote_stages are stuck, and 5 or more.
[[nodiscard]] Judgements quotes_silent(const Evidence& evidence);
// None for the next working day with 5 open deals or more; in the last two working hours of a day only, since before
// there is time to plan.
[[nodiscard]] Judgements no_tasks_tomorrow(const Evidence& evidence);
// None in the next five working days, by a manager who held 8 or more in 28 days.
[[nodiscard]] Judgements no_meetings_set(const Evidence& evidence);
// Above the best of the past periods, and above the forecast at its best.
[[nodiscard]] Judgements target_unreachable(const Evidence& evidence);
// Reached in each of the past periods, of 4 or more.
[[nodiscard]] Judgements target_too_easy(const Evidence& evidence);
// 10 refusals or more in 13 weeks and no sale, where the other sources would have sold three or more.
[[nodiscard]] Judgements source_only_refusals(const Evidence& evidence);

}  // namespace kpistream::insight::judges
