#include "stream/facts/links.hpp"

#include <algorithm>

#include "stream/facts/rules.hpp"
#include "stream/facts/stage_history.hpp"

namespace kpistream {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;

bool is_inquiry_or_deal(const EntityRef& ref) {
  return !ref.id.empty() && (ref.kind == EntityKind::lead || ref.kind == EntityKind::deal);
}

// What reaches a client first is an answer; an inbound talk close to the creation is what created the inquiry.
void add_contact(std::vector<Link>& links, const ActView& act) {
  if (!is_inquiry_or_deal(act.details.target) || !act.human || act.at == kNoTime) return;
  const Details& d = act.details;
  const bool reaches = act.kind == EntityKind::call || act.kind == EntityKind::message ||
                       (act.kind == EntityKind::activity && (d.act == Act::meeting || d.done));
  if (!reaches || act.planned) return;
  const bool out = d.direction == Direction::out || d.direction == Direction::callback || d.act == Act::meeting;
  const bool answered_in = d.direction == Direction::in && act.kind == EntityKind::call &&
                           (d.call == CallOutcome::talk || d.call == CallOutcome::short_talk);
  if (!out && !answered_in) return;
  Link link{LinkKind::contact, d.target, act.ref, act.at, d.owner, std::string(channel_of(act)), 0, 0};
  link.value = answered_in && !out ? 1 : 0;
  links.push_back(std::move(link));
}

void add_step(std::vector<Link>& links, const ActView& act) {
  if (!act.planned || !is_inquiry_or_deal(act.details.target)) return;
  links.push_back({LinkKind::step, act.details.target, act.ref, act.due == kNoTime ? 0 : act.due, {}, {}, 0, 0});
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
  if (newest != kNoTime) links.push_back({LinkKind::touch, act.details.target, act.ref, newest, {}, {}, 0, 0});
}

void add_call(std::vector<Link>& links, const ActView& act) {
  const Details& d = act.details;
  if (act.kind != EntityKind::call || d.line.empty()) return;
  std::int64_t value = 0;
  if (is_missed(d)) value = kLineMissed;
  if (d.call == CallOutcome::talk) value = kLineTalk;
  links.push_back({LinkKind::call, {EntityKind::line, d.line}, act.ref, d.start, {}, {}, value, 0});
}

void add_deal(std::vector<Link>& links, const EntityRef& ref, const Entity& deal, const PortalSettings& portal,
              const Calendar& calendar) {
  if (deal.points.empty()) return;
  const Closing closing = closing_of(deal, portal);
  const StagePoint& now = deal.points.back();
  if (portal.leads && deal.parent.kind == EntityKind::lead && !deal.parent.id.empty()) {
    const bool closed = closing.outcome == Outcome::won || closing.outcome == Outcome::lost;
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
                     : converted(now.amount, now.currency, calendar.day_of(closing.since), portal).value_or(0);
    links.push_back(std::move(win));
  }
}

}  // namespace

std::vector<Link> links_of(const EntityRef& ref, const Entity& entity, const PortalSettings& portal,
                           const Calendar& calendar) {
  std::vector<Link> links;
  if (entity.gone || entity.ignore || only_history(entity.points)) return links;
  if (ref.kind == EntityKind::deal) add_deal(links, ref, entity, portal, calendar);
  if (!entity.has_details) return links;
  const ActView act = view_act(ref, entity, portal);
  add_contact(links, act);
  add_step(links, act);
  add_actions(links, act);
  add_call(links, act);
  return links;
}

std::vector<EntityRef> affected_by(const Link& link, const LinkView& line) {
  if (link.kind != LinkKind::call) return {link.to};
  std::vector<EntityRef> affected{link.from};
  if (link.value != kLineTalk) return affected;
  std::vector<EntityRef> open;  // missed since the talk before
  line.each(LinkKind::call, link.at - kReturnSecondsMax, link.at, [&](const Link& call) {
    if (call.from == link.from) return true;
    if (call.value == kLineTalk) open.clear();
    if (call.value == kLineMissed) open.push_back(call.from);
    return true;
  });
  affected.insert(affected.end(), open.begin(), open.end());
  return affected;
}

std::string acts_id(const EntityRef& target, const ActionOf& action) {
  std::string id(std::to_string(static_cast<int>(target.kind)));
  const auto day = action.at / kDaySeconds - (action.at % kDaySeconds < 0 ? 1 : 0);
  id.append(":").append(target.id).append("/").append(action.actor).append("/").append(action.name);
  id.append("/").append(std::to_string(day));
  return id;
}

}  // namespace kpistream
