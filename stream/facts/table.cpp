#include "stream/facts/table.hpp"

#include <array>
#include <string_view>

#include "stream/facts/words.hpp"

namespace kpistream {
namespace {

// Words of ours that stand where ids do, in every portal the same.
bool is_word(std::string_view id) { return id.empty() || id == kNone || id == kQueue || id == kLeadPipeline; }

void to_table(const PortalSettings& portal, const CountsIn::Ids& ids, std::string& id) {
  if (const auto mapped = ids.find(id); mapped != ids.end()) {
    id = mapped->second;
  } else if (!is_word(id)) {
    id.insert(0, portal.alias + '/');
  }
}

std::string in_table(const PortalSettings& portal, const CountsIn::Ids& ids, std::string id) {
  if (!portal.counts_in.portal.empty()) to_table(portal, ids, id);
  return id;
}

}  // namespace

std::string manager_in_table(const PortalSettings& portal, const std::string& id) {
  return in_table(portal, portal.counts_in.people, id);
}

std::string pipeline_in_table(const PortalSettings& portal, const std::string& id) {
  return in_table(portal, portal.counts_in.pipelines, id);
}

std::string stage_in_table(const PortalSettings& portal, const std::string& id) {
  return in_table(portal, portal.counts_in.stages, id);
}

std::string source_in_table(const PortalSettings& portal, const std::string& id) {
  return in_table(portal, portal.counts_in.sources, id);
}

std::string loss_reason_in_table(const PortalSettings& portal, const std::string& id) {
  return in_table(portal, portal.counts_in.loss_reasons, id);
}

void count_in_table(const PortalSettings& portal, Facts& facts) {
  const CountsIn& table = portal.counts_in;
  if (table.portal.empty()) return;
  if (table.until != 0) {
    std::erase_if(facts, [&](const Fact& fact) { return is_state(fact.kind) || fact.at >= table.until; });
  }
  for (Fact& fact : facts) {
    for (std::string* person : {&fact.manager, &fact.owner, &fact.actor}) to_table(portal, table.people, *person);
    to_table(portal, table.pipelines, fact.pipeline);
    to_table(portal, table.stages, fact.stage);
    to_table(portal, table.sources, fact.source);
    to_table(portal, table.loss_reasons, fact.reason);
  }
}

std::vector<PortalSettings> tables_of(const std::vector<PortalSettings>& portals) {
  std::vector<PortalSettings> tables;
  for (const PortalSettings& portal : portals) {
    if (!portal.counts_in.portal.empty()) continue;
    PortalSettings& table = tables.emplace_back(portal);
    for (const PortalSettings& other : portals) {
      if (other.counts_in.portal == portal.alias) table.members.push_back(other);
    }
  }
  return tables;
}

}  // namespace kpistream
