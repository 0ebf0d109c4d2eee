#include "exporters/prometheus/groups.hpp"

#include <algorithm>

namespace kpistream::exporters {
namespace {

struct Beginning {
  std::string_view name;
  Group group;
};

// The first that fits. What begins with none of them is a KPI's: of its windows, or counted since the first record.
constexpr std::array kBeginnings{
    Beginning{"process_", Group::process},
    Beginning{"kpistream_", Group::daemon},
    Beginning{"crm_portal_", Group::portals},
    Beginning{"crm_manager_info", Group::portals},
    Beginning{"crm_pipeline_info", Group::portals},
    Beginning{"crm_deal_stage_info", Group::portals},
    Beginning{"crm_source_info", Group::portals},
    Beginning{"crm_loss_reason_info", Group::portals},
    Beginning{"crm_coverage_", Group::portals},
    Beginning{"crm_snapshot_", Group::portals},
    Beginning{"crm_manager_", Group::managers},
    Beginning{"crm_source_", Group::sources},
    Beginning{"crm_cohort_", Group::cohorts},
    Beginning{"crm_flow_", Group::insight},
    Beginning{"crm_pipeline_flow_", Group::insight},
    Beginning{"crm_plan_", Group::insight},
    Beginning{"crm_team_", Group::insight},
    Beginning{"crm_managers_active", Group::insight},
    Beginning{"crm_kpi_", Group::insight},
    Beginning{"crm_anomaly_", Group::insight},
    Beginning{"crm_advice_", Group::insight},
    Beginning{"crm_open_lead_age_", Group::insight},
    Beginning{"crm_largest_manager_", Group::insight},
};

}  // namespace

std::optional<Group> group_of_name(std::string_view name) {
  const auto* found = std::find(kGroupNames.begin(), kGroupNames.end(), name);
  if (found == kGroupNames.end()) return std::nullopt;
  return static_cast<Group>(found - kGroupNames.begin());
}

std::string all_group_names() {
  std::string names;
  for (const auto name : kGroupNames) names.append(names.empty() ? "" : ", ").append(name);
  return names;
}

Group group_of(std::string_view family, std::string_view type) {
  for (const auto& [name, group] : kBeginnings) {
    if (family.starts_with(name)) return group;
  }
  return type == "gauge" ? Group::windows : Group::totals;
}

}  // namespace kpistream::exporters
