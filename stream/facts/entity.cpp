#include "stream/facts/entity.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "stream/facts/stage_history.hpp"

namespace kpistream {
namespace {

bool same_state(const StagePoint& a, const StagePoint& b) {
  return a.entered == b.entered && a.pipeline == b.pipeline && a.stage == b.stage && a.outcome == b.outcome &&
         a.owner == b.owner && a.amount == b.amount && a.currency == b.currency && a.mover == b.mover;
}

void insert_point(std::vector<StagePoint>& points, const StagePoint& point) {
  const auto later = std::upper_bound(points.begin(), points.end(), point.at,
                                      [](UnixSeconds at, const StagePoint& have) { return at < have.at; });
  points.insert(later, point);
}

// Drops the earliest point that says the same as both its neighbours; if there is none, one that begins no new stay; if
// there is none either, the second point. The first tells the creation, the last and the beginning of its stay the
// rest.
void shed_point(std::vector<StagePoint>& points) {
  const auto inner = [&](const auto& may_go) {
    for (auto point = points.begin() + 1; point + 1 != points.end(); ++point) {
      if (may_go(*(point - 1), *point, *(point + 1))) return point;
    }
    return points.end();
  };
  auto gone = inner([](const StagePoint& before, const StagePoint& point, const StagePoint& after) {
    return same_state(before, point) && same_state(point, after);
  });
  if (gone == points.end()) {
    gone = inner([](const StagePoint& before, const StagePoint& point, const StagePoint& /*after*/) {
      return before.outcome == point.outcome && before.entered == point.entered;
    });
  }
  points.erase(gone == points.end() ? points.begin() + 1 : gone);
}

bool assign(std::string& field, const std::string& value) {
  if (value.empty() || field == value) return false;
  field = value;
  return true;
}

// Who made a record and where it came from is told once and does not change.
bool assign_once(std::string& field, const std::string& value) { return field.empty() && assign(field, value); }

bool observe_presence(Entity& entity, Presence presence) {
  if (presence == Presence::unchanged) return false;
  const bool gone = presence == Presence::gone;
  return std::exchange(entity.gone, gone) != gone;
}

bool observe_created(Entity& entity, UnixSeconds created) {
  if (created == 0 || (entity.created != 0 && entity.created <= created)) return false;
  entity.created = created;
  return true;
}

bool observe_loss_reason(Entity& entity, const Observation& seen) {
  if (!seen.loss_reason || (seen.version != 0 && seen.version < entity.loss_reason_version)) return false;
  if (entity.loss_reason == *seen.loss_reason && entity.loss_reason_version >= seen.version) return false;
  entity.loss_reason = *seen.loss_reason;
  entity.loss_reason_version = std::max(entity.loss_reason_version, seen.version);
  return true;
}

bool observe_point(Entity& entity, const std::optional<StagePoint>& point) {
  if (!point) return false;
  const bool known = point->row != 0
                         ? tells_nothing_new(entity.points, *point)
                         : std::find(entity.points.begin(), entity.points.end(), *point) != entity.points.end();
  if (known) return false;
  insert_point(entity.points, *point);
  settle_history(entity.points);
  if (entity.points.size() <= Entity::kPointsMax) return true;
  shed_point(entity.points);
  settle_history(entity.points);
  return true;
}

bool observe_ref(EntityRef& field, const EntityRef& value) {
  if (value.id.empty() || field == value) return false;
  field = value;
  return true;
}

bool observe_fields(Entity& entity, const Observation& seen) {
  if (!seen.fields || (seen.version != 0 && seen.version < entity.fields_version)) return false;
  if (entity.fields == *seen.fields && entity.fields_version >= seen.version) return false;
  entity.fields = *seen.fields;
  entity.fields_version = std::max(entity.fields_version, seen.version);
  return true;
}

// Of two words about an act at the same time, the one that knows whose record it is about is the better; else the
// greater in some fixed order, so that the order of arrival does not decide.
bool outranks(const Details& seen, const Details& have) {
  const auto rank = [](const Details& d) {
    return std::tuple(!d.target.id.empty(), d.done, d.done_at, !d.closer.empty(), !d.author.empty(), !d.line.empty(),
                      d.rating, d.created, d.seconds, std::tie(d.target.kind, d.target.id, d.owner, d.closer, d.author),
                      std::tie(d.line, d.type, d.start, d.end, d.deadline, d.act, d.direction, d.call, d.human));
  };
  return rank(seen) > rank(have);
}

bool observe_details(Entity& entity, const Observation& seen) {
  if (!seen.details || (seen.version != 0 && seen.version < entity.details_version)) return false;
  if (entity.has_details && entity.details_version == seen.version && seen.version != 0 &&
      !outranks(*seen.details, entity.details)) {
    return false;
  }
  if (entity.has_details && entity.details == *seen.details && entity.details_version >= seen.version) return false;
  entity.details = *seen.details;
  entity.details_version = std::max(entity.details_version, seen.version);
  entity.has_details = true;
  return true;
}

}  // namespace

bool Entity::observe(const Observation& seen) {
  bool changed = observe_presence(*this, seen.presence);
  changed |= observe_created(*this, seen.created);
  changed |= assign_once(creator, seen.creator);
  changed |= assign_once(source, seen.source);
  changed |= observe_loss_reason(*this, seen);
  changed |= observe_point(*this, seen.point);
  changed |= observe_details(*this, seen);
  if (seen.repeat && *seen.repeat != repeat) {
    repeat = *seen.repeat;
    changed = true;
  }
  changed |= observe_ref(parent, seen.parent);
  changed |= observe_ref(client, seen.client);
  changed |= observe_fields(*this, seen);
  changed |= assign(name, seen.name);
  if (seen.cursor > cursor) {
    cursor = seen.cursor;
    changed = true;
  }
  if (seen.ignore && !ignore) {
    ignore = true;
    changed = true;
  }
  return changed;
}

}  // namespace kpistream
