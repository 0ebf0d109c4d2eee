#include "tests/model/joining.hpp"

namespace kpistream::model {
namespace {

using Words = std::vector<std::string>;

CountsIn::Ids random_ids(Chance& chance, const Words& from, const Words& to) {
  CountsIn::Ids ids;
  for (const auto& id : from) {
    if (chance.in(2)) ids[id] = chance.of(to);
  }
  return ids;
}

std::string renamed(const std::string& id, const CountsIn::Ids& ids, const PortalSettings& member) {
  if (ids.contains(id)) return ids.at(id);
  const bool word = id.empty() || id == "none" || id == "queue" || id == "leads";
  return word ? id : member.alias + "/" + id;
}

bool stands_now(FactKind kind) {
  return kind == FactKind::task_due || kind == FactKind::meeting_planned || kind == FactKind::lead_waiting ||
         kind == FactKind::inquiry_open || kind == FactKind::lead_open || kind == FactKind::deal_open ||
         kind == FactKind::deal_idle || kind == FactKind::deal_no_step || kind == FactKind::client_state ||
         kind == FactKind::missed_unreturned;
}

}  // namespace

CountsIn random_joining(Chance& chance, UnixSeconds around) {
  CountsIn in;
  if (chance.in(3)) return in;
  in.portal = chance.in(4) ? "beta" : "acme";
  in.people = random_ids(chance, {"1", "2", "3", "99"}, {"1", "2", "3", "8"});
  in.pipelines = random_ids(chance, {"0", "5", "leads"}, {"0", "5", "7", "leads"});
  in.stages = random_ids(chance, {"NEW", "WORK", "QUOTE", "WON", "JUNK"}, {"NEW", "WORK", "WON", "OTHER"});
  in.sources = random_ids(chance, {"web", "call"}, {"web", "call", "mail"});
  in.loss_reasons = random_ids(chance, {"price", "time"}, {"price", "dear"});
  if (chance.in(3)) in.until = around + chance.number(-20 * 86'400, 86'400);
  return in;
}

void take_table(PortalSettings& member, const PortalSettings& table) {
  member.zone = table.zone;
  member.currency = table.currency;
  member.work = table.work;
  member.rates = table.rates;
  member.active_time = table.active_time;
  member.response_target = table.response_target;
  member.return_within = table.return_within;
  member.served_within = table.served_within;
  member.stuck_days = table.stuck_days;
  member.client_days = table.client_days;
  member.bulk_per_minute = table.bulk_per_minute;
}

std::string person_in_table(const std::string& id, const PortalSettings& member) {
  return renamed(id, member.counts_in.people, member);
}

std::string funnel_in_table(const std::string& id, const PortalSettings& member) {
  return renamed(id, member.counts_in.pipelines, member);
}

std::vector<Event> in_table(const std::vector<Event>& events, const PortalSettings& member) {
  const CountsIn& in = member.counts_in;
  std::vector<Event> counted;
  for (Event event : events) {
    if (in.until != 0 && (stands_now(event.kind) || event.at >= in.until)) continue;
    event.then = person_in_table(event.then, member);
    event.now = person_in_table(event.now, member);
    event.actor = person_in_table(event.actor, member);
    event.pipeline = funnel_in_table(event.pipeline, member);
    event.stage = renamed(event.stage, in.stages, member);
    event.source = renamed(event.source, in.sources, member);
    event.reason = renamed(event.reason, in.loss_reasons, member);
    counted.push_back(std::move(event));
  }
  return counted;
}

}  // namespace kpistream::model
