#include "stream/facts/derive.hpp"

#include <algorithm>

namespace kpistream {
namespace {

const std::string kNone = "none";    // a record without an owner, a loss without a reason
const std::string kQueue = "queue";  // a group call that nobody took (K8)

std::string manager_or(const std::string& owner, const std::string& otherwise) {
  return owner.empty() || owner == "0" ? otherwise : owner;
}

std::string outcome_name(CallOutcome outcome) {
  switch (outcome) {
    case CallOutcome::talk:
      return "talk";
    case CallOutcome::short_talk:
      return "short";
    case CallOutcome::missed:
      return "missed";
    case CallOutcome::failed:
      return "failed";
    case CallOutcome::unknown:
      break;
  }
  return "unknown";
}

std::string direction_name(Direction direction) {
  switch (direction) {
    case Direction::in:
      return "in";
    case Direction::callback:
      return "callback";
    case Direction::out:
    case Direction::none:
      break;
  }
  return "out";
}

// Defined for any two times: what a CRM tells is not bounded here.
std::int64_t seconds_between(UnixSeconds from, UnixSeconds to) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from));
}

// The stay in the outcome that a record is in now: since when, and by whose hand.
struct Stay {
  UnixSeconds since = 0;
  const StagePoint* first = nullptr;
};

Stay current_stay(const std::vector<StagePoint>& points) {
  const StagePoint& last = points.back();
  UnixSeconds entered = last.entered;
  const StagePoint* first = &last;
  for (auto point = points.rbegin() + 1; point != points.rend(); ++point) {
    if (point->outcome != last.outcome) break;
    if (point->stage != first->stage || point->pipeline != first->pipeline) {
      entered = point->entered;  // a move between two stages of failure is one refusal
    } else {
      // Left and entered again in between (won, reopened, won): another entry time starts another stay.
      if (entered != 0 && point->entered != 0 && point->entered != entered) break;
      if (entered == 0) entered = point->entered;
    }
    first = &*point;
  }
  return {entered != 0 ? entered : first->at, first};
}

Fact staged_fact(FactKind kind, UnixSeconds at, const StagePoint& then, const StagePoint& now) {
  Fact fact;
  fact.kind = kind;
  fact.at = at;
  fact.manager = manager_or(then.owner, kNone);  // owner then: a later reassignment changes nothing
  fact.pipeline = now.pipeline.empty() ? kNoPipeline : now.pipeline;
  fact.amount = now.amount;  // a later price corrects the day of the fact
  fact.currency = now.currency;
  return fact;
}

const StagePoint* first_accepted(const Entity& entity) {
  const auto point = std::find_if(entity.points.begin(), entity.points.end(),
                                  [](const StagePoint& p) { return p.outcome != Outcome::incoming; });
  return point == entity.points.end() ? nullptr : &*point;
}

void add_creation(Facts& facts, FactKind kind, const Entity& entity) {
  const StagePoint* first = first_accepted(entity);
  if (entity.created == 0 || first == nullptr) return;
  Fact fact = staged_fact(kind, entity.created, *first, *first);
  fact.amount = 0;
  fact.source = entity.source;
  facts.push_back(std::move(fact));
}

std::optional<std::int64_t> first_response(const Entity& entity) {
  for (const Contact& contact : entity.contacts) {
    const std::int64_t after = seconds_between(entity.created, contact.at);
    if (contact.inbound_talk) {
      if (-kLiveCallSeconds <= after && after <= kLiveCallSeconds) return 0;
    } else if (after >= 0) {
      return after;
    }
  }
  return std::nullopt;
}

void add_response(Facts& facts, const Entity& entity) {
  const StagePoint* first = first_accepted(entity);
  if (entity.created == 0 || first == nullptr) return;
  const auto seconds = first_response(entity);
  if (!seconds) return;
  Fact fact = staged_fact(FactKind::first_response, entity.created + *seconds, *first, *first);
  fact.amount = 0;
  fact.seconds = *seconds;
  facts.push_back(std::move(fact));
}

void add_closing(Facts& facts, FactKind won, FactKind lost, const Entity& entity) {
  if (entity.points.empty()) return;
  const StagePoint& now = entity.points.back();
  if (now.outcome != Outcome::won && now.outcome != Outcome::lost) return;
  const Stay stay = current_stay(entity.points);
  Fact fact = staged_fact(now.outcome == Outcome::won ? won : lost, stay.since, *stay.first, now);
  fact.seconds =
      entity.created == 0 ? kUnknownSeconds : std::max<std::int64_t>(0, seconds_between(entity.created, stay.since));
  fact.outcome = now.outcome == Outcome::won ? "won" : "lost";
  if (now.outcome == Outcome::lost) fact.reason = entity.loss_reason.empty() ? kNone : entity.loss_reason;
  facts.push_back(std::move(fact));
}

Facts staged_facts(EntityKind kind, const Entity& entity, const PortalSettings& portal) {
  Facts facts;
  const bool inquiry = kind == EntityKind::lead || !portal.leads;
  if (inquiry) add_creation(facts, FactKind::new_lead, entity);
  if (kind == EntityKind::lead) {
    add_closing(facts, FactKind::lead_converted, FactKind::lead_lost, entity);
  }
  if (inquiry) add_response(facts, entity);
  if (kind == EntityKind::deal) {
    add_creation(facts, FactKind::new_deal, entity);
    add_closing(facts, FactKind::deal_won, FactKind::deal_lost, entity);
  } else {
    for (Fact& fact : facts) fact.pipeline = kLeadPipeline;
  }
  return facts;
}

// The first sent moment counts (K20); the amount is the newest.
Facts quote_facts(const Entity& entity) {
  const auto sent = std::find_if(entity.points.begin(), entity.points.end(), [](const StagePoint& p) {
    return p.outcome == Outcome::won || p.outcome == Outcome::lost;
  });
  if (sent == entity.points.end()) return {};
  return {
      staged_fact(FactKind::quote_sent, sent->entered != 0 ? sent->entered : sent->at, *sent, entity.points.back())};
}

Facts invoice_facts(const Entity& entity) {
  if (entity.points.empty() || entity.points.back().outcome != Outcome::won) return {};
  const Stay stay = current_stay(entity.points);
  return {staged_fact(FactKind::payment, stay.since, *stay.first, entity.points.back())};
}

Facts call_facts(const Details& call) {
  Fact fact;
  fact.kind = FactKind::call;
  fact.at = call.start;
  fact.manager = manager_or(call.owner, kQueue);
  fact.direction = direction_name(call.direction);
  fact.outcome = outcome_name(call.call);
  fact.seconds = call.seconds;
  return {fact};
}

Fact act_fact(FactKind kind, UnixSeconds at, const Details& act) {
  Fact fact;
  fact.kind = kind;
  fact.at = at;
  fact.manager = manager_or(act.owner, kNone);
  return fact;
}

UnixSeconds first_known(std::initializer_list<UnixSeconds> times) {
  for (const UnixSeconds at : times) {
    if (at != 0) return at;
  }
  return kNoTime;
}

Facts act_facts(const Details& act) {
  if (act.act == Act::meeting) {
    return {act.done ? act_fact(FactKind::meeting_held, first_known({act.done_at, act.end, act.start}), act)
                     : act_fact(FactKind::meeting_planned, first_known({act.start, act.deadline}), act)};
  }
  if ((act.act == Act::todo || act.act == Act::call) && !act.done) {
    return {act_fact(FactKind::task_due, first_known({act.deadline}), act)};
  }
  return {};
}

}  // namespace

Facts derive_facts(EntityKind kind, const Entity& entity, const PortalSettings& portal) {
  if (entity.gone || entity.ignore) return {};
  switch (kind) {
    case EntityKind::lead:
    case EntityKind::deal:
      return staged_facts(kind, entity, portal);
    case EntityKind::quote:
      return quote_facts(entity);
    case EntityKind::invoice:
      return invoice_facts(entity);
    case EntityKind::call:
      return entity.has_details ? call_facts(entity.details) : Facts{};
    case EntityKind::activity:
    case EntityKind::task:
      return entity.has_details ? act_facts(entity.details) : Facts{};
    case EntityKind::message:
    case EntityKind::manager:
    case EntityKind::pipeline:
    case EntityKind::cursor:
      break;
  }
  return {};
}

std::optional<ContactLink> contact_of(const EntityRef& ref, const Entity& act) {
  const Details& d = act.details;
  const bool may_be =
      act.has_details && !act.gone && d.human && !d.target.id.empty() &&
      (ref.kind == EntityKind::call || ref.kind == EntityKind::message || (ref.kind == EntityKind::activity && d.done));
  if (!may_be) return std::nullopt;
  ContactLink link{d.target, {ref, first_known({d.start, d.done_at, d.end}), false}};
  if (link.contact.at == kNoTime) return std::nullopt;
  if (d.direction == Direction::out || d.direction == Direction::callback || d.act == Act::meeting) return link;
  if (d.direction == Direction::in && ref.kind == EntityKind::call &&
      (d.call == CallOutcome::talk || d.call == CallOutcome::short_talk)) {
    link.contact.inbound_talk = true;
    return link;
  }
  return std::nullopt;
}

}  // namespace kpistream
