#include "ingest/amocrm/readings.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "ingest/amocrm/common.hpp"
#include "ingest/json/json.hpp"

namespace kpistream::ingest {
namespace {

struct CustomValue {
  std::string value;
  std::string code;
  std::string id;
};

CustomValue find_custom(const JsonValue& item, std::string_view key, std::string_view wanted) {
  CustomValue found;
  item["custom_fields_values"].each([&](const JsonValue& field) {
    if (!found.id.empty() || wanted.empty() || field[key].text() != wanted) return;
    found.id = field["field_id"].text();
    bool first = true;
    field["values"].each([&](const JsonValue& value) {
      if (std::exchange(first, false)) found.value = value["value"].text();
    });
  });
  return found;
}

void read_lead(const JsonValue& item, const PortalSettings& settings, Decoded& decoded) {
  LeadState lead;
  lead.id = item["id"].text();
  lead.status = item["status_id"].text();
  lead.pipeline = item["pipeline_id"].text();
  lead.owner = item["responsible_user_id"].text();
  lead.price = item["price"].money();
  lead.quote_amount = parse_money(find_custom(item, "field_id", settings.quote_amount_field).value);
  lead.updated = item["updated_at"].integer();
  lead.closed = item["closed_at"].integer();
  lead.created = item["created_at"].integer();
  lead.creator = item["created_by"].text();
  if (const auto source = find_custom(item, "field_code", "UTM_SOURCE").value; is_label(source)) lead.source = source;
  auto seen = observe_lead(lead, settings);
  seen.front().presence = item["is_deleted"].truth() ? Presence::gone : Presence::present;
  seen.front().loss_reason = item["loss_reason_id"].text();
  for (auto& one : seen) decoded.observations.push_back(std::move(one));
}

void read_task(const JsonValue& item, const PortalSettings& settings, Decoded& decoded) {
  TaskState task;
  task.id = item["id"].text();
  task.type = item["task_type_id"].text();
  task.owner = item["responsible_user_id"].text();
  if (item["entity_type"].text() == "leads") task.lead = item["entity_id"].text();
  task.due = item["complete_till"].integer();
  task.done = item["is_completed"].truth();
  task.updated = item["updated_at"].integer();
  Observation seen = observe_task(task, settings);
  seen.presence = Presence::present;
  decoded.observations.push_back(std::move(seen));
}

void read_call(const JsonValue& item, bool on_lead, const PortalSettings& settings, Decoded& decoded) {
  const std::string type = item["note_type"].text();
  if (type != "call_in" && type != "call_out") return;
  CallNote note;
  note.note_id = item["id"].text();
  note.uniq = item["params"]["uniq"].text().substr(0, 128);
  note.incoming = type == "call_in";
  note.seconds = item["params"]["duration"].integer();
  note.status = item["params"]["call_status"].integer();
  note.owner = item["responsible_user_id"].text();
  if (on_lead) note.lead = item["entity_id"].text();
  note.created = item["created_at"].integer();
  note.updated = item["updated_at"].integer();
  decoded.observations.push_back(observe_call(note, settings));
}

void read_name(const JsonValue& item, EntityKind kind, Decoded& decoded) {
  Observation seen;
  seen.ref = {kind, item["id"].text()};
  seen.name = item["name"].text();
  decoded.observations.push_back(std::move(seen));
}

void read_item(std::string_view list, const JsonValue& item, const PortalSettings& settings, Decoded& decoded) {
  if (list == "leads") return read_lead(item, settings, decoded);
  if (list == "tasks") return read_task(item, settings, decoded);
  if (list == "users") return read_name(item, EntityKind::manager, decoded);
  if (list == "leads/pipelines") return read_name(item, EntityKind::pipeline, decoded);
  read_call(item, list == "leads/notes", settings, decoded);
}

struct List {
  std::string_view name;      // the subject, and the path below /api/v4/
  std::string_view embedded;  // where its items are
  bool by_update;             // read by updated_at: has a cursor
};
constexpr std::array<List, 7> kLists{{{"leads", "leads", true},
                                      {"tasks", "tasks", true},
                                      {"leads/notes", "notes", true},
                                      {"contacts/notes", "notes", true},
                                      {"companies/notes", "notes", true},
                                      {"users", "users", false},
                                      {"leads/pipelines", "pipelines", false}}};

// The last page moves the cursor: leads come in order of change, so it has shown the newest.
void move_cursor(const List& list, UnixSeconds newest, bool last_page, Decoded& decoded) {
  if (!list.by_update || !last_page || newest == 0) return;
  Observation cursor;
  cursor.ref = {EntityKind::cursor, std::string(list.name)};
  cursor.cursor = newest;
  decoded.observations.push_back(std::move(cursor));
}

Decoded decode_list(const List& list, const Record& record, const PortalSettings& settings) {
  Decoded decoded;
  decoded.event = list.name;
  if (record.status == 204 || record.body.empty()) return decoded;
  JsonDocument document;
  const bool readable = record.status == 200 && document.parse(record.body);
  const JsonValue items = readable ? document.root()["_embedded"][list.embedded] : JsonValue();
  if (!items.is_array()) {
    decoded.verdict = DecodeVerdict::quarantined;
    return decoded;
  }
  UnixSeconds newest = 0;
  items.each([&](const JsonValue& item) {
    if (!is_id(item["id"].text())) {
      decoded.verdict = DecodeVerdict::quarantined;
      return;
    }
    read_item(list.name, item, settings, decoded);
    newest = std::max(newest, item["updated_at"].integer());
  });
  move_cursor(list, newest, record.subject == list.name, decoded);
  return decoded;
}

}  // namespace

Decoded decode_amocrm_reading(const Record& record, const PortalSettings& settings) {
  const std::string_view name = std::string_view(record.subject).substr(0, record.subject.find('?'));
  for (const auto& list : kLists) {
    if (list.name == name) return decode_list(list, record, settings);
  }
  Decoded decoded;
  decoded.event = "other";
  decoded.verdict = DecodeVerdict::quarantined;
  return decoded;
}

}  // namespace kpistream::ingest
