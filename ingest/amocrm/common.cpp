#include "ingest/amocrm/common.hpp"

#include <algorithm>

#include "ingest/json/json.hpp"
#include "stream/facts/links.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::string_view kWon = "142";  // the same two in every pipeline of every account
constexpr std::string_view kLost = "143";
constexpr std::string_view kMeeting = "2";  // the type of tasks that every account has

// A talk of more than a day is a slip of some telephony, and adding it up could overflow.
constexpr std::int64_t kTalkSecondsMax = 86'400;
constexpr std::size_t kUniqMax = 128;

// `word` is in small ASCII letters.
bool same_word(std::string_view text, std::string_view word) {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

EntityRef card_or_nothing(std::string_view kind, const std::string& id) {
  return id.empty() ? EntityRef{} : EntityRef{EntityKind::card, std::string(kind) + ":" + id};
}

StagePoint point_of(const LeadState& lead) {
  StagePoint point;
  point.at = lead.updated;
  point.pipeline = lead.pipeline;
  point.stage = lead.status;
  point.outcome = outcome_of_status(lead.status);
  // A hook of the closing itself tells no closing time, but it is its time.
  point.entered = point.outcome == Outcome::open ? 0 : lead.closed;
  point.owner = lead.owner;
  point.amount = lead.price;
  point.mover = lead.moved ? lead.author : "";
  point.author = lead.author;
  point.fields = lead.field_mark;
  return point;
}

// A change of owner tells who had the lead until then, maybe the only word about them.
Observation before_change(LeadState lead) {
  lead.owner = lead.old_owner;
  if (!lead.old_status.empty()) lead.status = lead.old_status;
  lead.updated -= 1;
  lead.field_mark = 0;  // nor is it told what its fields held
  lead.author.clear();  // whoever made this change did not make that state
  Observation before;
  before.ref = {EntityKind::deal, lead.id};
  before.version = lead.updated;
  before.created = lead.created;
  before.point = point_of(lead);
  return before;
}

// KPI.md K8. Without a status, which webhooks do not tell, the talk time decides.
CallOutcome call_outcome(const CallNote& note) {
  const CallOutcome not_reached = note.incoming ? CallOutcome::missed : CallOutcome::failed;
  switch (note.status) {
    case 0:
      return note.seconds > 0 ? CallOutcome::talk : not_reached;
    case 1:  // left a message
    case 2:  // call back later
    case 3:  // not there
    case 5:  // wrong number
    case 6:  // not reached
    case 7:  // busy
      return not_reached;
    case 4:
      return CallOutcome::talk;
    default:  // 8: undefined; or one that we do not know
      return CallOutcome::unknown;
  }
}

}  // namespace

EntityRef contact_card(const std::string& id) { return card_or_nothing("contact", id); }
EntityRef company_card(const std::string& id) { return card_or_nothing("company", id); }

bool is_lost(std::string_view status) { return status == kLost; }

Outcome outcome_of_status(std::string_view status) {
  if (status == kWon) return Outcome::won;
  return status == kLost ? Outcome::lost : Outcome::open;
}

bool is_paid(std::string_view status) { return status == "Оплачен" || same_word(status, "paid"); }

std::vector<Observation> observe_lead(LeadState lead) {
  Observation deal;
  deal.ref = {EntityKind::deal, lead.id};
  deal.presence = lead.presence;
  deal.version = lead.updated;
  deal.created = lead.created;
  deal.creator = lead.creator;
  deal.source = lead.source;
  deal.loss_reason = lead.loss_reason;
  deal.client = lead.client;
  deal.cards = lead.cards;
  deal.fields = std::move(lead.fields);
  deal.point = point_of(lead);
  std::vector<Observation> seen{std::move(deal)};
  if (!lead.old_owner.empty() && lead.old_owner != lead.owner) seen.push_back(before_change(std::move(lead)));
  return seen;
}

bool is_call(const CallNote& note) {
  return note.created != 0 && (!note.uniq.empty() || !note.note_id.empty()) && note.uniq.size() <= kUniqMax &&
         note.seconds >= 0 && note.seconds <= kTalkSecondsMax;
}

Observation observe_call(const CallNote& note) {
  Observation call;
  call.ref = {EntityKind::call, note.uniq.empty() ? "note:" + note.note_id : "uniq:" + note.uniq};
  call.version = note.updated != 0 ? note.updated : note.created;
  Details details;
  details.owner = note.owner;
  details.direction = note.incoming ? Direction::in : Direction::out;
  details.call = call_outcome(note);
  details.seconds = details.call == CallOutcome::talk ? note.seconds : 0;  // else it is the time of ringing
  details.start = note.created;
  details.line = line_hash(note.phone);
  details.target = note.place;
  call.details = std::move(details);
  return call;
}

namespace {

Observation observe_note(EntityRef ref, const WrittenNote& note, Act act) {
  Observation seen;
  seen.ref = std::move(ref);
  seen.version = note.updated != 0 ? note.updated : note.created;
  Details details;
  details.act = act;
  details.owner = id_or_empty(note.author);
  details.author = note.author;
  details.human = !details.owner.empty();
  details.start = note.created;
  details.created = note.created;
  details.target = note.place;
  seen.details = std::move(details);
  return seen;
}

}  // namespace

EntityRef place_of(std::string_view kind, std::string id) {
  if (id.empty()) return {};
  if (kind == "2" || kind == "lead" || kind == "leads") return {EntityKind::deal, std::move(id)};
  if (kind == "1" || kind == "contact" || kind == "contacts") return contact_card(id);
  if (kind == "3" || kind == "company" || kind == "companies") return company_card(id);
  return {};
}

bool is_written(const WrittenNote& note) { return !note.id.empty() && note.created > 0; }

Observation observe_comment(const WrittenNote& note) {
  Observation seen = observe_note({EntityKind::note, note.id}, note, Act::comment);
  seen.details->human = note.author != "0";
  return seen;
}

// An incoming one is the client's, whoever has it in his name.
Observation observe_sms(const WrittenNote& note, bool incoming) {
  Observation seen = observe_note({EntityKind::message, "note:" + note.id}, note, Act::chat);
  seen.details->direction = incoming ? Direction::in : Direction::out;
  if (!incoming) return seen;
  seen.details->owner.clear();
  seen.details->author.clear();
  seen.details->human = true;
  return seen;
}

Observation observe_task(const TaskState& task) {
  Observation seen;
  seen.ref = {EntityKind::task, task.id};
  seen.version = task.updated;
  Details details;
  details.owner = task.owner;
  details.act = task.type == kMeeting ? Act::meeting : Act::todo;
  details.type = task.type;
  details.deadline = task.due;
  if (details.act == Act::meeting) details.start = task.due;
  details.author = task.author;
  details.created = task.created;
  details.done = task.done;
  if (task.done) {
    details.done_at = task.updated;
    details.closer = task.editor;
  }
  details.target = task.place;
  seen.details = std::move(details);
  return seen;
}

}  // namespace kpistream::ingest
