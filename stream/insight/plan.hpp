// K25 and K26: goals, how they are met, what to expect, and which goal comes next.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stream/insight/numbers.hpp"
#include "stream/insight/view.hpp"

namespace kpistream::insight {

struct Period {
  Day first = 0;
  Day last = 0;  // excluded
  friend bool operator==(const Period&, const Period&) = default;
};
[[nodiscard]] Period period_at(PlanPeriod kind, Day day);
// The last `count` closed periods before `period`, oldest first.
[[nodiscard]] std::vector<Period> periods_before(PlanPeriod kind, const Period& period, int count);

// The targets that hold for the period with that first day: for each KPI, manager and team the newest that had begun by
// then; of two from the same day the later in the list. A change in the middle holds from the next period on.
[[nodiscard]] std::vector<Target> targets_for(const std::vector<Target>& targets, PlanPeriod kind, Day first);

// What the period will end with, in the units of the target.
//
// `linear` goes on as so far: actual / working time passed * all working time. The same forecast is then made for each
// of the last six closed periods at the same point of working time, and compared with what they brought: the errors.
//   mid = linear + median error    low, high = linear + smallest, largest error
// so a month whose sales come at its end is not called lost in its middle, and the width is what such forecasts were
// really worth. One period in seven falls below low, one in seven above high, if periods are alike. Never below what
// is already there.
struct Forecast {
  std::int64_t low = 0;
  std::int64_t mid = 0;
  std::int64_t high = 0;
  friend bool operator==(const Forecast&, const Forecast&) = default;
};
inline constexpr int kHistoryPeriods = 6;
inline constexpr std::size_t kHistoryMin = 3;  // with fewer closed periods there is no forecast and no suggestion

// K26: reachable, and raised gradually. The median of the last closed periods and a step more; not above what every
// fourth own period reached (75th percentile), nor above the best of the team in the last closed period; and never more
// than a step below the target of now.
struct Suggestion {
  enum class Decided : std::uint8_t { median_and_step, own_history, team_best, one_step_down };
  std::int64_t value = 0;
  Decided decided = Decided::median_and_step;  // what the value comes from: it explains itself
  std::int64_t median = 0;
  std::int64_t own_cap = 0;
  std::optional<std::int64_t> team_best;  // managers only
  friend bool operator==(const Suggestion&, const Suggestion&) = default;
};
inline constexpr std::int64_t kStepThousandths = 50;
// REQUIRES: history is not empty.
[[nodiscard]] Suggestion suggest(const std::vector<std::int64_t>& history, std::optional<std::int64_t> team_best,
                                 std::int64_t target, std::int64_t step_thousandths = kStepThousandths);

struct Contribution {
  std::int64_t actual = 0;
  std::optional<double> of_target;  // of the team's target: the manager's part in the plan
  std::optional<double> of_actual;  // of what the team brought
};

// One target and its running period. What needs a figure is absent where the period was not known from its beginning.
struct PlanFigure {
  Target target;
  Period period;
  std::optional<std::int64_t> actual;
  double elapsed = 0;                 // share of the period's working time, 0 to 1
  std::optional<double> attainment;   // actual / target
  std::optional<double> pace;         // actual / (target * elapsed)
  std::vector<std::int64_t> history;  // closed periods that are reliable, at most kHistoryPeriods, oldest first
  std::optional<Forecast> forecast;
  std::optional<Suggestion> suggestion;
  std::map<std::string, Contribution> contributions;  // by manager; of targets of a team or of everybody
};

// Every target in force now. Of a closed period: plan(FiguresAt(figures, its last second)).
[[nodiscard]] std::vector<PlanFigure> plan(const Figures& figures, std::int64_t step_thousandths = kStepThousandths);

}  // namespace kpistream::insight
