#include "stream/facts/entity.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "stream/facts/stage_history.hpp"

namespace kpistream {
namespace {

bool same_state(const StagePoint& a, const StagePoint& b) {
  return a.entered == b.entered && a.pipeline == b.pipeline && a.stage == b.stage && a.outcome == b.outcome &&
         a.owner == b.owner && a.amount == b.amount && a.currency == b.currency && a.mover == b.mover &&
         a.fields == b.fields;
}

// Two words of one moment in one stay, of which one may leave out what the other tells. Who edited it may differ.
bool same_moment(const StagePoint& a, const StagePoint& b) {
  return a.row == 0 && b.row == 0 && a.at == b.at && a.pipeline == b.pipeline && a.stage == b.stage &&
         a.outcome == b.outcome && a.owner == b.owner && a.amount == b.amount && a.currency == b.currency &&
         (a.entered == b.entered || a.entered == 0 || b.entered == 0);
}

// Takes a whole state in beside the words of its moment that are known. When the stay began and by whom is one for all
// of them, by the greater word; each known hand keeps a point of its own, a word of none is part of another. So it does
// not matter which came first, but for fields: what was listed when it was read last counts.
bool add_whole(std::vector<StagePoint>& points, const StagePoint& point) {
  StagePoint told = point;
  std::vector<StagePoint*> words;
  for (StagePoint& known : points) {
    if (same_moment(known, point)) words.push_back(&known);
  }
  for (const StagePoint* word : words) {
    told.entered = std::max(told.entered, word->entered);
    told.mover = std::max(told.mover, word->mover);
  }
  bool changed = false;
  StagePoint* same_hand = nullptr;
  for (StagePoint* word : words) {
    changed |= std::exchange(word->entered, told.entered) != told.entered;
    changed |= std::exchange(word->mover, told.mover) != told.mover;
    if (same_hand == nullptr || word->author == told.author) same_hand = word;
  }
  if (same_hand != nullptr && !told.author.empty() && !same_hand->author.empty() && same_hand->author != told.author)
    same_hand = nullptr;
  if (same_hand == nullptr) {
    insert_point(points, told);
    return true;
  }
  if (!told.author.empty()) changed |= std::exchange(same_hand->author, told.author) != told.author;
  if (told.fields != 0) changed |= std::exchange(same_hand->fields, told.fields) != told.fields;
  return changed;
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
    return is_repeated(before, point) || (same_state(before, point) && same_state(point, after));
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

bool observe_presence(Entity& entity, const Observation& seen) {
  if (seen.presence == Presence::unchanged) return false;
  if (seen.presence_at != 0 && seen.presence_at <= entity.presence_at) return false;
  const bool gone = seen.presence == Presence::gone;
  const UnixSeconds at = std::max(entity.presence_at, seen.presence_at);
  const bool later = std::exchange(entity.presence_at, at) != at;
  return (std::exchange(entity.gone, gone) != gone) || later;
}

bool observe_created(Entity& entity, UnixSeconds created) {
  if (created == 0 || (entity.created != 0 && entity.created <= created)) return false;
  entity.created = created;
  return true;
}

// What is told as a whole holds from its version on, and an older word never wins. Of two of one moment `outranks(seen,
// have)` decides.
template <class Value, class Outranks>
bool observe_versioned(Value& have, UnixSeconds& since, const std::optional<Value>& seen, UnixSeconds version,
                       const Outranks& outranks) {
  if (!seen || (version != 0 && version < since)) return false;
  if (version != 0 && version == since && !outranks(*seen, have)) return false;
  if (have == *seen && since >= version) return false;
  have = *seen;
  since = std::max(since, version);
  return true;
}

// Readings of one second come one after the other: the last to come has seen the most.
template <class Value>
bool observe_versioned(Value& have, UnixSeconds& since, const std::optional<Value>& seen, UnixSeconds version) {
  return observe_versioned(have, since, seen, version, [](const Value&, const Value&) { return true; });
}

bool observe_row(Entity& entity, const Observation& seen) {
  if (tells_nothing_new(entity.points, entity.late, *seen.point)) return false;
  const auto before = std::pair(entity.points, entity.late);
  if (seen.before) insert_point(entity.points, *seen.before);
  insert_point(entity.points, *seen.point);
  settle_history(entity.points, entity.late);
  return std::tie(entity.points, entity.late) != std::tie(before.first, before.second);
}

bool observe_point(Entity& entity, const Observation& seen) {
  if (!seen.point) return false;
  const StagePoint& point = *seen.point;
  bool changed = false;
  if (point.row != 0) {
    changed = observe_row(entity, seen);
  } else {
    changed = add_whole(entity.points, point);
    if (changed) settle_history(entity.points, entity.late);
  }
  while (entity.points.size() > Entity::kPointsMax) {
    shed_point(entity.points);
    settle_history(entity.points, entity.late);
  }
  if (entity.late.size() > Entity::kPointsMax) entity.late.erase(entity.late.begin());
  return changed;
}

// Whoever is known before nobody; then in a fixed order, in which a company comes before a person.
bool better_known(const EntityRef& seen, const EntityRef& have) {
  const auto rank = [](const EntityRef& ref) { return std::tuple(ref.id.empty(), ref.kind, std::string_view(ref.id)); };
  return rank(seen) < rank(have);
}

void tie(std::vector<Tie>& ties, const EntityRef& card, UnixSeconds version) {
  const auto key = [](const EntityRef& ref) { return std::tuple(ref.kind, std::string_view(ref.id)); };
  const auto at = std::lower_bound(ties.begin(), ties.end(), card,
                                   [&](const Tie& have, const EntityRef& seen) { return key(have.card) < key(seen); });
  if (at != ties.end() && at->card == card) {
    at->version = std::max(at->version, version);
  } else if (!card.id.empty()) {
    ties.insert(at, {card, version});
  }
  if (ties.size() > Entity::kTiesMax) ties.pop_back();
}

// A deal tells all its contacts, a contact tells its deals; the newer word holds for the two, of one second both.
bool observe_ties(Entity& entity, const Observation& seen) {
  if (!seen.cards && !seen.card) return false;
  const auto before = entity.ties;
  const UnixSeconds since = entity.ties_version;
  if (seen.version < since) return false;
  if (seen.cards) {
    std::erase_if(entity.ties, [&](const Tie& have) { return have.version < seen.version; });
    entity.ties_version = seen.version;
    for (const EntityRef& card : *seen.cards) tie(entity.ties, card, seen.version);
  }
  if (seen.card) tie(entity.ties, *seen.card, seen.version);
  return entity.ties != before || entity.ties_version != since;
}

bool is_record(const EntityRef& ref) {
  return !ref.id.empty() && (ref.kind == EntityKind::lead || ref.kind == EntityKind::deal);
}

// A call may be noted on several cards, and each word knows its own only: a call is about the lead or deal that the
// newest word knows which knows any, else about the contact or company.
bool observe_target(Entity& entity, const Observation& seen) {
  const EntityRef& told = seen.details->target;
  EntityRef& have = entity.details.target;
  if (told.id.empty() || (is_record(have) && !is_record(told))) return false;
  if (is_record(told) && !is_record(have)) {
    have = told;
    entity.target_version = seen.version;
    return true;
  }
  return observe_versioned(have, entity.target_version, std::optional(told), seen.version, better_known);
}

// What two words about an act at the same time are told apart by, in some fixed order, so that the order of arrival
// does not decide. The one that knows whose record it is about is the better: `knows`.
auto rank(const Details& d, bool knows) {
  return std::tuple(knows, d.done, d.done_at, !d.closer.empty(), !d.author.empty(), !d.line.empty(), d.rating,
                    d.created, d.seconds, std::tie(d.target.kind, d.target.id, d.owner, d.closer, d.author),
                    std::tie(d.line, d.type, d.start, d.end, d.deadline, d.act, d.direction, d.call, d.human));
}

// Of acts other than calls an empty target is a known "none".
bool observe_details(Entity& entity, const Observation& seen) {
  if (!seen.details) return false;
  Details told = *seen.details;
  bool knows = !told.target.id.empty();
  bool known = !entity.details.target.id.empty();
  bool changed = false;
  if (seen.ref.kind == EntityKind::call) {
    knows = is_record(told.target);
    known = is_record(entity.details.target) && entity.target_version == entity.details_version;
    changed = observe_target(entity, seen);
    told.target = entity.details.target;
  }
  const bool older = seen.version != 0 && seen.version < entity.details_version;
  const bool same_time = entity.has_details && seen.version != 0 && entity.details_version == seen.version;
  if (older || (same_time && rank(told, knows) <= rank(entity.details, known))) return changed;
  if (entity.has_details && entity.details == told && entity.details_version >= seen.version) return changed;
  entity.details = std::move(told);
  entity.details_version = std::max(entity.details_version, seen.version);
  entity.has_details = true;
  return true;
}

}  // namespace

bool Entity::observe(const Observation& seen) {
  bool changed = observe_presence(*this, seen);
  changed |= observe_created(*this, seen.created);
  changed |= assign_once(creator, seen.creator);
  changed |= assign_once(source, seen.source);
  changed |= observe_versioned(loss_reason, loss_reason_version, seen.loss_reason, seen.version);
  changed |= observe_point(*this, seen);
  changed |= observe_details(*this, seen);
  changed |= observe_versioned(repeat, repeat_version, seen.repeat, seen.version);
  changed |= observe_versioned(parent, parent_version, seen.parent, seen.version, better_known);
  changed |= observe_versioned(client, client_version, seen.client, seen.version, better_known);
  changed |= observe_ties(*this, seen);
  changed |= observe_versioned(fields, fields_version, seen.fields, seen.version);
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
