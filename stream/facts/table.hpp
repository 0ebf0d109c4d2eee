// One table of several portals: where facts are counted, and under which ids. The only place that maps them; why and
// what cannot be known: docs/decisions/0020.
#pragma once

#include <string>
#include <vector>

#include "stream/facts/fact.hpp"
#include "stream/portal.hpp"

namespace kpistream {

// The portal in whose table its facts are counted; mostly itself.
[[nodiscard]] inline const std::string& table_of(const PortalSettings& portal) {
  return portal.counts_in.portal.empty() ? portal.alias : portal.counts_in.portal;
}

// What somebody, a funnel, a stage, a source or a reason of refusal of the portal's CRM is called in the table: by the
// mapping, else "<alias>/<id>".
[[nodiscard]] std::string manager_in_table(const PortalSettings& portal, const std::string& id);
[[nodiscard]] std::string pipeline_in_table(const PortalSettings& portal, const std::string& id);
[[nodiscard]] std::string stage_in_table(const PortalSettings& portal, const std::string& id);
[[nodiscard]] std::string source_in_table(const PortalSettings& portal, const std::string& id);
[[nodiscard]] std::string loss_reason_in_table(const PortalSettings& portal, const std::string& id);

// From facts as they are in the portal to those that count in the table. Their order and identities stay.
void count_in_table(const PortalSettings& portal, Facts& facts);

// The tables there are, in the order of `portals`: each portal that has one, with its `members`.
[[nodiscard]] std::vector<PortalSettings> tables_of(const std::vector<PortalSettings>& portals);

}  // namespace kpistream
