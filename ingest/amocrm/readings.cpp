#include "ingest/amocrm/readings.hpp"

#include <algorithm>
#include <array>

#include "ingest/amocrm/common.hpp"
#include "ingest/amocrm/events.hpp"
#include "ingest/amocrm/purchases.hpp"
#include "ingest/json/json.hpp"
#include "ingest/parts.hpp"
#include "ingest/subject.hpp"
#include "stream/facts/field_mark.hpp"

namespace kpistream::ingest {
namespace {

// Short and plain enough to be a label, or nothing.
std::string source_of(const JsonValue& item) {
  std::string source;
  item["custom_fields_values"].each([&source](const JsonValue& field) {
    if (field["field_code"].text() != "UTM_SOURCE") return;
    field["values"].each([&source](const JsonValue& value) {
      if (source.empty()) source = value["value"].text();
    });
  });
  return is_label(source) ? source : "";
}

std::vector<Field> kept_fields(const JsonValue& item, const PortalSettings& settings) {
  KeptFields kept;
  item["custom_fields_values"].each([&](const JsonValue& field) {
    const std::string id = field["field_id"].id();
    for (const auto& [name, wanted] : settings.fields) {
      if (id != wanted) continue;
      field["values"].each([&kept, &name = name](const JsonValue& value) {
        const std::string choice = value["enum_id"].id();
        kept.add(name, choice.empty() ? value["value"].scalar() : choice);
      });
    }
  });
  item["_embedded"]["tags"].each([&kept](const JsonValue& tag) { kept.add(kTag, tag["id"].id()); });
  return std::move(kept).sorted();
}

// The company, else the main contact, else the first. Companies are always told, contacts where they were asked for.
std::optional<EntityRef> client_in(const JsonValue& embedded) {
  std::string company;
  embedded["companies"].each([&company](const JsonValue& one) {
    if (company.empty()) company = one["id"].id();
  });
  std::string contact;
  bool found = false;
  embedded["contacts"].each([&](const JsonValue& one) {
    const bool main = one["is_main"].truth();
    if (contact.empty() || (main && !found)) contact = one["id"].id();
    found = found || main;
  });
  if (company.empty() && !embedded["contacts"].exists()) return std::nullopt;
  return client_of(company, contact);
}

// All of them; nothing where contacts were not asked for.
std::optional<std::vector<EntityRef>> cards_in(const JsonValue& embedded) {
  if (!embedded["contacts"].exists()) return std::nullopt;
  std::vector<EntityRef> cards;
  const auto add = [&cards](EntityRef card) {
    if (!card.id.empty()) cards.push_back(std::move(card));
  };
  embedded["companies"].each([&](const JsonValue& one) { add(company_card(one["id"].id())); });
  embedded["contacts"].each([&](const JsonValue& one) { add(contact_card(one["id"].id())); });
  return cards;
}

// Where a note of "leads/notes", "contacts/notes" and so on stands.
EntityRef place_of_note(std::string_view list, const JsonValue& note) {
  return place_of(list.substr(0, list.find('/')), note["entity_id"].id());
}

bool read_lead(const JsonValue& item, const PortalSettings& settings, Decoded& decoded) {
  LeadState lead;
  lead.id = item["id"].id();
  lead.status = item["status_id"].id();
  lead.pipeline = item["pipeline_id"].id();
  lead.owner = item["responsible_user_id"].id();
  lead.author = item["updated_by"].actor();
  lead.price = item["price"].money();
  lead.updated = item["updated_at"].integer();
  lead.closed = item["closed_at"].integer();
  lead.created = item["created_at"].integer();
  lead.creator = item["created_by"].id();
  lead.source = source_of(item);
  lead.presence = item["is_deleted"].truth() ? Presence::gone : Presence::present;
  lead.loss_reason = item["loss_reason_id"].id();
  lead.client = client_in(item["_embedded"]);
  lead.cards = cards_in(item["_embedded"]);
  lead.fields = kept_fields(item, settings);
  lead.field_mark = field_mark(lead.fields, settings);
  if (lead.id.empty() || lead.status.empty() || lead.updated <= 0) return false;
  for (auto& seen : observe_lead(std::move(lead))) decoded.observations.push_back(std::move(seen));
  return true;
}

bool read_task(const JsonValue& item, Decoded& decoded) {
  TaskState task;
  task.id = item["id"].id();
  task.type = item["task_type_id"].id();
  task.owner = item["responsible_user_id"].id();
  task.author = item["created_by"].actor();
  task.editor = item["updated_by"].actor();
  task.place = place_of(item["entity_type"].text(), item["entity_id"].id());
  task.due = item["complete_till"].integer();
  task.done = item["is_completed"].truth();
  task.created = item["created_at"].integer();
  task.updated = item["updated_at"].integer();
  if (task.id.empty() || task.updated <= 0) return false;
  Observation seen = observe_task(task);
  seen.presence = Presence::present;
  decoded.observations.push_back(std::move(seen));
  return true;
}

bool read_call(const JsonValue& item, std::string_view list, Decoded& decoded) {
  CallNote note;
  note.note_id = item["id"].id();
  note.uniq = item["params"]["uniq"].text();
  note.incoming = item["note_type"].text() == "call_in";
  note.seconds = item["params"]["duration"].integer();
  note.status = item["params"]["call_status"].integer();
  note.phone = item["params"]["phone"].text();
  note.owner = item["responsible_user_id"].id();
  if (note.owner.empty()) note.owner = item["created_by"].id();
  note.place = place_of_note(list, item);
  note.created = item["created_at"].integer();
  note.updated = item["updated_at"].integer();
  if (!is_call(note)) return false;
  decoded.observations.push_back(observe_call(note));
  return true;
}

bool read_written(const JsonValue& item, std::string_view list, std::string_view type, Decoded& decoded) {
  WrittenNote note;
  note.id = item["id"].id();
  note.author = item["created_by"].actor();
  note.place = place_of_note(list, item);
  note.created = item["created_at"].integer();
  note.updated = item["updated_at"].integer();
  if (!is_written(note)) return false;
  const bool comment = type == "common";
  decoded.observations.push_back(comment ? observe_comment(note) : observe_sms(note, type == "sms_in"));
  return true;
}

bool read_note(const JsonValue& item, std::string_view list, Decoded& decoded) {
  const std::string type = item["note_type"].text();
  if (type == "call_in" || type == "call_out") return read_call(item, list, decoded);
  const bool written = type == "common" || type == "sms_in" || type == "sms_out";
  return !written || read_written(item, list, type, decoded);
}

bool read_name(const JsonValue& item, EntityKind kind, Decoded& decoded) {
  Observation seen;
  seen.ref = {kind, item["id"].id()};
  seen.name = item["name"].text();
  if (seen.ref.id.empty()) return false;
  decoded.observations.push_back(std::move(seen));
  return true;
}

// With its statuses, whose names are not those of another funnel's though their numbers may be (142, 143).
bool read_pipeline(const JsonValue& item, Decoded& decoded) {
  if (!read_name(item, EntityKind::pipeline, decoded)) return false;
  const std::string pipeline = item["id"].id();
  item["_embedded"]["statuses"].each([&](const JsonValue& status) {
    Observation seen;
    seen.ref = {EntityKind::stage, pipeline + "/" + status["id"].id()};
    seen.name = status["name"].text();
    KeptFields kept;
    kept.add("of", "deal/" + pipeline);
    seen.fields = std::move(kept).sorted();
    if (!seen.ref.id.ends_with('/')) decoded.observations.push_back(std::move(seen));
  });
  return true;
}

// An element of the catalogue that holds invoices.
bool read_invoice(const JsonValue& item, Decoded& decoded) {
  Observation seen;
  seen.ref = {EntityKind::invoice, item["id"].id()};
  seen.version = item["updated_at"].integer();
  seen.created = item["created_at"].integer();
  if (item["is_deleted"].truth()) seen.presence = Presence::gone;
  StagePoint point;
  point.at = seen.version;
  bool billed = false;
  UnixSeconds paid_at = 0;
  item["custom_fields_values"].each([&](const JsonValue& field) {
    const std::string code = field["field_code"].text();
    JsonValue value;
    field["values"].each([&value](const JsonValue& one) {
      if (!value.exists()) value = one;
    });
    if (code == "BILL_STATUS") {
      billed = true;
      point.stage = value["enum_id"].id();
      const bool paid = is_paid(value["enum_code"].text()) || is_paid(value["value"].text());
      point.outcome = paid ? Outcome::won : Outcome::open;
    }
    if (code == "BILL_PAYMENT_DATE") paid_at = value["value"].integer();
    if (code == "BILL_PRICE") point.amount = value["value"].money();
  });
  if (seen.ref.id.empty() || seen.version <= 0) return false;
  if (!billed && seen.presence != Presence::gone) return true;
  if (point.outcome == Outcome::won) point.entered = paid_at;
  point.owner = item["created_by"].id();
  point.author = item["updated_by"].actor();
  if (billed) seen.point = std::move(point);
  decoded.observations.push_back(std::move(seen));
  return true;
}

bool read_gone_lead(const JsonValue& item, const PortalSettings& settings, Decoded& decoded) {
  if (!read_lead(item, settings, decoded)) return false;
  decoded.observations.back().presence = Presence::gone;
  return true;
}

// False: ours to know, but not readable.
bool read_item(std::string_view list, const JsonValue& item, const PortalSettings& settings, Decoded& decoded) {
  if (list == "leads") return read_lead(item, settings, decoded);
  if (list == "leads/bin") return read_gone_lead(item, settings, decoded);
  if (list == "catalogs/elements") return read_invoice(item, decoded);
  if (list == "tasks") return read_task(item, decoded);
  if (list == "users") return read_name(item, EntityKind::manager, decoded);
  if (list == "leads/pipelines") return read_pipeline(item, decoded);
  if (list == "leads/loss_reasons") return read_name(item, EntityKind::loss_reason, decoded);
  return read_note(item, list, decoded);
}

struct List {
  std::string_view name;      // before the parameters of the subject
  std::string_view embedded;  // where its items are
  bool by_update;             // read by updated_at: has a cursor
};
constexpr std::array<List, 13> kLists{{{"leads", "leads", true},
                                       {"tasks", "tasks", true},
                                       {"leads/notes", "notes", true},
                                       {"contacts/notes", "notes", true},
                                       {"companies/notes", "notes", true},
                                       {"customers/notes", "notes", true},
                                       {"catalogs/elements", "elements", true},
                                       {"events", "events", true},
                                       {"leads/bin", "leads", false},
                                       {"users", "users", false},
                                       {"leads/pipelines", "pipelines", false},
                                       {"leads/loss_reasons", "loss_reasons", false},
                                       {"catalogs", "catalogs", false}}};

// The last page moves the cursor: when it is here, so are the others. Old ones do not say how far they tell of.
void move_cursor(const List& list, const Record& record, UnixSeconds newest, Decoded& decoded) {
  if (!list.by_update) return;
  auto cursor = told_cursor(Subject(record.subject));
  if (!cursor && record.subject == list.name && newest > 0) {
    cursor.emplace();
    cursor->ref = {EntityKind::cursor, std::string(list.name)};
    cursor->cursor = newest;
  }
  if (cursor) decoded.observations.push_back(std::move(*cursor));
}

Decoded decode_list(const List& list, const Record& record, const PortalSettings& settings) {
  Decoded decoded;
  decoded.event = list.name;
  decoded.heals = Subject(record.subject).parameter("backfill").empty();
  if (record.status == 204 || (record.status == 200 && record.body.empty())) {
    move_cursor(list, record, 0, decoded);
    return decoded;
  }
  JsonDocument document;
  const bool readable = record.status == 200 && document.parse(record.body);
  const JsonValue items = readable ? document.root()["_embedded"][list.embedded] : JsonValue();
  if (!items.is_array()) {
    decoded.verdict = DecodeVerdict::quarantined;
    decoded.failure = DecodeFailure::answer;
    decoded.heals = false;  // it tells nothing
    return decoded;
  }
  UnixSeconds newest = 0;
  if (list.name == "events" && !read_events(items, !decoded.heals, settings, decoded))
    decoded.verdict = DecodeVerdict::quarantined;
  if (list.name == "catalogs") decoded.verdict = DecodeVerdict::ignored;  // the reader's business
  const bool other = list.name != "events" && list.name != "catalogs";
  items.each([&](const JsonValue& item) {
    if (other && !read_item(list.name, item, settings, decoded)) decoded.verdict = DecodeVerdict::quarantined;
    newest = std::max(newest, item["updated_at"].integer());
  });
  move_cursor(list, record, newest, decoded);
  return decoded;
}

// One lead, asked for because a webhook told that it was deleted: webhooks may come late, and it may be back. When it
// is not shown nothing more is known than that.
Decoded decode_lead(const Record& record, const PortalSettings& settings) {
  Decoded decoded;
  decoded.event = "leads";
  if (record.status == 204) return decoded;
  JsonDocument document;
  if (record.status == 200 && document.parse(record.body)) {
    document.root()["_embedded"]["leads"].each([&](const JsonValue& item) {
      if (read_lead(item, settings, decoded)) decoded.observations.front().presence = Presence::present;
    });
  }
  if (decoded.observations.empty()) {
    decoded.verdict = DecodeVerdict::quarantined;
    decoded.failure = DecodeFailure::answer;
  }
  return decoded;
}

constexpr std::string_view kLead = "leads/";

}  // namespace

Decoded decode_amocrm_reading(const Record& record, const PortalSettings& settings) {
  const Subject subject(record.subject);
  for (const auto& list : kLists) {
    if (list.name == subject.method()) return decode_list(list, record, settings);
  }
  if (subject.method() == "backfill") return decode_backfill(subject);
  if (is_purchases(subject.method())) return decode_purchases(record, settings);
  if (record.subject.starts_with(kLead) && is_id(std::string_view(record.subject).substr(kLead.size()))) {
    return decode_lead(record, settings);
  }
  Decoded decoded;
  decoded.event = "other";
  decoded.verdict = DecodeVerdict::quarantined;
  return decoded;
}

}  // namespace kpistream::ingest
