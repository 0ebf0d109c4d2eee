#include "exporters/prometheus/portal_families.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

namespace kpistream::exporters {
namespace {

void write_oldest(const KpiFigures& kpi, const PortalFigures& portal, Exposition& out) {
  const Definition& definition = kpi.definition;
  if (definition.oldest_name.empty() || !kpi.oldest) return;
  out.family("crm_" + definition.oldest_name, "gauge",
             "This is the age of the oldest of the " + definition.counted + ".")
      .sample({{"portal", portal.settings.alias}}, std::max<std::int64_t>(0, portal.now - *kpi.oldest));
}

// Of a directory that is larger than there are places, only those who have one.
void write_managers(const PortalFigures& portal, const Places& places, bool hide_names, Exposition& out) {
  auto& managers =
      out.family("crm_manager_info", "gauge",
                 "The labels tell the name and team of a manager, to be joined by id, or the id again where names are "
                 "hidden; the value is always 1.");
  const bool everybody = places.hold(Family::manager, portal.manager_names.size());
  for (const auto& [id, name] : portal.manager_names) {
    if (!everybody && !places.has(Family::manager, id)) continue;
    const auto team = portal.teams.find(id);
    managers.sample({{"portal", portal.settings.alias},
                     {"manager", id},
                     {"name", hide_names ? id : name},
                     {"team", team == portal.teams.end() ? std::string_view("none") : std::string_view(team->second)}},
                    std::int64_t{1});
  }
}

void write_names(const PortalFigures& portal, const Places& places, bool hide_names, Exposition& out) {
  const std::string_view alias = portal.settings.alias;
  out.family("crm_portal_info", "gauge",
             "The labels tell the CRM, currency and time zone of a configured portal; the value is always 1.")
      .sample({{"portal", alias},
               {"crm", portal.settings.crm == Crm::bitrix24 ? "bitrix24" : "amocrm"},
               {"currency", portal.settings.currency},
               {"zone", portal.settings.zone}},
              std::int64_t{1});
  write_managers(portal, places, hide_names, out);
  const auto write = [&](std::string_view metric, std::string_view label, const std::string& what,
                         const std::map<std::string, std::string>& names) {
    auto& family = out.family(metric, "gauge",
                              "The labels tell the name of " + what + ", to be joined by id; the value is always 1.");
    for (const auto& [id, name] : names) {
      family.sample({{"portal", alias}, {label, id}, {"name", name}}, std::int64_t{1});
    }
  };
  write("crm_pipeline_info", "pipeline", "a funnel", portal.pipeline_names);
  write("crm_deal_stage_info", "deal_stage", "a stage of deals", portal.stage_names);
  auto sources = portal.source_names;
  if (!places.hold(Family::source, sources.size()))
    std::erase_if(sources, [&](const auto& source) { return !places.has(Family::source, source.first); });
  write("crm_source_info", "source", "a source", sources);
  write("crm_loss_reason_info", "loss_reason", "a reason of refusal", portal.loss_reason_names);
  if (portal.known_since != 0) {
    out.family("crm_portal_known_since_timestamp_seconds", "gauge",
               "This is when the portal's figures begin to be known; a window that begins earlier is absent, not zero.")
        .sample({{"portal", alias}}, portal.known_since);
  }
}

void write_coverage(const PortalFigures& portal, Exposition& out) {
  auto& family =
      out.family("crm_coverage_ratio", "gauge",
                 "This is the part of the window, up to now, that was verified against the CRM, from 0 to 1.");
  const auto windows = Calendar::windows(WindowSet::periods);
  for (std::size_t i = 0; i < portal.coverage.size(); ++i) {
    family.sample({{"portal", portal.settings.alias}, {"window", windows[i]}},
                  static_cast<double>(portal.coverage[i]) / 1'000);
  }
}

}  // namespace

void write_portal(const PortalFigures& portal, const Places& places, bool hide_names, Exposition& out) {
  write_names(portal, places, hide_names, out);
  if (portal.known_since == 0) return;
  write_coverage(portal, out);
  for (const auto& [id, kpi] : portal.kpis) {
    if (is_configured(kpi.definition, portal.settings)) write_oldest(kpi, portal, out);
  }
}

}  // namespace kpistream::exporters
