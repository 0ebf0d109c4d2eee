#include "stream/periods/find.hpp"

#include "stream/codec/keys.hpp"

namespace kpistream::periods {
namespace {

std::optional<SnapshotId> first_id(const State& state, const std::string& from, const std::string& end) {
  std::optional<SnapshotId> id;
  state.scan(Space::periods, from, end, [&](std::string_view key, std::string_view) {
    id = parse_id(key);
    return false;
  });
  return id;
}

}  // namespace

std::vector<std::string> schedules_of(const State& state, const std::string& portal) {
  std::vector<std::string> schedules;
  std::string from = portal_prefix(Tag::snapshot, portal);
  const std::string end = after_prefix(from);
  while (const auto id = first_id(state, from, end)) {
    schedules.push_back(id->schedule);
    from = after_prefix(schedule_prefix(Tag::snapshot, portal, id->schedule));
  }
  return schedules;
}

std::optional<Snapshot> first_of(const State& state, const std::string& portal, const std::string& schedule,
                                 const Range& range) {
  const auto id = first_id(state, id_key(Tag::snapshot, {portal, schedule, range.last * 60}),
                           after_prefix(schedule_prefix(Tag::snapshot, portal, schedule)));
  const auto kept = id ? find_snapshot(state, *id) : std::nullopt;
  if (!kept || decode_snapshot(kept->bytes, false).head.range != range) return std::nullopt;
  return decode_snapshot(kept->bytes);
}

}  // namespace kpistream::periods
