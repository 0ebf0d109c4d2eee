// What the rules of advice judge by, prepared once for all of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stream/insight/comparison.hpp"
#include "stream/insight/flow.hpp"
#include "stream/insight/plan.hpp"

namespace kpistream::insight {

inline constexpr int kSourceWeeks = 13;
inline constexpr int kReasonWeeks = 8;
inline constexpr int kMeetingDays = 5;  // working days ahead

// Keys of maps by manager: "" is everybody together.
struct Evidence {
  Day today = 0;
  Day week = 0;  // the Monday of the closed week
  bool week_reliable = false;
  std::int64_t response_target = 0;
  std::int64_t stuck_days = 0;
  std::string currency;

  Flow flow;
  std::map<std::string, WeekToWeek> week_to_week;
  std::map<std::string, AgainstTeam> against_team;
  std::map<std::string, Team> teams;
  std::vector<PlanFigure> plan;

  // Of the closed week; empty unless it is reliable.
  std::map<std::string, Compared> missed_calls;  // by manager: missed, of incoming
  struct Answers {
    std::int64_t median_seconds = 0;  // of working time
    std::int64_t count = 0;
  };
  std::map<std::string, Answers> answers;  // by manager

  // Deals lost, of deals closed, by reason; empty unless both stretches are reliable.
  struct Refusals {
    Compared week;
    Compared before;  // the kReasonWeeks weeks before
  };
  std::map<std::string, Refusals> refusals;

  // Inquiries closed in the last kSourceWeeks closed weeks, by source: won, and lost as the base. Empty unless
  // reliable.
  std::map<std::string, Compared> sources;

  // What stands now. Empty when it was not asked for, or today is not reliable.
  std::optional<Compared> silent_quotes;  // deals in PortalSettings::quote_stages: stuck, of open
  Day next_working_day = 0;
  Day meetings_until = 0;                    // excluded
  bool day_is_ending = false;                // a working day with two working hours or less to go
  std::map<std::string, Compared> tasks;     // by manager who is here then: for the next working day, and deals open
  std::map<std::string, Compared> meetings;  // by manager who is here then: until meetings_until, and held in 28d
};

// `standing` false leaves out what stands now: of a moment in the past it is not known.
[[nodiscard]] Evidence gather(const Figures& figures, bool standing = true);

}  // namespace kpistream::insight
