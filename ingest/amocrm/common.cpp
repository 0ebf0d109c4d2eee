#include "ingest/amocrm/common.hpp"

#include <algorithm>

namespace kpistream::ingest {
namespace {

constexpr std::string_view kWon = "142";  // the same two in every pipeline of every account
constexpr std::string_view kLost = "143";

Outcome outcome_of(const LeadState& lead, const PortalSettings& settings) {
  if (lead.status == kWon) return Outcome::won;
  if (lead.status == kLost) return Outcome::lost;
  return contains(settings.incoming_stages, lead.status) ? Outcome::incoming : Outcome::open;
}

CallOutcome call_outcome(const CallNote& note, std::int64_t talk_min) {
  const CallOutcome not_reached = note.incoming ? CallOutcome::missed : CallOutcome::failed;
  const CallOutcome talked = note.seconds >= talk_min ? CallOutcome::talk : CallOutcome::short_talk;
  if (note.status == 8) return CallOutcome::unknown;
  if (note.status == 4) return talked;
  if (note.status != 0) return not_reached;
  return note.seconds > 0 ? talked : not_reached;
}

std::string owner_or_nothing(const std::string& owner) { return owner == "0" ? "" : owner; }

}  // namespace

bool contains(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool is_lost(std::string_view status) { return status == kLost; }

std::vector<Observation> observe_lead(const LeadState& lead, const PortalSettings& settings) {
  Observation deal;
  deal.ref = {EntityKind::deal, lead.id};
  deal.version = lead.updated;
  deal.created = lead.created;
  deal.creator = owner_or_nothing(lead.creator);
  deal.source = lead.source;
  StagePoint point;
  point.at = lead.updated;
  point.pipeline = lead.pipeline;
  point.stage = lead.status;
  point.outcome = outcome_of(lead, settings);
  // A hook of the closing itself tells no closing time, but it is its time.
  point.entered = point.outcome == Outcome::won || point.outcome == Outcome::lost ? lead.closed : 0;
  point.owner = owner_or_nothing(lead.owner);
  point.amount = lead.price;
  deal.point = point;
  std::vector<Observation> seen{deal};
  if (!lead.old_owner.empty() && lead.old_owner != lead.owner) {
    Observation before = deal;
    before.version = before.point->at = lead.updated - 1;
    before.point->owner = owner_or_nothing(lead.old_owner);
    seen.push_back(std::move(before));
  }
  if (!contains(settings.quote_stages, lead.status)) return seen;
  Observation quote;
  quote.ref = {EntityKind::quote, "lead:" + lead.id};
  quote.version = lead.updated;
  point.outcome = Outcome::won;  // sent
  point.entered = 0;
  if (lead.quote_amount != 0) point.amount = lead.quote_amount;
  quote.point = point;
  seen.push_back(std::move(quote));
  return seen;
}

Observation observe_call(const CallNote& note, const PortalSettings& settings) {
  Observation call;
  call.ref = {EntityKind::call, note.uniq.empty() ? "note:" + note.note_id : "uniq:" + note.uniq};
  call.version = note.updated != 0 ? note.updated : note.created;
  Details details;
  details.owner = owner_or_nothing(note.owner);
  details.direction = note.incoming ? Direction::in : Direction::out;
  details.call = call_outcome(note, settings.talk_seconds_min);
  details.seconds = note.seconds;
  details.start = note.created;
  if (!note.lead.empty()) details.target = {EntityKind::deal, note.lead};
  call.details = details;
  return call;
}

Observation observe_task(const TaskState& task, const PortalSettings& settings) {
  Observation seen;
  seen.ref = {EntityKind::task, task.id};
  seen.version = task.updated;
  Details details;
  details.owner = owner_or_nothing(task.owner);
  details.act = contains(settings.meeting_task_types, task.type) ? Act::meeting : Act::todo;
  details.deadline = task.due;
  if (details.act == Act::meeting) details.start = task.due;
  details.done = task.done;
  details.done_at = task.done ? task.updated : 0;
  if (!task.lead.empty()) details.target = {EntityKind::deal, task.lead};
  seen.details = details;
  return seen;
}

}  // namespace kpistream::ingest
