#include "stream/facts/rules.hpp"

#include <algorithm>

#include "stream/facts/field_mark.hpp"
#include "stream/facts/words.hpp"

namespace kpistream {
namespace {

constexpr std::int64_t kMicros = 1'000'000;
constexpr std::int64_t kRateMicrosMax = 1'000'000'000'000;

bool human_hand(const PortalSettings& portal, const std::string& user) {
  return !user.empty() && !is_robot(portal, user);
}

}  // namespace

bool contains(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool is_robot(const PortalSettings& portal, const std::string& user) {
  return user == "0" || contains(portal.robots, user);
}

Outcome outcome_of(const StagePoint& point, const PortalSettings& portal) {
  const bool open = point.outcome == Outcome::open || point.outcome == Outcome::unknown;
  return open && contains(portal.incoming_stages, point.stage) ? Outcome::incoming : point.outcome;
}

Closing began(const Entity& entity, const std::function<bool(const StagePoint&)>& alike) {
  const StagePoint* first = &entity.points.back();
  UnixSeconds entered = first->entered;
  for (auto point = entity.points.rbegin() + 1; point != entity.points.rend() && alike(*point); ++point) {
    if (point->stage != first->stage || point->pipeline != first->pipeline) {
      entered = point->entered;  // a move between two stages of failure is one refusal
    } else {
      // Left and entered again in between (won, reopened, won): another entry time starts another stay.
      if (entered != 0 && point->entered != 0 && point->entered != entered) break;
      if (entered == 0) entered = point->entered;
    }
    first = &*point;
  }
  return {Outcome::unknown, entered != 0 ? entered : first->at, first};
}

Closing closing_of(const Entity& entity, const PortalSettings& portal) {
  if (entity.points.empty()) return {};
  const Outcome outcome = outcome_of(entity.points.back(), portal);
  Closing closing = began(entity, [&](const StagePoint& point) { return outcome_of(point, portal) == outcome; });
  closing.outcome = outcome;
  return closing;
}

const StagePoint* first_accepted(const Entity& entity, const PortalSettings& portal) {
  const auto point = std::find_if(entity.points.begin(), entity.points.end(),
                                  [&](const StagePoint& p) { return outcome_of(p, portal) != Outcome::incoming; });
  return point == entity.points.end() ? nullptr : &*point;
}

std::vector<Stay> stays_of(const Entity& entity) {
  std::vector<Stay> stays;
  UnixSeconds entered = 0;
  for (const StagePoint& point : entity.points) {
    const bool same = !stays.empty() && stays.back().first->stage == point.stage &&
                      stays.back().first->pipeline == point.pipeline &&
                      (entered == 0 || point.entered == 0 || entered == point.entered);
    if (same) {
      if (entered == 0 && point.entered != 0) stays.back().from = entered = point.entered;
      continue;
    }
    entered = point.entered;
    stays.push_back({&point, entered != 0 ? entered : point.at});
  }
  // What is known of the beginning is the record's own: it was in its first stage since it was made.
  if (!stays.empty() && stays.front().first->entered == 0 && entity.created != 0) {
    stays.front().from = std::min(stays.front().from, entity.created);
  }
  return stays;
}

namespace {

std::optional<std::int64_t> rate_of(const std::string& currency, std::int64_t day, const Portal& portal) {
  const auto& configured = portal.settings.rates;
  if (const auto rates = configured.find(currency); rates != configured.end()) {
    const auto later = std::upper_bound(rates->second.begin(), rates->second.end(), day,
                                        [](std::int64_t d, const Rate& rate) { return d < rate.from_day; });
    if (later != rates->second.begin()) return std::prev(later)->micros;
  }
  return portal.directory.rate(currency, portal.settings.currency, day);
}

}  // namespace

std::optional<MinorUnits> converted(MinorUnits amount, const std::string& currency, std::int64_t day,
                                    const Portal& portal) {
  const auto rate = rate_of(currency, day, portal);
  if (!rate || *rate < 0 || *rate > kRateMicrosMax) return std::nullopt;
  const std::int64_t micros = *rate;
  // amount = whole millions and a rest, so that nothing overflows that need not; half away from zero.
  MinorUnits result = 0;
  if (__builtin_mul_overflow(amount / kMicros, micros, &result)) return std::nullopt;
  const std::int64_t rest = amount % kMicros * micros;
  if (__builtin_add_overflow(result, (rest + (rest < 0 ? -kMicros / 2 : kMicros / 2)) / kMicros, &result)) {
    return std::nullopt;
  }
  return result;
}

bool is_missed(const Details& call) { return call.direction == Direction::in && call.call == CallOutcome::missed; }

ActView view_act(const EntityRef& ref, const Entity& entity, const PortalSettings& portal) {
  ActView act;
  act.ref = ref;
  act.kind = ref.kind;
  act.details = entity.details;
  act.due = kNoTime;
  Details& d = act.details;
  // An act that a portal keeps as a record with stages is done where it stands in one of success.
  if (ref.kind == EntityKind::activity && !entity.points.empty()) {
    const Closing closing = closing_of(entity, portal);
    d.done = closing.outcome == Outcome::won;
    d.done_at = d.done ? closing.since : 0;
    d.closer = d.done ? closing.first->mover : std::string();
  }
  if (!portal.meeting_types.empty() && (ref.kind == EntityKind::activity || ref.kind == EntityKind::task)) {
    if (contains(portal.meeting_types, d.type)) {
      d.act = Act::meeting;
    } else if (d.act == Act::meeting) {
      d.act = Act::todo;
    }
  }
  // A task has no end: a meeting that is ticked off later was held when it was due.
  const bool held = d.act == Act::meeting && d.done && d.done_at != 0;
  if (held && ref.kind == EntityKind::task && d.deadline != 0) d.done_at = std::min(d.done_at, d.deadline);
  if (ref.kind == EntityKind::call && d.call == CallOutcome::talk && d.seconds < portal.talk_seconds_min) {
    d.call = CallOutcome::short_talk;
  }
  act.by_robot = is_robot(portal, d.author);
  act.done_by_robot = is_robot(portal, d.closer.empty() ? d.owner : d.closer);
  // Who was given a task by a robot is no robot; whose message a robot wrote is.
  const bool plannable = ref.kind == EntityKind::activity || ref.kind == EntityKind::task;
  const bool own_hand = !plannable || d.act == Act::mail || d.act == Act::chat;
  const bool nobody = ref.kind == EntityKind::call && d.owner == "0";  // a group call nobody took
  act.human = d.human && !(own_hand && act.by_robot) && (nobody || !is_robot(portal, d.owner));
  act.planned = plannable && !d.done && (d.act == Act::meeting || d.act == Act::todo || d.act == Act::call);
  if (act.planned) {
    act.due = d.act == Act::meeting ? first_known({d.start, d.deadline}) : first_known({d.deadline});
  }
  act.at = first_known({d.start, d.done_at, d.end});
  if (held) act.at = std::min(act.at, d.done_at);  // before it was to begin
  return act;
}

std::string_view channel_of(const ActView& act) {
  if (act.kind == EntityKind::call) return "call";
  if (act.kind == EntityKind::message || act.details.act == Act::chat) return "message";
  if (act.details.act == Act::mail) return "email";
  return act.details.act == Act::meeting ? "meeting" : "call";
}

namespace {

void add(std::vector<ActionOf>& actions, UnixSeconds at, const std::string& actor, std::string_view name) {
  if (at != 0 && at != kNoTime && !actor.empty() && actor != "0") actions.push_back({at, actor, name});
}

}  // namespace

std::vector<ActionOf> actions_of(const ActView& act) {
  std::vector<ActionOf> actions;
  if (!act.human) return actions;
  const Details& d = act.details;
  const bool outgoing = d.direction == Direction::out || d.direction == Direction::callback;
  const std::string& author = d.author.empty() ? d.owner : d.author;
  const std::string& closer = d.closer.empty() ? d.owner : d.closer;
  switch (act.kind) {
    case EntityKind::call:
      if (outgoing || d.call == CallOutcome::talk || d.call == CallOutcome::short_talk) {
        add(actions, d.start, d.owner, "call");
      }
      break;
    case EntityKind::message:
      if (outgoing) add(actions, d.start, author, "message");
      break;
    case EntityKind::note:
      add(actions, d.start, author, "note");
      break;
    case EntityKind::activity:
    case EntityKind::task:
      if (d.act == Act::mail) {
        if (outgoing && d.done) add(actions, act.at, author, "email");
      } else if (d.act == Act::meeting) {
        if (d.done && !act.done_by_robot) add(actions, first_known({d.done_at, d.end, d.start}), closer, "meeting");
      } else if (d.act == Act::todo) {
        if (!act.by_robot) add(actions, d.created, author, "task_created");
        if (d.done && !act.done_by_robot) add(actions, d.done_at, closer, "task_done");
      }
      break;
    default:
      break;
  }
  return actions;
}

namespace {

// Whoever made the change after which a listed field was another (K5).
template <class Take>
void each_field_change(const Entity& record, const PortalSettings& portal, const Take& take) {
  if (portal.action_fields.empty()) return;
  const bool amounts = contains(portal.action_fields, kAmountField);
  const bool owners = contains(portal.action_fields, kOwnerField);
  const StagePoint* before = nullptr;
  std::uint64_t fields = 0;
  for (const StagePoint& point : record.points) {
    const bool changed =
        before != nullptr && ((amounts && (before->amount != point.amount || before->currency != point.currency)) ||
                              (owners && before->owner != point.owner) || fields_changed(fields, point.fields));
    if (changed) take(point.at, point.author, "field");
    before = &point;
    if (point.fields != 0) fields = point.fields;
  }
}

}  // namespace

std::vector<ActionOf> actions_of(EntityKind kind, const Entity& record, const PortalSettings& portal) {
  std::vector<ActionOf> actions;
  const auto take = [&](UnixSeconds at, const std::string& actor, std::string_view name) {
    if (at != 0 && human_hand(portal, actor)) actions.push_back({at, actor, name});
  };
  if (kind == EntityKind::quote) {
    for (const StagePoint& point : record.points) {
      if (!is_sent(point, portal)) continue;
      take(point.entered != 0 ? point.entered : point.at, point.mover.empty() ? point.author : point.mover, "quote");
      break;
    }
    return actions;
  }
  if (kind != EntityKind::lead && kind != EntityKind::deal) return actions;
  take(record.created, record.creator, kind == EntityKind::lead ? "lead_created" : "deal_created");
  const auto stays = stays_of(record);
  for (std::size_t i = 1; i < stays.size(); ++i) {
    const StagePoint& first = *stays[i].first;
    take(stays[i].from, first.mover.empty() ? first.author : first.mover, "stage");
  }
  each_field_change(record, portal, take);
  return actions;
}

bool is_creation(const ActionOf& action) { return action.name == "lead_created" || action.name == "deal_created"; }

bool is_sent(const StagePoint& point, const PortalSettings& portal) {
  if (portal.quote_stages.empty()) return point.outcome == Outcome::won || point.outcome == Outcome::lost;
  return contains(portal.quote_stages, point.stage) || point.stage == "APPROVED" || point.outcome == Outcome::lost;
}

}  // namespace kpistream
