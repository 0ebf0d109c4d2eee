#include "stream/facts/links.hpp"

#include <algorithm>

#include "stream/facts/cards.hpp"
#include "stream/facts/places.hpp"
#include "stream/facts/rules.hpp"
#include "stream/facts/stage_history.hpp"

namespace kpistream {
namespace {

constexpr std::int64_t kMadeSeconds = 60;  // records made by one hand within this time may be an import

bool is_inquiry_or_deal(const EntityRef& ref) {
  return !ref.id.empty() && (ref.kind == EntityKind::lead || ref.kind == EntityKind::deal);
}

bool is_card(const EntityRef& ref) { return !ref.id.empty() && ref.kind == EntityKind::card; }

// Its acts are those of an inquiry or deal.
bool leads_to_deal(const EntityRef& target) { return is_inquiry_or_deal(target) || is_card(target); }

bool client_called(const ActView& act) {
  const Details& d = act.details;
  return d.direction == Direction::in && act.kind == EntityKind::call &&
         (d.call == CallOutcome::talk || d.call == CallOutcome::short_talk);
}

// What reaches a client first is an answer; an inbound talk close to the creation is what created the inquiry.
void add_contact(std::vector<Link>& links, const ActView& act) {
  if (!leads_to_deal(act.details.target) || !act.human || act.at == kNoTime) return;
  const Details& d = act.details;
  const bool reaches = act.kind == EntityKind::call || act.kind == EntityKind::message ||
                       (act.kind == EntityKind::activity && d.done) || d.act == Act::meeting;
  if (!reaches || act.planned) return;
  const bool out = d.direction == Direction::out || d.direction == Direction::callback || d.act == Act::meeting;
  if (!out && !client_called(act)) return;
  Link link{LinkKind::contact, d.target, act.ref, act.at, d.owner, std::string(channel_of(act)), 0, 0};
  link.value = out ? 0 : kClientCalled;
  links.push_back(std::move(link));
}

void add_step(std::vector<Link>& links, const ActView& act) {
  const EntityRef& target = act.details.target;
  if (!act.planned || !leads_to_deal(target)) return;
  Link link{LinkKind::step, target, act.ref, act.due == kNoTime ? 0 : act.due, {}, {}, 0, 0};
  if (is_card(target)) link.value = act.details.created;
  links.push_back(std::move(link));
}

void add_actions(std::vector<Link>& links, const ActView& act) {
  if (act.details.target.id.empty()) return;  // stands alone: a fact of the act itself
  UnixSeconds newest = kNoTime;
  for (const ActionOf& action : actions_of(act)) {
    EntityRef group{EntityKind::acts, acts_id(act.details.target, action)};
    links.push_back(
        {LinkKind::act, std::move(group), act.ref, action.at, action.actor, std::string(action.name), 0, 0});
    newest = std::max(newest, action.at);
  }
  if (newest == kNoTime) return;
  const bool called = is_card(act.details.target) && client_called(act);
  links.push_back({LinkKind::touch, act.details.target, act.ref, newest, {}, {}, called ? kClientCalled : 0, 0});
}

void add_call(std::vector<Link>& links, const ActView& act) {
  const Details& d = act.details;
  if (act.kind != EntityKind::call || d.line.empty()) return;
  std::int64_t value = 0;
  if (is_missed(d)) value = kLineMissed;
  if (d.call == CallOutcome::talk) value = kLineTalk;
  links.push_back({LinkKind::call, {EntityKind::line, d.line}, act.ref, d.start, {}, {}, value, 0});
}

// Whoever acts is at work.
void add_presence(std::vector<Link>& links, const EntityRef& from, const std::vector<ActionOf>& actions,
                  const Calendar& calendar) {
  for (const ActionOf& action : actions) {
    EntityRef day{EntityKind::work_day, action.actor + "/" + std::to_string(calendar.day_of(action.at))};
    Link link{LinkKind::presence, std::move(day), from, action.at, action.actor, {}, 0, 0};
    if (std::find(links.begin(), links.end(), link) == links.end()) links.push_back(std::move(link));
  }
}

bool is_staged(EntityKind kind) {
  return kind == EntityKind::lead || kind == EntityKind::deal || kind == EntityKind::quote;
}

void add_prices(std::vector<Link>& links, const EntityRef& ref, const Entity& entity, const PortalSettings& portal) {
  for (const StagePoint& point : entity.points) {
    if (point.currency.empty() || point.currency == portal.currency) continue;
    Link link{LinkKind::priced, {EntityKind::currency, point.currency}, ref, entity.points.back().at, {}, {}, 0, 0};
    if (std::find(links.begin(), links.end(), link) == links.end()) links.push_back(std::move(link));
  }
}

void add_deal(std::vector<Link>& links, const EntityRef& ref, const Entity& deal, const Portal& here) {
  if (deal.points.empty()) return;
  const PortalSettings& portal = here.settings;
  const Closing closing = closing_of(deal, portal);
  const StagePoint& now = deal.points.back();
  const bool closed = closing.outcome == Outcome::won || closing.outcome == Outcome::lost;
  for (const Tie& tie : deal.ties) {
    if (deal.created == 0) break;
    links.push_back({LinkKind::held, tie.card, ref, deal.created, {}, {}, closed ? closing.since : 0, 0});
  }
  if (portal.leads && deal.parent.kind == EntityKind::lead && !deal.parent.id.empty()) {
    Link child{LinkKind::child, deal.parent, ref, closed ? closing.since : deal.created, {}, {}, 0, 0};
    child.value = static_cast<std::int64_t>(closing.outcome);
    child.who = closing.first == nullptr ? now.owner : closing.first->owner;
    child.word = now.pipeline;
    links.push_back(std::move(child));
  }
  if (closing.outcome == Outcome::won && !deal.client.id.empty()) {
    Link win{LinkKind::win, deal.client, ref, closing.since, closing.first->owner, now.pipeline, 0, 0};
    win.amount = now.currency.empty() || now.currency == portal.currency
                     ? now.amount
                     : converted(now.amount, now.currency, here.calendar.day_of(closing.since), here).value_or(0);
    links.push_back(std::move(win));
  }
}

}  // namespace

std::vector<Link> links_of(const EntityRef& ref, const Entity& told, const Portal& here) {
  const PortalSettings& portal = here.settings;
  const Calendar& calendar = here.calendar;
  const std::optional<Entity> meant = here.directory.read(ref, told);
  const Entity& entity = meant ? *meant : told;
  std::vector<Link> links;
  if (EntityRef maker = maker_of(ref, entity); !maker.id.empty()) {
    links.push_back({LinkKind::made, std::move(maker), ref, entity.created, {}, {}, 0, 0});
  }
  if (entity.gone || entity.ignore || only_history(entity.points)) return links;
  if (ref.kind == EntityKind::deal) add_deal(links, ref, entity, here);
  add_prices(links, ref, entity, portal);
  if (portal.active_time && is_staged(ref.kind)) {
    add_presence(links, ref, actions_of(ref.kind, entity, portal), calendar);
  }
  if (!entity.has_details) return links;
  const ActView act = view_act(ref, entity, portal);
  add_contact(links, act);
  add_step(links, act);
  add_actions(links, act);
  add_call(links, act);
  if (portal.active_time) add_presence(links, ref, actions_of(act), calendar);
  return links;
}

namespace {

// The missed calls that a talk returns: those since the talk before.
std::vector<EntityRef> returned_by(const Link& talk, const LinkView& line) {
  std::vector<EntityRef> open;
  line.each(LinkKind::call, talk.at - kReturnSecondsMax, talk.at, [&](const Link& call) {
    if (call.from == talk.from) return true;
    if (call.value == kLineTalk) open.clear();
    if (call.value == kLineMissed) open.push_back(call.from);
    return true;
  });
  return open;
}

// Where more than `bulk` others were made within the minute on one side, those are an import with it and without it.
void add_made_beside(const Link& link, const LinkView& made, std::int64_t bulk, std::vector<EntityRef>& affected) {
  for (const auto& [from, to] :
       {std::pair{link.at - kMadeSeconds + 1, link.at - 1}, {link.at, link.at + kMadeSeconds - 1}}) {
    std::vector<EntityRef> side;
    made.each(LinkKind::made, from, to, [&](const Link& other) {
      if (other.from != link.from) side.push_back(other.from);
      return static_cast<std::int64_t>(side.size()) <= bulk;
    });
    if (static_cast<std::int64_t>(side.size()) <= bulk) affected.insert(affected.end(), side.begin(), side.end());
  }
}

}  // namespace

std::vector<EntityRef> affected_by(const Link& link, const LinkView& beside, const PortalSettings& portal) {
  if (link.kind == LinkKind::act) return days_touched(link, beside);
  if (link.kind == LinkKind::priced) return {};  // a currency has no facts
  if (link.kind == LinkKind::held) {
    auto deals = deals_beside(link, beside);
    deals.push_back(link.from);
    return deals;
  }
  if (link.to.kind == EntityKind::card) {
    auto owner = CardDeals(beside).owner(link);
    return owner ? std::vector{std::move(*owner)} : std::vector<EntityRef>{};
  }
  std::vector<EntityRef> affected{link.kind == LinkKind::call || link.kind == LinkKind::made ? link.from : link.to};
  if (link.kind == LinkKind::call && link.value == kLineTalk) {
    const auto returned = returned_by(link, beside);
    affected.insert(affected.end(), returned.begin(), returned.end());
  }
  if (link.kind == LinkKind::made) add_made_beside(link, beside, portal.bulk_per_minute, affected);
  return affected;
}

EntityRef maker_of(const EntityRef& ref, const Entity& entity) {
  if ((ref.kind != EntityKind::lead && ref.kind != EntityKind::deal) || entity.created == 0) return {};
  if (entity.creator.empty()) return {};
  return {EntityKind::maker, std::to_string(static_cast<int>(ref.kind)) + ":" + entity.creator};
}

bool made_in_bulk(const Entity& entity, const LinkView& made, std::int64_t bulk) {
  std::vector<UnixSeconds> times;  // of those made shortly before it and after it
  bool found = false;
  made.each(LinkKind::made, entity.created - kMadeSeconds + 1, entity.created + kMadeSeconds - 1,
            [&](const Link& link) {
              times.push_back(link.at);
              const auto many = static_cast<std::size_t>(bulk);
              if (times.size() <= many) return true;
              const UnixSeconds first = times[times.size() - 1 - many];
              found = first <= entity.created && link.at - first < kMadeSeconds;
              return !found && first <= entity.created;
            });
  return found;
}

std::string acts_id(const EntityRef& target, const ActionOf& action) {
  std::string id(std::to_string(static_cast<int>(target.kind)));
  id.append(":").append(target.id).append("/").append(action.actor).append("/").append(action.name);
  return id;
}

}  // namespace kpistream
