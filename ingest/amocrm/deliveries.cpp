#include "ingest/amocrm/deliveries.hpp"

#include <algorithm>
#include <array>

#include "ingest/amocrm/common.hpp"
#include "ingest/amocrm/items.hpp"
#include "ingest/amocrm/limits.hpp"
#include "ingest/json/json.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::size_t kMessageIdMax = 64;

enum class Subject : std::uint8_t { lead, card, task, unsorted, message, invoice, talk };

struct Section {
  std::string_view name;   // in the body
  std::string_view event;  // in counters
  Subject subject;
};
constexpr std::array<Section, 12> kSections{{{"leads", "leads", Subject::lead},
                                             {"contacts", "contacts", Subject::card},  // companies too
                                             {"companies", "contacts", Subject::card},
                                             {"customers", "customers", Subject::card},
                                             {"task", "task", Subject::task},
                                             {"unsorted", "unsorted", Subject::unsorted},
                                             {"message", "message", Subject::message},
                                             {"outgoing_message", "outgoing_message", Subject::message},
                                             {"add", "message", Subject::message},  // a message without its section
                                             {"catalogs", "catalogs", Subject::invoice},
                                             {"talk", "talk", Subject::talk},
                                             {"chat_template_review", "talk", Subject::talk}}};

constexpr std::array<std::string_view, 7> kActions{"add",  "update", "delete",     "restore",
                                                   "note", "status", "responsible"};

const CustomField* find_code(const std::vector<CustomField>& fields, std::string_view code) {
  const auto it = std::find_if(fields.begin(), fields.end(), [&](const CustomField& f) { return f.code == code; });
  return it == fields.end() ? nullptr : &*it;
}

const CustomField* find_id(const std::vector<CustomField>& fields, std::string_view id) {
  if (id.empty()) return nullptr;
  const auto it = std::find_if(fields.begin(), fields.end(), [&](const CustomField& f) { return f.id == id; });
  return it == fields.end() ? nullptr : &*it;
}

std::string id_in(const Item& item, std::string_view name) { return id_or_empty(item.get(name)); }

// The lead that a note, task or message belongs to; empty when it is another card.
std::string lead_of(const Item& item) {
  if (item.get("element_type") != "2" && item.get("entity_type") != "lead") return {};
  const auto lead = id_in(item, "element_id");
  return lead.empty() ? id_in(item, "entity_id") : lead;
}

// The REST list in which a note is found again; empty when none is read.
std::string_view notes_list(const Item& item) {
  const auto type = item.get("element_type");
  if (type == "1") return "contacts/notes";
  if (type == "2") return "leads/notes";
  if (type == "3") return "companies/notes";
  if (!type.empty()) return {};
  if (item.section == "leads") return "leads/notes";
  if (item.section == "contacts") return "contacts/notes";
  return item.section == "companies" ? "companies/notes" : "";
}

// A uuid, or what may stand for one: never a text that tells of a person.
bool is_message_id(std::string_view text) {
  return !text.empty() && text.size() <= kMessageIdMax && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

// `word` is in small ASCII letters.
bool same_word(std::string_view text, std::string_view word) {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

class Body {
 public:
  Body(const Record& record, const PortalSettings& settings) : record_(record), settings_(settings) {}

  Decoded decode(const Form& form) {
    const auto items = items_of(form);
    unknown_ = items.empty();
    for (const Item& item : items) take(item);
    if (quarantined_) {
      decoded_.verdict = DecodeVerdict::quarantined;
    } else if (unknown_) {
      decoded_.verdict = DecodeVerdict::unknown;
    } else if (decoded_.observations.empty() && decoded_.wishes.empty()) {
      decoded_.verdict = DecodeVerdict::ignored;
    }
    if (decoded_.event.empty()) decoded_.event = "other";
    return std::move(decoded_);
  }

 private:
  void take(const Item& item) {
    const auto section =
        std::find_if(kSections.begin(), kSections.end(), [&](const Section& s) { return s.name == item.section; });
    const bool bare = item.section == "add";
    const bool known = section != kSections.end() &&
                       (bare ? !item.get("chat_id").empty() || !item.get("talk_id").empty()
                             : std::find(kActions.begin(), kActions.end(), item.action) != kActions.end());
    if (!known) {
      unknown_ = true;
      return;
    }
    if (decoded_.event.empty()) {
      decoded_.event = std::string(section->event) + "." + (bare ? "add" : std::string(item.action));
    }
    take(item, section->subject);
  }

  void take(const Item& item, Subject subject) {
    switch (subject) {
      case Subject::lead:
        return item.action == "note" ? take_note(item) : take_lead(item);
      case Subject::card:
        if (item.action == "note") take_note(item);
        return;
      case Subject::task:
        return take_task(item);
      case Subject::unsorted:
        return take_unsorted(item);
      case Subject::message:
        return take_message(item);
      case Subject::invoice:
        return take_invoice(item);
      case Subject::talk:
        return;
    }
  }

  void take_lead(const Item& item) {
    if (!has_id(item)) return;
    if (item.action == "delete") return add(observe_lead_gone(item_id(item), settings_));
    LeadState lead;
    lead.id = item_id(item);
    lead.status = id_in(item, "status_id");
    lead.updated = item.number("updated_at", "last_modified");
    if (lead.status.empty() || lead.updated <= 0) return wish("leads");  // of a digital pipeline: only REST knows more
    lead.pipeline = id_in(item, "pipeline_id");
    lead.owner = id_in(item, "responsible_user_id");
    lead.old_owner = id_in(item, "old_responsible_user_id");
    lead.old_status = id_in(item, "old_status_id");
    lead.price = parse_money(item.get("price"));  // absent when it is 0
    lead.created = item.number("created_at", "date_create");
    lead.creator = id_in(item, "created_user_id");
    const auto fields = custom_fields(item);
    if (const auto* amount = find_id(fields, settings_.quote_amount_field)) {
      lead.quote_amount = parse_money(amount->value);
    }
    if (const auto* source = find_code(fields, "UTM_SOURCE"); source != nullptr && is_label(source->value)) {
      lead.source = source->value;
    }
    if (item.action == "restore") lead.presence = Presence::present;
    add(observe_lead(lead, settings_));
    if (is_lost(lead.status)) wish("leads");  // the reason is known to REST only
  }

  // Arrived, and not an inquiry until a record of the lead shows it accepted. Its category is not kept as the source:
  // the lead's own fields may name a better one, and which of the two comes first is a matter of luck.
  void take_unsorted(const Item& item) {
    auto lead = id_in(item, "lead_id");
    for (const auto& [path, value] : item.fields) {  // data[leads][0][id], data[leads][id]
      const bool names_lead = path.size() >= 3 && path[0] == "data" && path[1] == "leads" && path.back() == "id";
      if (lead.empty() && names_lead) lead = id_or_empty(value);
    }
    if (item.action != "add" || lead.empty()) return;
    Observation seen;
    seen.ref = {EntityKind::deal, std::move(lead)};
    seen.created = item.number("created_at", "date_create");
    decoded_.observations.push_back(std::move(seen));
  }

  // Calls are notes whose text is JSON; of all other notes nothing is looked at.
  void take_note(const Item& item) {
    const auto type = item.get("note_type");
    if (type != "10" && type != "11") return;
    JsonDocument text;
    const bool readable = text.parse(item.get("text")) && text.root().is_object();
    CallNote note;
    note.note_id = item_id(item);
    note.uniq = text.root()["UNIQ"].text();
    note.incoming = type == "10";
    note.seconds = text.root()["DURATION"].integer();
    note.status = text.root()["call_status"].integer();
    note.owner = id_in(item, "main_user_id");
    if (note.owner.empty()) note.owner = id_in(item, "responsible_user_id");
    if (note.owner.empty()) note.owner = id_in(item, "created_by");
    note.lead = lead_of(item);
    note.created = item.number("created_at");  // the time as text is in a zone that nobody tells
    note.updated = item.number("updated_at");
    if (readable && is_call(note)) {
      decoded_.observations.push_back(observe_call(note, settings_));
    } else if (const auto list = notes_list(item); !list.empty()) {
      wish(list);
    } else {
      quarantined_ = true;
    }
  }

  void take_task(const Item& item) {
    if (!has_id(item)) return;
    if (item.action == "delete") return add_gone(EntityKind::task, item);
    TaskState task;
    task.id = item_id(item);
    task.type = id_in(item, "task_type");
    task.owner = id_in(item, "responsible_user_id");
    task.lead = lead_of(item);
    task.due = item.number("complete_before");
    task.done = item.get("status") == "1";
    task.updated = item.number("updated_at", "created_at");
    if (task.due <= 0 || task.updated <= 0) return wish("tasks");  // the times as text are in a zone nobody tells
    decoded_.observations.push_back(observe_task(task, settings_));
  }

  void take_message(const Item& item) {
    const auto id = item.get("id");
    const UnixSeconds created = item.number("created_at");
    if (!is_message_id(id) || created <= 0) {
      quarantined_ = true;
      return;
    }
    Observation seen;
    seen.ref = {EntityKind::message, std::string(id)};
    seen.version = created;
    Details details;
    details.owner = id_or_empty(item.get("author", "user_id"));
    const bool outgoing = item.section == "outgoing_message" || item.get("type") == "outgoing";
    details.direction = outgoing ? Direction::out : Direction::in;
    details.human = !outgoing || !details.owner.empty();
    details.start = created;
    if (auto lead = lead_of(item); !lead.empty()) details.target = {EntityKind::deal, std::move(lead)};
    seen.details = std::move(details);
    decoded_.observations.push_back(std::move(seen));
  }

  void take_invoice(const Item& item) {
    if (!has_id(item)) return;
    if (item.action == "delete") return add_gone(EntityKind::invoice, item);
    const auto fields = custom_fields(item);
    const auto* status = find_code(fields, "BILL_STATUS");
    if (status == nullptr) return;  // an element of another list
    Observation seen;
    seen.ref = {EntityKind::invoice, item_id(item)};
    seen.version = item.number("updated_at", "created_at");
    if (seen.version <= 0) seen.version = record_.arrived;
    seen.created = item.number("created_at");
    StagePoint point;
    point.at = seen.version;
    point.stage = id_or_empty(status->choice);
    point.outcome = is_paid(*status) ? Outcome::won : Outcome::open;
    const auto* paid_at = find_code(fields, "BILL_PAYMENT_DATE");
    if (point.outcome == Outcome::won && paid_at != nullptr) point.entered = parse_integer(paid_at->value);
    if (const auto* price = find_code(fields, "BILL_PRICE")) point.amount = parse_money(price->value);
    point.owner = id_in(item, "created_by");
    seen.point = std::move(point);
    decoded_.observations.push_back(std::move(seen));
  }

  [[nodiscard]] bool is_paid(const CustomField& status) const {
    if (!settings_.paid_values.empty()) return contains(settings_.paid_values, status.choice);
    return status.value == "Оплачен" || same_word(status.value, "paid");
  }

  bool has_id(const Item& item) {
    if (!item_id(item).empty()) return true;
    quarantined_ = true;
    return false;
  }

  static std::string item_id(const Item& item) { return id_in(item, "id"); }

  void wish(std::string_view list) {
    if (!contains(decoded_.wishes, list)) decoded_.wishes.emplace_back(list);
  }

  void add(std::vector<Observation> seen) {
    for (auto& one : seen) decoded_.observations.push_back(std::move(one));
  }

  void add_gone(EntityKind kind, const Item& item) {
    Observation seen;
    seen.ref = {kind, item_id(item)};
    seen.presence = Presence::gone;
    decoded_.observations.push_back(std::move(seen));
  }

  const Record& record_;
  const PortalSettings& settings_;
  Decoded decoded_;
  bool unknown_ = false;
  bool quarantined_ = false;
};

}  // namespace

Decoded decode_amocrm_delivery(const Record& record, const PortalSettings& settings) {
  thread_local Form form;
  if (form.parse(record.body, amocrm_form_limits()) != FormStatus::ok) {
    Decoded decoded;
    decoded.event = "other";
    decoded.verdict = DecodeVerdict::quarantined;
    return decoded;
  }
  return Body(record, settings).decode(form);
}

}  // namespace kpistream::ingest
