// What the families of definitions and of formulas have in common. Internal to exporters/prometheus.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "stream/kpi/board.hpp"

namespace kpistream::exporters {

// Managers and sources are many; what is shown of them are the windows that people compare (KPI.md, conventions).
inline constexpr std::array<std::string_view, 7> kFewWindows{"day",   "week", "week_prev", "week_prev_same_point",
                                                             "month", "7d",   "28d"};

inline std::string_view family_label(Family family) {
  if (family == Family::manager) return "manager";
  return family == Family::source ? "source" : "pipeline";
}

// "crm_window_", "crm_manager_window_"; of cohorts "crm_cohort_"; of states "crm_", "crm_manager_".
inline std::string family_prefix(WindowSet set, Family family) {
  std::string prefix = family == Family::pipeline ? "crm_" : "crm_" + std::string(family_label(family)) + "_";
  if (is_cohort(set)) return prefix + "cohort_";
  return set == WindowSet::periods ? prefix + "window_" : prefix;
}

inline bool is_shown(const PortalFigures& portal, WindowSet set, Family family, std::size_t window) {
  if (is_cohort(set)) return portal.cohorts.at(set)[window].visible;
  if (set != WindowSet::periods) return true;  // open states are complete whenever they began
  if (!portal.visible[window]) return false;
  if (family == Family::pipeline) return true;
  const auto name = Calendar::windows(set)[window];
  return std::find(kFewWindows.begin(), kFewWindows.end(), name) != kFewWindows.end();
}

inline std::string_view window_value(const PortalFigures& portal, WindowSet set, std::size_t window) {
  return is_cohort(set) ? std::string_view(portal.cohorts.at(set)[window].name) : Calendar::windows(set)[window];
}

// What the windows are, as the end of the sentence that a help is.
inline std::string window_help(WindowSet set) {
  if (is_cohort(set)) return ", for each cohort so far, in the portal's time zone.";
  return set == WindowSet::periods ? ", within the window, net of what was taken back, in the portal's time zone."
                                   : ", as things stand now, in the portal's time zone.";
}

}  // namespace kpistream::exporters
