// K28 to K30: a manager against last week and against the team, and the team against its own past.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stream/insight/numbers.hpp"
#include "stream/insight/view.hpp"

namespace kpistream::insight {

// What is worth a talk: a fall to such a part, by so many actions, of so many. In thousandths, as AlertThresholds,
// which begin with the same.
inline constexpr std::int64_t kHalvedRatio = 600;     // of one's own week before (K28)
inline constexpr std::int64_t kUnderTeamRatio = 500;  // of the team's median (K29)
inline constexpr std::int64_t kActionsFallMin = 200;
inline constexpr std::int64_t kActionsMin = 300;
struct Fall {
  std::int64_t ratio = kHalvedRatio;
  std::int64_t by = 1'000 * kActionsFallMin;
  std::int64_t volume = 1'000 * kActionsMin;
};
// `own` actions where `base` should be. The one predicate of advice, alerts and their back-test.
[[nodiscard]] bool far_below(double own, double base, const Fall& fall);
// By what advice has.
[[nodiscard]] bool halved(const Compared& actions);

// K28: actions of a manager, week to week. Nothing where a week was not known from its beginning or the manager was not
// present in both: on a holiday nobody is idle.
struct WeekToWeek {
  std::optional<Compared> so_far;  // this week until now, and the last one to the same point of working time
  std::optional<Compared> closed;  // the last closed week, and the one before
  // halved(), both weeks reliable; so far: now and one working hour ago.
  bool so_far_halved = false;
  bool closed_halved = false;
};
// By manager: everybody who acted in any of these weeks.
[[nodiscard]] std::map<std::string, WeekToWeek> week_to_week(const Figures& figures);

// K29: one figure of a manager and the median of the others.
struct Standing {
  std::int64_t own = 0;
  double median = 0;
  [[nodiscard]] std::optional<double> ratio() const;  // nothing when the median is not above 0
};
inline constexpr std::size_t kPeersMin = 3;

struct AgainstTeam {
  std::string team;
  std::size_t peers = 0;
  Standing actions;
  Standing won;
  Standing revenue;
  // Sells no less than the median: few actions are not idleness then.
  [[nodiscard]] bool sells() const;
};
// By what advice has: far below the median, and sells less too.
[[nodiscard]] bool under_team(const AgainstTeam& team);
// By manager, over whole local days [first, last); of the roster of that range (people.hpp) with at least kPeersMin
// others of the same team. Empty when the range is not known.
[[nodiscard]] std::map<std::string, AgainstTeam> against_team(const Figures& figures, Day first, Day last);

// K30: the team by closed weeks. Who acted and was present all week is active; a mean is over those and nobody else.
struct TeamWeek {
  Day monday = 0;
  bool reliable = false;
  std::int64_t active = 0;
  std::int64_t active_new = 0;  // fewer than 90 days there on that Monday
  std::int64_t actions = 0;     // of the active ones
  std::int64_t actions_new = 0;
  [[nodiscard]] std::optional<double> mean() const;  // nothing when nobody was active
  [[nodiscard]] std::optional<double> mean_new() const;
  [[nodiscard]] std::optional<double> mean_settled() const;
};
inline constexpr int kTeamWeeks = 8;
inline constexpr int kFallingWeeks = 3;

struct Team {
  std::vector<TeamWeek> weeks;  // the last kTeamWeeks closed ones, oldest first
  std::optional<double> slope;  // of mean(), per week, robust, over the reliable weeks; nothing for fewer than 3
  // More active managers than kFallingWeeks weeks ago, and the mean of the settled ones fell in each week since.
  bool falling_while_growing = false;
};
// By team.
[[nodiscard]] std::map<std::string, Team> teams(const Figures& figures);

}  // namespace kpistream::insight
