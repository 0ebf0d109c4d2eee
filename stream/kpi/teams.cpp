#include "stream/kpi/teams.hpp"

#include <charconv>
#include <cstdint>
#include <functional>

#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/facts/table.hpp"

namespace kpistream {
namespace {

void each_of(const State& state, const std::string& portal, EntityKind kind,
             const std::function<void(const std::string& id, const Entity& entity)>& visit) {
  std::string prefix = entity_key(portal, {kind, ""});
  prefix.pop_back();  // the end of the empty id
  state.scan(Space::entities, prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
    visit(parse_entity_key(key).ref.id, decode_entity(value));
    return true;
  });
}

std::int64_t number(const std::string& id) {
  std::int64_t value = 0;
  std::from_chars(id.data(), id.data() + id.size(), value);
  return value;
}

// Those whose team is not known yet.
void add_departments(const State& state, const PortalSettings& portal, std::map<std::string, std::string>& teams) {
  std::map<std::string, std::string> names;
  each_of(state, portal.alias, EntityKind::department,
          [&](const std::string& id, const Entity& department) { names.emplace(id, department.name); });
  if (names.empty()) return;
  each_of(state, portal.alias, EntityKind::manager, [&](const std::string& id, const Entity& manager) {
    std::int64_t newest = -1;
    const std::string* team = nullptr;
    for (const Field& field : manager.fields) {
      const auto name = field.name == "department" ? names.find(field.value) : names.end();
      if (name == names.end() || name->second.empty() || number(field.value) <= newest) continue;
      newest = number(field.value);
      team = &name->second;
    }
    if (team != nullptr) teams.emplace(manager_in_table(portal, id), *team);
  });
}

}  // namespace

std::map<std::string, std::string> teams_of(const PortalSettings& portal) {
  std::map<std::string, std::string> teams;
  for (const auto& [manager, settings] : portal.managers) {
    if (!settings.team.empty()) teams.emplace(manager, settings.team);
  }
  return teams;
}

std::map<std::string, std::string> teams_of(const State& state, const PortalSettings& portal) {
  std::map<std::string, std::string> teams = teams_of(portal);
  add_departments(state, portal, teams);
  for (const PortalSettings& member : portal.members) add_departments(state, member, teams);
  return teams;
}

std::optional<std::string> team_in(const std::map<std::string, std::string>& teams, const std::string& manager) {
  const auto team = teams.find(manager);
  if (team != teams.end()) return team->second;
  return teams.empty() ? std::optional<std::string>{""} : std::nullopt;
}

}  // namespace kpistream
