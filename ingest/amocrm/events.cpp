#include "ingest/amocrm/events.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "ingest/amocrm/common.hpp"
#include "ingest/amocrm/purchases.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::size_t kIdMost = 64;

struct Event {
  UnixSeconds at = 0;
  std::string id;
  std::string type;
  std::string hand;    // "0": a robot
  std::string entity;  // "lead", "task", ...
  std::string about;   // its id
  JsonValue after;     // the first of what it tells
  JsonValue before;
};

JsonValue first_of(const JsonValue& list) {
  JsonValue first;
  list.each([&first](const JsonValue& one) {
    if (!first.exists()) first = one;
  });
  return first;
}

bool is_event_id(std::string_view text) {
  return !text.empty() && text.size() <= kIdMost && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

Event event_of(const JsonValue& item) {
  Event event;
  event.at = item["created_at"].integer();
  event.id = item["id"].text();
  event.type = item["type"].text();
  event.hand = item["created_by"].actor();
  if (event.hand.empty()) event.hand.push_back('0');
  event.entity = item["entity_type"].text();
  event.about = item["entity_id"].id();
  event.after = first_of(item["value_after"]);
  event.before = first_of(item["value_before"]);
  return event;
}

// Ids are 26 characters that sort by time (Crockford's base 32): of two changes of one second the order is in the
// middle of them. Any other id gets a number without an order. Even: the next odd number is the change itself.
std::uint64_t row_of(const std::string& id) {
  constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";
  constexpr std::size_t kIdSize = 26;
  constexpr std::size_t kFirst = 5;  // the characters before it change once in nine hours
  constexpr std::size_t kCount = 12;
  std::uint64_t number = 0;
  bool sorts = id.size() == kIdSize;
  for (std::size_t i = kFirst; sorts && i < kFirst + kCount; ++i) {
    const auto digit = kDigits.find(id[i]);
    sorts = digit != std::string_view::npos;
    number = number << 5U | digit;
  }
  if (!sorts) {
    number = 14'695'981'039'346'656'037ULL;
    for (const char c : id) number = (number ^ static_cast<unsigned char>(c)) * 1'099'511'628'211ULL;
  }
  return std::max<std::uint64_t>(2, number << 1U);
}

// One of these is told by a change; false: it is not readable.
bool tell_stage(StagePoint& point, const JsonValue& value) {
  point.tells = RowTells::stage;
  point.stage = value["lead_status"]["id"].id();
  point.pipeline = value["lead_status"]["pipeline_id"].id();
  point.outcome = outcome_of_status(point.stage);
  return !point.stage.empty();
}

bool tell_owner(StagePoint& point, const JsonValue& value) {
  point.tells = RowTells::owner;
  point.owner = value["responsible_user"]["id"].id();
  return value["responsible_user"].exists();
}

bool tell_amount(StagePoint& point, const JsonValue& value) {
  point.tells = RowTells::amount;
  point.amount = value["sale_field_value"]["sale"].money();
  return value["sale_field_value"].exists();
}

using Tell = bool (*)(StagePoint&, const JsonValue&);

bool read_change(const Event& event, Tell tell, Decoded& decoded) {
  if (event.entity != "lead") return true;
  Observation seen;
  seen.ref = {EntityKind::deal, event.about};
  StagePoint before;
  StagePoint after;
  before.at = after.at = event.at;
  before.row = row_of(event.id);
  after.row = before.row + 1;
  after.author = event.hand;
  if (!tell(after, event.after)) return false;
  if (after.tells == RowTells::stage) {
    after.entered = event.at;
    after.mover = event.hand;
  }
  if (tell(before, event.before)) seen.before = std::move(before);
  seen.point = std::move(after);
  decoded.observations.push_back(std::move(seen));
  return true;
}

void read_presence(const Event& event, EntityRef ref, Presence presence, Decoded& decoded) {
  if (ref.id.empty()) return;
  Observation seen;
  seen.ref = std::move(ref);
  seen.presence = presence;
  seen.presence_at = event.at;
  decoded.observations.push_back(std::move(seen));
}

// As its webhook tells it. Without the message's own id the two are told apart, and are one by their time and hand.
void read_message(const Event& event, bool outgoing, Decoded& decoded) {
  std::string id = event.after["message"]["id"].text();
  if (!is_event_id(id)) id = std::string("event:").append(event.id);
  Observation seen;
  seen.ref = {EntityKind::message, std::move(id)};
  seen.version = event.at;
  Details details;
  details.act = Act::chat;
  details.direction = outgoing ? Direction::out : Direction::in;
  if (outgoing && event.hand != "0") details.author = details.owner = event.hand;
  details.human = !outgoing || !details.owner.empty();
  details.start = details.created = event.at;
  details.target = place_of(event.entity, event.about);
  seen.details = std::move(details);
  decoded.observations.push_back(std::move(seen));
}

// What stands now is told by the lists and the bin: of long ago only changes count.
bool is_about_presence(const std::string& type) {
  return type == "lead_deleted" || type == "lead_restored" || type == "task_deleted" || type == "common_note_deleted";
}

bool read_event(const Event& event, Decoded& decoded) {
  const std::string& type = event.type;
  if (event.at <= 0 || !is_event_id(event.id) || event.about.empty()) return false;
  if (type == "lead_status_changed") return read_change(event, tell_stage, decoded);
  if (type == "entity_responsible_changed") return read_change(event, tell_owner, decoded);
  if (type == "sale_field_changed") return read_change(event, tell_amount, decoded);
  if (type == "lead_deleted") read_presence(event, {EntityKind::deal, event.about}, Presence::gone, decoded);
  if (type == "lead_restored") read_presence(event, {EntityKind::deal, event.about}, Presence::present, decoded);
  if (type == "task_deleted" && event.entity == "task") {
    read_presence(event, {EntityKind::task, event.about}, Presence::gone, decoded);
  }
  if (type == "common_note_deleted") {
    read_presence(event, {EntityKind::note, event.before["note"]["id"].id()}, Presence::gone, decoded);
  }
  if (type == "incoming_chat_message") read_message(event, false, decoded);
  if (type == "outgoing_chat_message" || (type == "conversation_answered" && event.hand != "0")) {
    read_message(event, true, decoded);
  }
  return true;
}

bool is_purchase(const Event& event) {
  return event.type == "transaction_added" && event.entity == "customer" && !event.about.empty();
}

void wish(std::string subject, Decoded& decoded) {
  auto& wishes = decoded.wishes;
  if (std::find(wishes.begin(), wishes.end(), subject) == wishes.end()) wishes.push_back(std::move(subject));
}

}  // namespace

bool read_events(const JsonValue& events, bool history, const PortalSettings& settings, Decoded& decoded) {
  std::vector<Event> all;
  events.each([&all](const JsonValue& item) { all.push_back(event_of(item)); });
  std::stable_sort(all.begin(), all.end(),
                   [](const Event& a, const Event& b) { return std::tie(a.at, a.id) < std::tie(b.at, b.id); });
  bool good = true;
  for (const Event& event : all) {
    if (history && is_about_presence(event.type)) continue;
    good = read_event(event, decoded) && good;
    if (is_purchase(event) && purchases_count(settings)) wish(purchases_subject(event.about), decoded);
  }
  return good;
}

}  // namespace kpistream::ingest
