#include "ingest/amocrm/acts.hpp"

#include <algorithm>

#include "ingest/amocrm/common.hpp"
#include "ingest/json/json.hpp"
#include "ingest/parts.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::size_t kMessageIdMax = 64;

// A uuid, or what may stand for one: never a text that tells of a person.
bool is_message_id(std::string_view text) {
  return !text.empty() && text.size() <= kMessageIdMax && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

EntityRef deal_of(const Item& item) {
  auto lead = lead_of(item);
  return lead.empty() ? EntityRef{} : EntityRef{EntityKind::deal, std::move(lead)};
}

}  // namespace

std::string lead_of(const Item& item) {
  const auto type = item.get("entity_type");
  if (item.get("element_type") != "2" && type != "lead" && type != "leads") return {};
  const auto lead = item.id("element_id");
  return lead.empty() ? item.id("entity_id") : lead;
}

// Its text is JSON.
std::optional<Observation> call_of(const Item& note) {
  JsonDocument text;
  if (!text.parse(note.get("text")) || !text.root().is_object()) return {};
  CallNote call;
  call.note_id = note.id("id");
  call.uniq = text.root()["UNIQ"].text();
  call.incoming = note.get("note_type") == "10";
  call.seconds = text.root()["DURATION"].integer();
  call.status = text.root()["call_status"].integer();
  call.phone = text.root()["PHONE"].text();
  call.owner = note.id("main_user_id");
  if (call.owner.empty()) call.owner = note.id("responsible_user_id");
  if (call.owner.empty()) call.owner = note.id("created_by");
  call.lead = lead_of(note);
  call.created = note.number("created_at");  // the time as text is in a zone that nobody tells
  call.updated = note.number("updated_at");
  if (!is_call(call)) return {};
  return observe_call(call);
}

std::optional<Observation> comment_of(const Item& note) {
  CommentNote comment;
  comment.id = note.id("id");
  comment.author = note.actor("created_by");
  comment.lead = lead_of(note);
  comment.created = note.number("created_at");
  comment.updated = note.number("updated_at");
  if (comment.id.empty() || comment.created <= 0) return {};
  return observe_comment(comment);
}

std::optional<Observation> message_of(const Item& message) {
  const auto id = message.get("id");
  const UnixSeconds created = message.number("created_at");
  if (!is_message_id(id) || created <= 0) return {};
  Observation seen;
  seen.ref = {EntityKind::message, std::string(id)};
  seen.version = created;
  Details details;
  details.act = Act::chat;
  details.author = actor_or_empty(message.get("author", "user_id"));  // none: a client, or a bot
  details.owner = id_or_empty(details.author);
  const bool outgoing = message.section == "outgoing_message" || message.get("type") == "outgoing";
  details.direction = outgoing ? Direction::out : Direction::in;
  details.human = !outgoing || !details.owner.empty();
  details.start = created;
  details.created = created;
  details.target = deal_of(message);
  seen.details = std::move(details);
  return seen;
}

std::optional<Observation> vote_of(const Item& talk) {
  const auto id = talk.id("talk_id");
  const UnixSeconds at = talk.number("updated_at", "created_at");
  Details details;
  details.act = Act::chat;
  details.rating = rating_of(talk.number("rate"));
  details.start = at;
  details.target = deal_of(talk);
  if (id.empty() || at <= 0 || details.rating == 0) return {};
  Observation seen;
  seen.ref = {EntityKind::message, "talk:" + id};
  seen.version = at;
  seen.details = std::move(details);
  return seen;
}

}  // namespace kpistream::ingest
