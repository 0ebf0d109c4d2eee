#include "ingest/amocrm/acts.hpp"

#include <algorithm>
#include <array>
#include <utility>

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

// A message on no lead is its contact's.
EntityRef target_of(const Item& item) {
  EntityRef place = place_of(item);
  return place.id.empty() ? contact_card(item.id("contact_id")) : place;
}

std::string subject_of(const Item& item) {
  const auto id = item.id("element_id");
  return id.empty() ? item.id("entity_id") : id;
}

// Texts of notes may come as HTML: {&quot;UNIQ&quot;:...}. What is no entity that JSON needs stays as it is.
std::string without_entities(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kEntities{
      {{"&quot;", '"'}, {"&#34;", '"'}, {"&#039;", '\''}, {"&#39;", '\''}, {"&amp;", '&'}}};
  std::string plain;
  while (!text.empty()) {
    const auto known = std::find_if(kEntities.begin(), kEntities.end(),
                                    [&](const auto& entity) { return text.starts_with(entity.first); });
    plain += known == kEntities.end() ? text.front() : known->second;
    text.remove_prefix(known == kEntities.end() ? 1 : known->first.size());
  }
  return plain;
}

bool parse_text(JsonDocument& document, std::string_view text) {
  if (document.parse(text) && document.root().is_object()) return true;
  return text.find('&') != std::string_view::npos && document.parse(without_entities(text)) &&
         document.root().is_object();
}

}  // namespace

EntityRef place_of(const Item& item) {
  const EntityRef place = place_of(item.get("element_type"), subject_of(item));
  return place.id.empty() ? place_of(item.get("entity_type"), subject_of(item)) : place;
}

UnixSeconds ItemClock::at(const Item& item, std::initializer_list<std::string_view> names) const {
  for (const auto name : names) {
    const auto value = item.get(name);
    if (const UnixSeconds at = parse_integer(value); at > 0) return at;
    if (!times.count()) continue;
    if (const UnixSeconds at = times.read(value, host); at > 0) return at;
  }
  return 0;
}

// Its text is JSON.
std::optional<Observation> call_of(const Item& note, const ItemClock& clock) {
  JsonDocument text;
  if (!parse_text(text, note.get("text"))) return {};
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
  call.place = place_of(note);
  call.created = clock.at(note, {"created_at", "date_create"});
  call.updated = clock.at(note, {"updated_at", "timestamp_x"});
  if (!is_call(call)) return {};
  return observe_call(call);
}

namespace {

WrittenNote written(const Item& note, const ItemClock& clock) {
  WrittenNote seen;
  seen.id = note.id("id");
  seen.author = note.actor("created_by");
  seen.place = place_of(note);
  seen.created = clock.at(note, {"created_at", "date_create"});
  seen.updated = clock.at(note, {"updated_at", "timestamp_x"});
  return seen;
}

}  // namespace

std::optional<Observation> comment_of(const Item& note, const ItemClock& clock) {
  const WrittenNote comment = written(note, clock);
  return is_written(comment) ? std::optional(observe_comment(comment)) : std::nullopt;
}

std::optional<Observation> sms_of(const Item& note, const ItemClock& clock) {
  const WrittenNote sms = written(note, clock);
  return is_written(sms) ? std::optional(observe_sms(sms, note.get("note_type") == "102")) : std::nullopt;
}

std::optional<Observation> call_of_incoming(const Item& unsorted, const std::string& lead) {
  if (unsorted.get("category") != "sip") return {};
  CallNote call;
  call.uniq = unsorted.get("source_data", "uniq");
  call.incoming = true;
  call.seconds = parse_integer(unsorted.get("source_data", "duration"));
  call.phone = unsorted.get("source_data", "phone");
  if (call.phone.empty()) call.phone = unsorted.get("source_data", "from");
  call.owner = id_or_empty(unsorted.get("source_data", "call_responsible"));
  call.place = {EntityKind::deal, lead};
  call.created = parse_integer(unsorted.get("source_data", "called_at"));
  if (call.created <= 0) call.created = unsorted.number("created_at", "date_create");
  if (call.uniq.empty() || !is_call(call)) return {};
  return observe_call(call);
}

// Some times are told as text in a zone that nobody tells: then there is nothing, and the list has to be read.
std::optional<TaskState> task_of(const Item& item, const ItemClock& clock) {
  TaskState task;
  task.id = item.id("id");
  task.type = item.id("task_type");
  task.owner = item.id("responsible_user_id");
  task.author = item.actor("created_user_id");
  task.editor = item.actor("modified_user_id");
  task.place = place_of(item);
  task.due = clock.at(item, {"complete_before", "complete_till"});
  task.done = item.get("status") == "1" || item.get("action_close") == "1";
  task.created = clock.at(item, {"created_at", "date_create"});
  task.updated = clock.at(item, {"updated_at", "last_modified"});
  if (task.updated <= 0) task.updated = task.created;
  if (task.due <= 0 || task.updated <= 0) return {};
  return task;
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
  details.target = target_of(message);
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
  details.target = target_of(talk);
  if (id.empty() || at <= 0 || details.rating == 0) return {};
  Observation seen;
  seen.ref = {EntityKind::message, "talk:" + id};
  seen.version = at;
  seen.details = std::move(details);
  return seen;
}

}  // namespace kpistream::ingest
