#include "stream/reading_state.hpp"

#include <algorithm>

#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"

namespace kpistream {

std::vector<Wish> pending_wishes(const State& state) {
  std::vector<Wish> wishes;
  state.scan(Space::wishes, "", "", [&](std::string_view key, std::string_view value) {
    auto parsed = parse_wish_key(key);
    wishes.push_back(
        {std::move(parsed.portal), std::move(parsed.subject), static_cast<Position>(decode_number(value))});
    return true;
  });
  return wishes;
}

std::int64_t read_cursor(const State& state, const std::string& portal, const std::string& list) {
  const auto stored = state.get(Space::entities, entity_key(portal, {EntityKind::cursor, list}));
  return stored ? decode_entity(*stored).cursor : 0;
}

std::optional<UnixSeconds> compared_until(const State& state, const PortalSettings& portal) {
  if (portal.compared_lists.empty()) return std::nullopt;
  UnixSeconds until = 0;
  for (const std::string& list : portal.compared_lists) {
    const UnixSeconds cursor = read_cursor(state, portal.alias, list);
    if (cursor > 0) until = until == 0 ? cursor : std::min(until, cursor);
  }
  return until;
}

std::map<std::string, std::int64_t> read_cursors(const State& state, const std::string& portal,
                                                 std::string_view prefix) {
  std::map<std::string, std::int64_t> cursors;
  std::string first = entity_key(portal, {EntityKind::cursor, std::string(prefix)});
  first.pop_back();  // the end of the id: others begin with it
  state.scan(Space::entities, first, after_prefix(first), [&](std::string_view key, std::string_view value) {
    cursors.emplace(parse_entity_key(key).ref.id, decode_entity(value).cursor);
    return true;
  });
  return cursors;
}

std::vector<std::string> known_ids(const State& state, const std::string& portal, EntityKind kind,
                                   const std::string& after, std::size_t most) {
  std::vector<std::string> ids;
  std::string all = entity_key(portal, {kind, {}});
  all.pop_back();
  const std::string first = after.empty() ? all : entity_key(portal, {kind, after}) + '\0';
  state.scan(Space::entities, first, after_prefix(all), [&](std::string_view key, std::string_view value) {
    if (!decode_entity(value).gone) ids.push_back(parse_entity_key(key).ref.id);
    return ids.size() < most;
  });
  return ids;
}

}  // namespace kpistream
