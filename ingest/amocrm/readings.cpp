#include "ingest/amocrm/readings.hpp"

#include <algorithm>
#include <array>

#include "ingest/amocrm/common.hpp"
#include "ingest/json/json.hpp"

namespace kpistream::ingest {
namespace {

// The first value of the custom field whose `key` is `wanted`.
JsonValue find_custom(const JsonValue& item, std::string_view key, std::string_view wanted) {
  JsonValue found;
  if (wanted.empty()) return found;
  item["custom_fields_values"].each([&](const JsonValue& field) {
    if (found.exists() || field[key].text() != wanted) return;
    field["values"].each([&](const JsonValue& value) {
      if (!found.exists()) found = value["value"];
    });
  });
  return found;
}

std::string id_in(const JsonValue& item, std::string_view key) { return id_or_empty(item[key].text()); }

bool read_lead(const JsonValue& item, const PortalSettings& settings, Decoded& decoded) {
  LeadState lead;
  lead.id = id_in(item, "id");
  lead.status = id_in(item, "status_id");
  lead.pipeline = id_in(item, "pipeline_id");
  lead.owner = id_in(item, "responsible_user_id");
  lead.price = item["price"].money();
  lead.quote_amount = find_custom(item, "field_id", settings.quote_amount_field).money();
  lead.updated = item["updated_at"].integer();
  lead.closed = item["closed_at"].integer();
  lead.created = item["created_at"].integer();
  lead.creator = id_in(item, "created_by");
  if (const auto source = find_custom(item, "field_code", "UTM_SOURCE").text(); is_label(source)) lead.source = source;
  lead.presence = item["is_deleted"].truth() ? Presence::gone : Presence::present;
  lead.loss_reason = id_in(item, "loss_reason_id");
  if (lead.id.empty() || lead.status.empty() || lead.updated <= 0) return false;
  for (auto& seen : observe_lead(lead, settings)) decoded.observations.push_back(std::move(seen));
  return true;
}

bool read_task(const JsonValue& item, const PortalSettings& settings, Decoded& decoded) {
  TaskState task;
  task.id = id_in(item, "id");
  task.type = id_in(item, "task_type_id");
  task.owner = id_in(item, "responsible_user_id");
  if (item["entity_type"].text() == "leads") task.lead = id_in(item, "entity_id");
  task.due = item["complete_till"].integer();
  task.done = item["is_completed"].truth();
  task.updated = item["updated_at"].integer();
  if (task.id.empty() || task.updated <= 0) return false;
  Observation seen = observe_task(task, settings);
  seen.presence = Presence::present;
  decoded.observations.push_back(std::move(seen));
  return true;
}

bool read_call(const JsonValue& item, bool on_lead, const PortalSettings& settings, Decoded& decoded) {
  const std::string type = item["note_type"].text();
  if (type != "call_in" && type != "call_out") return true;
  CallNote note;
  note.note_id = id_in(item, "id");
  note.uniq = item["params"]["uniq"].text();
  note.incoming = type == "call_in";
  note.seconds = item["params"]["duration"].integer();
  note.status = item["params"]["call_status"].integer();
  note.owner = id_in(item, "responsible_user_id");
  if (note.owner.empty()) note.owner = id_in(item, "created_by");
  if (on_lead) note.lead = id_in(item, "entity_id");
  note.created = item["created_at"].integer();
  note.updated = item["updated_at"].integer();
  if (!is_call(note)) return false;
  decoded.observations.push_back(observe_call(note, settings));
  return true;
}

bool read_name(const JsonValue& item, EntityKind kind, Decoded& decoded) {
  Observation seen;
  seen.ref = {kind, id_in(item, "id")};
  seen.name = item["name"].text();
  if (seen.ref.id.empty()) return false;
  decoded.observations.push_back(std::move(seen));
  return true;
}

// False: ours to know, but not readable.
bool read_item(std::string_view list, const JsonValue& item, const PortalSettings& settings, Decoded& decoded) {
  if (list == "leads") return read_lead(item, settings, decoded);
  if (list == "tasks") return read_task(item, settings, decoded);
  if (list == "users") return read_name(item, EntityKind::manager, decoded);
  if (list == "leads/pipelines") return read_name(item, EntityKind::pipeline, decoded);
  return read_call(item, list == "leads/notes", settings, decoded);
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

// The last page moves the cursor: when it is here, so are the others.
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
    if (!read_item(list.name, item, settings, decoded)) decoded.verdict = DecodeVerdict::quarantined;
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
