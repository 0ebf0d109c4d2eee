#include "stream/facts/derive.hpp"

#include <algorithm>
#include <map>

#include "stream/crm/money.hpp"
#include "stream/facts/places.hpp"
#include "stream/facts/rules.hpp"
#include "stream/facts/stage_history.hpp"
#include "stream/facts/table.hpp"
#include "stream/facts/words.hpp"

namespace kpistream {
namespace {

constexpr UnixSeconds kEndOfTime = INT64_MAX;
constexpr std::size_t kUsualFacts = 12;  // a deal's; a fact is large, and moving it costs as much as finding it

const std::string& hand_of(const StagePoint& point) { return point.mover.empty() ? point.author : point.mover; }

// The facts of one record, gathered.
class Deriving {
 public:
  Deriving(const EntityRef& ref, const Entity& entity, const LinkView& links, const Portal& portal, bool imported)
      : ref_(ref),
        entity_(entity),
        links_(links),
        portal_(portal),
        settings_(portal.settings),
        calendar_(portal.calendar),
        imported_(imported) {}

  Facts facts() {
    facts_.reserve(kUsualFacts);
    derive();
    return in_order(std::move(facts_));
  }

 private:
  void derive() {
    switch (ref_.kind) {
      case EntityKind::lead:
        return lead();
      case EntityKind::deal:
        return deal();
      case EntityKind::quote:
        return quote();
      case EntityKind::invoice:
        return invoice();
      case EntityKind::call:
        return entity_.has_details ? call() : void();
      case EntityKind::activity:
      case EntityKind::task:
      case EntityKind::message:
      case EntityKind::note:
        return entity_.has_details ? act() : void();
      default:
        break;  // directories and cursors have no facts
    }
  }

  Fact& add(FactKind kind, UnixSeconds at, std::string part = {}) {
    Fact& fact = facts_.emplace_back();
    fact.kind = kind;
    fact.part = std::move(part);
    fact.at = at;
    fact.created = entity_.created;
    return fact;
  }

  // ---- staged records

  [[nodiscard]] const StagePoint& now() const { return entity_.points.back(); }

  [[nodiscard]] std::string pipeline() const {
    if (ref_.kind == EntityKind::lead) return kLeadPipeline;
    return entity_.points.empty() || now().pipeline.empty() ? kNoPipeline : now().pipeline;
  }

  // `then`: who had it when it happened.
  Fact& staged(FactKind kind, UnixSeconds at, const std::string& then, std::string part = {}) {
    Fact& fact = add(kind, at, std::move(part));
    fact.manager = manager_or(then, kNone);
    fact.owner = manager_or(now().owner, kNone);
    fact.actor = hand_of(now());
    fact.pipeline = pipeline();
    fact.stage = now().stage;
    fact.source = entity_.source;
    fact.type = imported_ ? "import" : entity_.repeat ? "repeat" : "new";
    fact.fields = entity_.fields;
    return fact;
  }

  // What happened with `point`: by whose hand does not change with what came later.
  Fact& staged(FactKind kind, UnixSeconds at, const StagePoint& point, std::string part = {}) {
    Fact& fact = staged(kind, at, point.owner, std::move(part));
    fact.actor = hand_of(point);
    return fact;
  }

  // What belongs to the creation stays in the funnel of the creation, wherever the record goes later.
  void enter(Fact& fact, const StagePoint& first) const {
    if (ref_.kind == EntityKind::deal) fact.pipeline = first.pipeline.empty() ? kNoPipeline : first.pipeline;
  }

  // A later price corrects the day of the fact.
  void set_amount(Fact& fact, MinorUnits amount, const std::string& currency) {
    fact.amount = amount;
    if (!currency.empty() && currency != settings_.currency) {
      const auto base = converted(amount, currency, calendar_.day_of(fact.at), portal_);
      base ? fact.amount = *base, void() : void(fact.currency = currency);
    }
    fact.profit = settings_.cost_field.empty() ? 0 : fact.amount - number_in(entity_.fields, settings_.cost_field);
  }

  void set_duration(Fact& fact, UnixSeconds from, UnixSeconds to) {
    fact.seconds = from == 0 ? kUnknownSeconds : std::max<std::int64_t>(0, seconds_between(from, to));
    fact.working_seconds = from == 0 ? kUnknownSeconds : calendar_.working_seconds(from, to);
  }

  void lead() {
    if (entity_.points.empty()) return;
    creation(FactKind::new_lead);
    closing(FactKind::lead_converted, FactKind::lead_lost);
    const Outcome outcome = lead_inquiry();
    inquiry(outcome);
    own_actions();
    complaint();
  }

  void deal() {
    if (entity_.points.empty()) return;
    const bool is_inquiry = !settings_.leads;
    if (is_inquiry) creation(FactKind::new_lead);
    creation(FactKind::new_deal);
    const Closing closed = closing(FactKind::deal_won, FactKind::deal_lost);
    if (is_inquiry) {
      deal_inquiry(closed);
      inquiry(closed.outcome);
    }
    if (closed.outcome == Outcome::open) open_deal();
    stage_times();
    reopenings();
    quote_by_stage();
    payment_by_stage();
    meeting_by_stage();
    own_actions();
    complaint();
  }

  void creation(FactKind kind) {
    const StagePoint* first = first_accepted(entity_, settings_);
    if (entity_.created == 0 || first == nullptr) return;
    Fact& fact = staged(kind, entity_.created, first->owner);
    enter(fact, *first);
    fact.actor = entity_.creator;
  }

  Closing closing(FactKind won, FactKind lost) {
    const Closing closed = closing_of(entity_, settings_);
    if (closed.outcome != Outcome::won && closed.outcome != Outcome::lost) return closed;
    Fact& fact = staged(closed.outcome == Outcome::won ? won : lost, closed.since, *closed.first);
    set_amount(fact, now().amount, now().currency);
    set_duration(fact, entity_.created, closed.since);
    fact.outcome = closed.outcome == Outcome::won ? "won" : "lost";
    if (closed.outcome == Outcome::lost) fact.reason = entity_.loss_reason.empty() ? kNone : entity_.loss_reason;
    return closed;
  }

  // ---- inquiries: what came in once leaves once

  void leave(FactKind kind, UnixSeconds at, const std::string& owner) {
    Fact& fact = staged(kind, at, owner);
    fact.outcome = kind == FactKind::inquiry_won ? "won" : "lost";
    if (kind == FactKind::inquiry_lost) fact.reason = entity_.loss_reason.empty() ? kNone : entity_.loss_reason;
    set_duration(fact, entity_.created, at);
  }

  // The lead and everything that grew from it: won with the first sale, lost when all of it is lost.
  Outcome lead_inquiry() {
    std::optional<Link> won;
    std::optional<Link> lost;
    bool open = false;
    links_.each(LinkKind::child, INT64_MIN, kEndOfTime, [&](const Link& child) {
      const auto outcome = static_cast<Outcome>(child.value);
      if (outcome == Outcome::won && !won) won = child;
      if (outcome == Outcome::lost) lost = child;
      open = open || (outcome != Outcome::won && outcome != Outcome::lost);
      return true;
    });
    if (won) return leave(FactKind::inquiry_won, won->at, won->who), Outcome::won;
    if (open) return Outcome::open;
    if (lost) return leave(FactKind::inquiry_lost, lost->at, lost->who), Outcome::lost;
    const Closing closed = closing_of(entity_, settings_);
    if (closed.outcome == Outcome::lost)
      return leave(FactKind::inquiry_lost, closed.since, closed.first->owner), Outcome::lost;
    return Outcome::open;
  }

  void deal_inquiry(const Closing& closed) {
    if (closed.outcome == Outcome::won) leave(FactKind::inquiry_won, closed.since, closed.first->owner);
    if (closed.outcome == Outcome::lost) leave(FactKind::inquiry_lost, closed.since, closed.first->owner);
  }

  void inquiry(Outcome outcome) {
    const StagePoint* first = first_accepted(entity_, settings_);
    if (entity_.created == 0 || first == nullptr) return;
    const bool answered = response(*first);
    if (outcome != Outcome::won && outcome != Outcome::lost) {
      staged(FactKind::inquiry_open, entity_.created, now().owner);
      const bool in_work = closing_of(entity_, settings_).outcome == Outcome::open;
      if (!answered && in_work) staged(FactKind::lead_waiting, entity_.created, now().owner);
    }
    const bool left = processed();
    if (!left && outcome != Outcome::won && outcome != Outcome::lost)
      staged(FactKind::lead_open, entity_.created, now().owner);
  }

  bool response(const StagePoint& first) {
    std::optional<Link> answer;
    std::int64_t seconds = 0;
    const UnixSeconds from = std::max(entity_.created, INT64_MIN + kLiveCallSeconds) - kLiveCallSeconds;
    links_.each(LinkKind::contact, from, kEndOfTime, [&](const Link& contact) {
      const std::int64_t after = seconds_between(entity_.created, contact.at);
      const bool inbound = contact.value == kClientCalled;
      if (inbound ? after > kLiveCallSeconds : after < 0) return true;
      seconds = inbound ? 0 : after;
      answer = contact;
      return false;
    });
    if (!answer) return false;
    Fact& fact = staged(FactKind::first_response, entity_.created + seconds, first.owner);
    enter(fact, first);
    fact.seconds = seconds;
    fact.working_seconds = calendar_.working_seconds(entity_.created, entity_.created + seconds);
    fact.actor = answer->who;
    fact.channel = answer->word;
    fact.outcome = fact.working_seconds <= settings_.response_target ? "in_time" : "late";
    return true;
  }

  // From the creation to the moment it leaves the intake stages (K15). False: it is still there.
  bool processed() {
    for (const StagePoint& point : entity_.points) {
      const Outcome outcome = outcome_of(point, settings_);
      const bool qualified = contains(settings_.qualified_stages, point.stage);
      if (!qualified && outcome != Outcome::won && outcome != Outcome::lost) continue;
      Fact& fact = staged(FactKind::lead_processed, point.entered != 0 ? point.entered : point.at, point);
      set_duration(fact, entity_.created, fact.at);
      fact.outcome = outcome == Outcome::lost ? "lost" : "converted";
      return true;
    }
    return false;
  }

  // ---- deals in work

  void open_deal() {
    Fact& open = staged(FactKind::deal_open, entity_.created != 0 ? entity_.created : now().at, now().owner);
    set_amount(open, now().amount, now().currency);
    UnixSeconds touched = std::max(entity_.created, stays_of(entity_).back().from);
    if (const auto touch = links_.newest_touch()) touched = std::max(touched, touch->at);
    Fact& idle = staged(FactKind::deal_idle, touched, now().owner);
    set_amount(idle, now().amount, now().currency);
    bool has_step = false;
    links_.each(LinkKind::step, INT64_MIN, kEndOfTime, [&](const Link&) { return has_step = true, false; });
    if (!has_step) staged(FactKind::deal_no_step, entity_.created != 0 ? entity_.created : now().at, now().owner);
  }

  void stage_times() {
    const auto stays = stays_of(entity_);
    for (std::size_t i = 0; i + 1 < stays.size(); ++i) {
      const UnixSeconds left = stays[i + 1].from;
      if (stays[i].first->stage.empty()) continue;  // before the first that is known
      Fact& fact = staged(FactKind::stage_left, left, stays[i].first->owner, std::to_string(stays[i].from));
      fact.actor = hand_of(*stays[i + 1].first);
      fact.stage = stays[i].first->stage;
      if (!stays[i].first->pipeline.empty()) fact.pipeline = stays[i].first->pipeline;
      set_duration(fact, stays[i].from, left);
    }
  }

  void reopenings() {
    for (std::size_t i = 1; i < entity_.points.size(); ++i) {
      const Outcome before = outcome_of(entity_.points[i - 1], settings_);
      const StagePoint& point = entity_.points[i];
      if ((before != Outcome::won && before != Outcome::lost) || outcome_of(point, settings_) != Outcome::open)
        continue;
      const UnixSeconds at = point.entered != 0 ? point.entered : point.at;
      staged(FactKind::deal_reopened, at, point, std::to_string(at));
    }
  }

  // ---- what stages of a deal may mean

  void quote_by_stage() {
    const StagePoint* sent = nullptr;
    const StagePoint* newest = nullptr;
    for (const StagePoint& point : entity_.points) {
      if (!contains(settings_.quote_stages, point.stage)) continue;
      if (sent == nullptr) sent = &point;
      newest = &point;
    }
    if (sent == nullptr) return;
    Fact& fact = staged(FactKind::quote_sent, sent->entered != 0 ? sent->entered : sent->at, *sent);
    const MinorUnits told = number_in(entity_.fields, settings_.quote_amount_field);
    set_amount(fact, told != 0 ? told : newest->amount, newest->currency);
    fact.profit = 0;
  }

  void payment_by_stage() {
    const StagePoint* paid = first_in(settings_.payment_stages);
    if (paid == nullptr) return;
    Fact& fact = staged(FactKind::payment, paid->entered != 0 ? paid->entered : paid->at, *paid);
    set_amount(fact, now().amount, now().currency);
  }

  void meeting_by_stage() {
    const StagePoint* held = first_in(settings_.meeting_stages);
    if (held == nullptr) return;
    staged(FactKind::meeting_held, held->entered != 0 ? held->entered : held->at, *held);
  }

  [[nodiscard]] const StagePoint* first_in(const std::vector<std::string>& stages) const {
    const auto it = std::find_if(entity_.points.begin(), entity_.points.end(),
                                 [&](const StagePoint& point) { return contains(stages, point.stage); });
    return it == entity_.points.end() ? nullptr : &*it;
  }

  void complaint() {
    const StagePoint* first = first_in(settings_.complaint_stages);
    UnixSeconds at = first == nullptr ? 0 : (first->entered != 0 ? first->entered : first->at);
    if (first == nullptr) {
      const bool here = contains(settings_.complaint_pipelines, now().pipeline) && ref_.kind == EntityKind::deal;
      const bool marked = std::any_of(entity_.fields.begin(), entity_.fields.end(), [&](const Field& field) {
        return std::find(settings_.complaint_fields.begin(), settings_.complaint_fields.end(), field) !=
               settings_.complaint_fields.end();
      });
      if (!here && !marked) return;
      first = &entity_.points.front();
      at = entity_.created != 0 ? entity_.created : first->at;
    }
    staged(FactKind::complaint, at, *first).channel = "crm";
  }

  // Repeats by one hand within a minute are one; to import is no work.
  void own_actions() {
    auto actions = actions_of(ref_.kind, entity_, settings_);
    if (imported_) std::erase_if(actions, [](const ActionOf& action) { return is_creation(action); });
    std::sort(actions.begin(), actions.end(), [](const ActionOf& a, const ActionOf& b) { return a.at < b.at; });
    std::map<std::pair<std::string, std::string_view>, UnixSeconds> counted;
    for (const ActionOf& action : actions) {
      const auto [it, fresh] = counted.try_emplace({action.actor, action.name}, action.at);
      if (!fresh && action.at - it->second <= kActionSeconds) continue;
      it->second = action.at;
      add_action(action, std::string(action.name) + "/" + action.actor + "/" + std::to_string(action.at)).pipeline =
          ref_.kind == EntityKind::quote ? kNoPipeline : pipeline();
    }
  }

  Fact& add_action(const ActionOf& action, std::string part) {
    Fact& fact = facts_.emplace_back(action_fact(action, std::move(part)));
    fact.created = entity_.created;
    return fact;
  }

  // ---- quotes and payments of their own

  // The first sent moment counts (K20); the amount is the newest.
  void quote() {
    const auto sent = std::find_if(entity_.points.begin(), entity_.points.end(),
                                   [&](const StagePoint& p) { return is_sent(p, settings_); });
    if (sent == entity_.points.end()) return;
    Fact& fact = staged(FactKind::quote_sent, sent->entered != 0 ? sent->entered : sent->at, *sent);
    set_amount(fact, now().amount, now().currency);
    own_actions();
  }

  void invoice() {
    if (entity_.points.empty()) return;
    const auto paid = [&](const StagePoint& point) {  // what has no stages is not told by them
      const bool told = settings_.paid_values.empty() || point.stage.empty();
      return told ? point.outcome == Outcome::won : contains(settings_.paid_values, point.stage);
    };
    if (!paid(now())) return;
    const Closing since = began(entity_, paid);
    Fact& fact = staged(FactKind::payment, since.since, *since.first);
    set_amount(fact, now().amount, now().currency);
  }

  // Acts.
  Fact& act_fact(FactKind kind, UnixSeconds at, const Details& act, const std::string& nobody = kNone) {
    Fact& fact = add(kind, at);
    fact.created = act.created;
    fact.manager = fact.owner = manager_or(act.owner, nobody);
    fact.actor = act.closer.empty() ? act.owner : act.closer;
    fact.pipeline = kNoPipeline;
    return fact;
  }

  void call() {
    const ActView act = view_act(ref_, entity_, settings_);
    const Details& d = act.details;
    Fact& fact = act_fact(FactKind::call, d.start, d, kQueue);
    fact.direction = direction_name(d.direction);
    fact.outcome = outcome_name(d.call);
    fact.seconds = d.seconds;
    fact.type = calendar_.working(d.start) ? "working" : "off_hours";
    rate(d);
    if (is_missed(d) && !d.line.empty()) missed(d);
    lone_actions(act);
  }

  void missed(const Details& d) {
    std::optional<UnixSeconds> returned;
    links_.each(LinkKind::call, d.start, d.start + kReturnSecondsMax, [&](const Link& call) {
      if (call.value != kLineTalk) return true;
      returned = call.at;
      return false;
    });
    Fact& fact = act_fact(returned ? FactKind::callback : FactKind::missed_unreturned, d.start, d, kQueue);
    if (!returned) return;
    fact.seconds = *returned - d.start;
    fact.working_seconds = calendar_.working_seconds(d.start, *returned);
    fact.outcome = fact.seconds <= settings_.served_within ? "served" : "returned";
  }

  void rate(const Details& d) {
    if (d.rating < 1 || d.rating > 5) return;
    act_fact(FactKind::rating, first_known({d.start, d.created}), d).seconds = d.rating;
  }

  void act() {
    const ActView act = view_act(ref_, entity_, settings_);
    const Details& d = act.details;
    const bool record = ref_.kind == EntityKind::activity || ref_.kind == EntityKind::task;
    if (record && d.act == Act::meeting && d.done) {
      act_fact(FactKind::meeting_held, first_known({d.done_at, d.end, d.start}), d);
    }
    if (act.planned) {
      act_fact(d.act == Act::meeting ? FactKind::meeting_planned : FactKind::task_due, act.due, d);
    }
    if (contains(settings_.complaint_types, d.type)) {
      act_fact(FactKind::complaint, first_known({d.created, d.start, d.done_at}), d).channel = "activity";
    }
    rate(d);
    lone_actions(act);
  }

  // Of an act without a record: it has no company with which it could be one.
  void lone_actions(const ActView& act) {
    if (!act.details.target.id.empty()) return;
    for (const ActionOf& action : actions_of(act)) add_action(action, std::string(action.name));
  }

  const EntityRef& ref_;
  const Entity& entity_;
  const LinkView& links_;
  const Portal& portal_;
  const PortalSettings& settings_;
  const Calendar& calendar_;
  const bool imported_;
  Facts facts_;
};

Facts facts_of(const EntityRef& ref, const Entity& entity, const LinkView& links, const Portal& portal, bool imported) {
  if (entity.gone || entity.ignore || only_history(entity.points)) return {};
  if (is_place(ref.kind)) return facts_of_place(ref, links, portal.calendar);
  const std::optional<Entity> meant = portal.directory.read(ref, entity);
  return Deriving(ref, meant ? *meant : entity, links, portal, imported).facts();
}

}  // namespace

Facts derive_facts(const EntityRef& ref, const Entity& entity, const LinkView& links, const Portal& portal,
                   bool imported) {
  Facts facts = facts_of(ref, entity, links, portal, imported);
  count_in_table(portal.settings, facts);
  return facts;
}

}  // namespace kpistream
