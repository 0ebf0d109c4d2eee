// Everything that insight tells of one portal at one moment.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stream/insight/advice.hpp"
#include "stream/insight/ages.hpp"
#include "stream/insight/baseline.hpp"
#include "stream/insight/comparison.hpp"
#include "stream/insight/concentration.hpp"
#include "stream/insight/flow.hpp"
#include "stream/insight/plan.hpp"

namespace kpistream::insight {

struct Summary {
  std::string portal;
  UnixSeconds at = 0;
  bool business_time = false;
  Flow flow;
  std::optional<Ages> open_leads;
  Compared largest_manager;                         // of the revenue
  std::map<std::string, WeekToWeek> week_to_week;   // by manager
  std::map<std::string, AgainstTeam> against_team;  // by manager, over the last closed week
  bool week_reliable = false;                       // that week can be relied on
  std::map<std::string, Team> teams;
  std::map<std::string, std::string> team_of;  // by manager; empty: all are one team
  std::vector<PlanFigure> plan;
  // By KPI: those that alerts watch, by the hour and by the day so far.
  std::map<std::string, Baseline> hour_baselines;
  std::map<std::string, Baseline> day_baselines;
  std::vector<Card> cards;
};

[[nodiscard]] Summary summarize(const Figures& figures);

}  // namespace kpistream::insight
