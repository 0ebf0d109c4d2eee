#include "ingest/amocrm/common.hpp"

#include <algorithm>

namespace kpistream::ingest {
namespace {

constexpr std::string_view kWon = "142";  // the same two in every pipeline of every account
constexpr std::string_view kLost = "143";

// A talk of more than a day is a slip of some telephony, and adding it up could overflow.
constexpr std::int64_t kTalkSecondsMax = 86'400;
constexpr std::size_t kUniqMax = 128;

Outcome outcome_of(const LeadState& lead, const PortalSettings& settings) {
  if (lead.status == kWon) return Outcome::won;
  if (lead.status == kLost) return Outcome::lost;
  return contains(settings.incoming_stages, lead.status) ? Outcome::incoming : Outcome::open;
}

EntityRef quote_of(const std::string& lead) { return {EntityKind::quote, "lead:" + lead}; }

Observation seen_as(EntityRef ref, Presence presence) {
  Observation seen;
  seen.ref = std::move(ref);
  seen.presence = presence;
  return seen;
}

StagePoint point_of(const LeadState& lead, const PortalSettings& settings) {
  StagePoint point;
  point.at = lead.updated;
  point.pipeline = lead.pipeline;
  point.stage = lead.status;
  point.outcome = outcome_of(lead, settings);
  // A hook of the closing itself tells no closing time, but it is its time.
  point.entered = point.outcome == Outcome::won || point.outcome == Outcome::lost ? lead.closed : 0;
  point.owner = lead.owner;
  point.amount = lead.price;
  return point;
}

// A change of owner tells who had the lead until then, maybe the only word about them.
Observation before_change(LeadState lead, const PortalSettings& settings) {
  lead.owner = lead.old_owner;
  if (!lead.old_status.empty()) lead.status = lead.old_status;
  lead.updated -= 1;
  Observation before = seen_as({EntityKind::deal, lead.id}, Presence::unchanged);
  before.version = lead.updated;
  before.created = lead.created;
  before.point = point_of(lead, settings);
  return before;
}

// A quote is known by the stage of its lead: it goes and comes back with the lead.
void add_quote(std::vector<Observation>& seen, const LeadState& lead, const PortalSettings& settings) {
  Observation quote = seen_as(quote_of(lead.id), lead.presence);
  if (contains(settings.quote_stages, lead.status)) {
    quote.version = lead.updated;
    quote.point = point_of(lead, settings);
    quote.point->outcome = Outcome::won;  // sent
    quote.point->entered = 0;
    if (lead.quote_amount != 0) quote.point->amount = lead.quote_amount;
  } else if (settings.quote_stages.empty() || lead.presence == Presence::unchanged) {
    return;
  }
  seen.push_back(std::move(quote));
}

// KPI.md K8. Without a status, which webhooks do not tell, the talk time decides.
CallOutcome call_outcome(const CallNote& note, std::int64_t talk_min) {
  const CallOutcome not_reached = note.incoming ? CallOutcome::missed : CallOutcome::failed;
  const CallOutcome talked = note.seconds >= talk_min ? CallOutcome::talk : CallOutcome::short_talk;
  switch (note.status) {
    case 0:
      return note.seconds > 0 ? talked : not_reached;
    case 1:  // left a message
    case 2:  // call back later
    case 3:  // not there
    case 5:  // wrong number
    case 6:  // not reached
    case 7:  // busy
      return not_reached;
    case 4:
      return talked;
    default:  // 8: undefined; or one that we do not know
      return CallOutcome::unknown;
  }
}

}  // namespace

bool contains(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool is_lost(std::string_view status) { return status == kLost; }

std::vector<Observation> observe_lead(const LeadState& lead, const PortalSettings& settings) {
  Observation deal = seen_as({EntityKind::deal, lead.id}, lead.presence);
  deal.version = lead.updated;
  deal.created = lead.created;
  deal.creator = lead.creator;
  deal.source = lead.source;
  deal.loss_reason = lead.loss_reason;
  deal.point = point_of(lead, settings);
  std::vector<Observation> seen{deal};
  if (!lead.old_owner.empty() && lead.old_owner != lead.owner) seen.push_back(before_change(lead, settings));
  add_quote(seen, lead, settings);
  return seen;
}

std::vector<Observation> observe_lead_gone(const std::string& id, const PortalSettings& settings) {
  std::vector<Observation> seen{seen_as({EntityKind::deal, id}, Presence::gone)};
  if (!settings.quote_stages.empty()) seen.push_back(seen_as(quote_of(id), Presence::gone));
  return seen;
}

bool is_call(const CallNote& note) {
  return note.created != 0 && (!note.uniq.empty() || !note.note_id.empty()) && note.uniq.size() <= kUniqMax &&
         note.seconds >= 0 && note.seconds <= kTalkSecondsMax;
}

Observation observe_call(const CallNote& note, const PortalSettings& settings) {
  Observation call;
  call.ref = {EntityKind::call, note.uniq.empty() ? "note:" + note.note_id : "uniq:" + note.uniq};
  call.version = note.updated != 0 ? note.updated : note.created;
  Details details;
  details.owner = note.owner;
  details.direction = note.incoming ? Direction::in : Direction::out;
  details.call = call_outcome(note, settings.talk_seconds_min);
  const bool talked = details.call == CallOutcome::talk || details.call == CallOutcome::short_talk;
  details.seconds = talked ? note.seconds : 0;  // else it is the time of ringing
  details.start = note.created;
  if (!note.lead.empty()) details.target = {EntityKind::deal, note.lead};
  call.details = std::move(details);
  return call;
}

Observation observe_task(const TaskState& task, const PortalSettings& settings) {
  Observation seen;
  seen.ref = {EntityKind::task, task.id};
  seen.version = task.updated;
  Details details;
  details.owner = task.owner;
  details.act = contains(settings.meeting_task_types, task.type) ? Act::meeting : Act::todo;
  details.deadline = task.due;
  if (details.act == Act::meeting) details.start = task.due;
  details.done = task.done;
  details.done_at = task.done ? task.updated : 0;
  if (!task.lead.empty()) details.target = {EntityKind::deal, task.lead};
  seen.details = std::move(details);
  return seen;
}

}  // namespace kpistream::ingest
