#include "stream/directory_state.hpp"

#include <array>

#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"

namespace kpistream {
namespace {

using Visit = std::function<void(const EntityRef&, const Entity&)>;

void each_of(const State& state, const std::string& portal, EntityKind kind, const Visit& visit) {
  std::string prefix = entity_key(portal, {kind, ""});
  prefix.pop_back();  // the end of the empty id
  state.scan(Space::entities, prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
    visit(parse_entity_key(key).ref, decode_entity(value));
    return true;
  });
}

}  // namespace

Directory load_directory(const State& state, const std::string& portal, const Calendar& calendar) {
  Directory directory;
  for (const EntityKind kind : {EntityKind::stage, EntityKind::currency}) {
    each_of(state, portal, kind,
            [&](const EntityRef& ref, const Entity& entity) { directory.take(ref, entity, calendar); });
  }
  return directory;
}

void each_staged(const State& state, const std::string& portal, const Visit& visit) {
  constexpr std::array kStaged{EntityKind::lead, EntityKind::deal, EntityKind::activity, EntityKind::quote,
                               EntityKind::invoice};
  for (const EntityKind kind : kStaged) each_of(state, portal, kind, visit);
}

}  // namespace kpistream
