#include "ingest/amocrm/deliveries.hpp"

#include <algorithm>
#include <array>

#include "ingest/amocrm/acts.hpp"
#include "ingest/amocrm/common.hpp"
#include "ingest/amocrm/items.hpp"
#include "ingest/amocrm/limits.hpp"
#include "ingest/amocrm/ties.hpp"
#include "ingest/amocrm/widgets.hpp"
#include "ingest/json/json.hpp"
#include "ingest/parts.hpp"
#include "stream/facts/field_mark.hpp"

namespace kpistream::ingest {
namespace {

// amoCRM's leads are deals here, and what is unsorted are leads.
struct About {
  std::string_view section;  // of an event's name
  Topic topic;
};
constexpr std::array<About, 10> kAbout{{{"leads", Topic::deal},
                                        {"contacts", Topic::contact},
                                        {"companies", Topic::company},
                                        {"task", Topic::task},
                                        {"unsorted", Topic::lead},
                                        {"message", Topic::message},
                                        {"outgoing_message", Topic::message},
                                        {"talk", Topic::message},
                                        {"chat_template_review", Topic::message},
                                        {"catalogs", Topic::payment}}};

enum class Subject : std::uint8_t { lead, card, customer, task, unsorted, message, invoice, talk, nothing };

struct Section {
  std::string_view name;   // in the body
  std::string_view event;  // in counters
  Subject subject;
};
constexpr std::array<Section, 12> kSections{{{"leads", "leads", Subject::lead},
                                             {"contacts", "contacts", Subject::card},
                                             {"companies", "companies", Subject::card},
                                             {"customers", "customers", Subject::customer},
                                             {"task", "task", Subject::task},
                                             {"unsorted", "unsorted", Subject::unsorted},
                                             {"message", "message", Subject::message},
                                             {"outgoing_message", "outgoing_message", Subject::message},
                                             {"add", "message", Subject::message},  // a message without its section
                                             {"catalogs", "catalogs", Subject::invoice},
                                             {"talk", "talk", Subject::talk},
                                             {"chat_template_review", "chat_template_review", Subject::nothing}}};

constexpr std::array<std::string_view, 7> kActions{"add",  "update", "delete",     "restore",
                                                   "note", "status", "responsible"};

// Types of notes.
constexpr std::string_view kComment = "4";
constexpr std::string_view kCallIn = "10";
constexpr std::string_view kCallOut = "11";
constexpr std::array<std::string_view, 5> kNotes{kComment, kCallIn, kCallOut, "102", "103"};  // and SMS in, out

// All that are filled come with every change of a lead; one that was emptied is missing.
std::vector<Field> kept_fields(const Item& item, const std::vector<CustomField>& fields,
                               const PortalSettings& settings) {
  KeptFields kept;
  for (const auto& [name, id] : settings.fields) {
    for (const CustomField& field : fields) {
      if (field.id != id) continue;
      for (const auto& [index, value] : field.values) {
        const auto choice = id_or_empty(value.choice);
        kept.add(name, choice.empty() ? value.text : choice);
      }
    }
  }
  for (const auto tag : tags(item)) kept.add(kTag, id_or_empty(tag));
  return std::move(kept).sorted();
}

// The REST list in which a note is found again; empty when none is read.
std::string_view notes_list(const Item& item) {
  const auto type = item.get("element_type");
  if (type == "1") return "contacts/notes";
  if (type == "2") return "leads/notes";
  if (type == "3") return "companies/notes";
  if (type == "12") return "customers/notes";
  if (!type.empty()) return {};
  if (item.section == "leads") return "leads/notes";
  if (item.section == "contacts") return "contacts/notes";
  if (item.section == "companies") return "companies/notes";
  return item.section == "customers" ? "customers/notes" : "";
}

bool is_company(const Item& item) {
  return item.section == "companies" || (item.section == "contacts" && item.get("type") == "company");
}

// data[leads][0][id], data[leads][id], lead_id.
std::string lead_in(const Item& unsorted) {
  auto lead = unsorted.id("lead_id");
  for (const auto& [path, value] : unsorted.fields) {
    const bool names_lead = path.size() >= 3 && path[0] == "data" && path[1] == "leads" && path.back() == "id";
    if (lead.empty() && names_lead) lead = id_or_empty(value);
  }
  return lead;
}

class Body {
 public:
  Body(const Record& record, const PortalSettings& settings, const ItemClock& clock)
      : record_(record), settings_(settings), clock_(clock) {}

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
    if (unknown_) note_event("other");
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
    const std::string_view event = is_company(item) ? "companies" : section->event;
    note_event(std::string(event) + "." + (bare ? "add" : std::string(item.action)));
    decoded_.happened = std::max(decoded_.happened, item.number("updated_at", "last_modified"));
    take(item, section->subject);
  }

  void note_event(std::string event) {
    auto& others = decoded_.other_events;
    if (decoded_.event.empty()) {
      decoded_.event = std::move(event);
    } else if (event != decoded_.event && std::find(others.begin(), others.end(), event) == others.end()) {
      others.push_back(std::move(event));
    }
  }

  void take(const Item& item, Subject subject) {
    switch (subject) {
      case Subject::lead:
        return item.action == "note" ? take_note(item) : take_lead(item);
      case Subject::card:
        return item.action == "note" ? take_note(item) : take_card(item);
      case Subject::customer:
        return item.action == "note" ? take_note(item) : void();
      case Subject::task:
        return take_task(item);
      case Subject::unsorted:
        return take_unsorted(item);
      case Subject::message:
        return take_message(item);
      case Subject::invoice:
        return take_invoice(item);
      case Subject::talk:
        return take_talk(item);
      case Subject::nothing:
        return;
    }
  }

  void take_lead(const Item& item) {
    if (!has_id(item)) return;
    if (item.action == "delete") {
      add_gone(EntityKind::deal, item);
      return wish("leads/" + item.id("id"));  // it may be back since: this tells no time
    }
    LeadState lead;
    lead.id = item.id("id");
    lead.status = item.id("status_id");
    lead.updated = item.number("updated_at", "last_modified");
    if (lead.status.empty() || lead.updated <= 0) return wish("leads");  // of a digital pipeline: only REST knows more
    lead.pipeline = item.id("pipeline_id");
    lead.owner = item.id("responsible_user_id");
    lead.old_owner = item.id("old_responsible_user_id");
    lead.old_status = item.id("old_status_id");
    // A status that is told to be the old one is none that was entered, whatever the action.
    lead.moved = lead.old_status.empty() ? item.action == "status" : lead.old_status != lead.status;
    lead.author = item.actor("modified_user_id");
    lead.price = parse_money(item.get("price"));  // absent when it is 0
    lead.created = item.number("created_at", "date_create");
    lead.creator = item.id("created_user_id");
    const auto fields = custom_fields(item);
    if (const auto* source = find_code(fields, "UTM_SOURCE"); source != nullptr && is_label(source->text())) {
      lead.source = source->text();
    }
    lead.fields = kept_fields(item, fields, settings_);
    lead.field_mark = field_mark(lead.fields, settings_);
    if (item.action == "restore") lead.presence = Presence::present;
    // The reason of a loss is known to REST only, and so is which contacts it has.
    const bool more = is_lost(lead.status) || item.get("link_changed") == "1";
    add(observe_lead(std::move(lead)));
    if (more) wish("leads");
  }

  // Which leads it has.
  void take_card(const Item& item) {
    if (item.action != "delete") add(ties_of_card(item, is_company(item), record_.arrived));
  }

  // Arrived, and not an inquiry until a record of the lead shows it accepted. Its category is not kept as the source:
  // the lead's own fields may name a better one, and which of the two comes first is a matter of luck.
  void take_unsorted(const Item& item) {
    if (item.action == "delete") return wish("leads");  // accepted or declined: what has become of the lead
    const auto lead = lead_in(item);
    if (item.action != "add" || lead.empty()) return;
    Observation seen;
    seen.ref = {EntityKind::deal, lead};
    seen.created = item.number("created_at", "date_create");
    decoded_.observations.push_back(std::move(seen));
    add(ties_of_incoming(item, lead));
    if (auto call = call_of_incoming(item, lead)) decoded_.observations.push_back(std::move(*call));
  }

  std::optional<Observation> read_note(const Item& item, std::string_view type) {
    if (type == kComment) return comment_of(item, clock_);
    return type == kCallIn || type == kCallOut ? call_of(item, clock_) : sms_of(item, clock_);
  }

  // At notes of other kinds nothing is looked at.
  void take_note(const Item& item) {
    const auto type = item.get("note_type");
    if (std::find(kNotes.begin(), kNotes.end(), type) == kNotes.end()) return;
    const auto list = notes_list(item);
    if (auto seen = read_note(item, type)) {
      decoded_.observations.push_back(std::move(*seen));
    } else if (!list.empty()) {
      wish(list);
    } else {
      quarantined_ = true;
    }
  }

  void take_task(const Item& item) {
    if (!has_id(item)) return;
    if (item.action == "delete") return add_gone(EntityKind::task, item);
    if (const auto task = task_of(item, clock_)) {
      decoded_.observations.push_back(observe_task(*task));
    } else {
      wish("tasks");  // its times are told as text, in a zone that nobody tells
    }
  }

  void take_message(const Item& item) {
    auto seen = message_of(item);
    if (seen) decoded_.observations.push_back(std::move(*seen));
    quarantined_ = quarantined_ || !seen;
  }

  void take_talk(const Item& item) {
    if (auto seen = vote_of(item)) decoded_.observations.push_back(std::move(*seen));
    if (item.action == "add") add(ties_of_talk(item));
  }

  void take_invoice(const Item& item) {
    if (!has_id(item)) return;
    if (item.action == "delete") return add_gone(EntityKind::invoice, item);
    const auto fields = custom_fields(item);
    const auto* status = find_code(fields, "BILL_STATUS");
    if (status == nullptr) return;  // an element of another list
    Observation seen;
    seen.ref = {EntityKind::invoice, item.id("id")};
    seen.version = item.number("updated_at", "created_at");
    if (seen.version <= 0) seen.version = record_.arrived;
    seen.created = item.number("created_at");
    StagePoint point;
    point.at = seen.version;
    point.stage = id_or_empty(status->choice());
    point.outcome = is_paid(status->text()) ? Outcome::won : Outcome::open;
    const auto* paid_at = find_code(fields, "BILL_PAYMENT_DATE");
    if (point.outcome == Outcome::won && paid_at != nullptr) point.entered = parse_integer(paid_at->text());
    if (const auto* price = find_code(fields, "BILL_PRICE")) point.amount = parse_money(price->text());
    point.owner = item.id("created_by");
    point.author = item.actor("updated_by");
    seen.point = std::move(point);
    decoded_.observations.push_back(std::move(seen));
  }

  void add(std::vector<Observation> seen) {
    for (auto& one : seen) decoded_.observations.push_back(std::move(one));
  }

  bool has_id(const Item& item) {
    if (!item.id("id").empty()) return true;
    quarantined_ = true;
    return false;
  }

  void wish(std::string_view list) {
    auto& wishes = decoded_.wishes;
    if (std::find(wishes.begin(), wishes.end(), list) == wishes.end()) wishes.emplace_back(list);
  }

  void add_gone(EntityKind kind, const Item& item) {
    Observation seen;
    seen.ref = {kind, item.id("id")};
    seen.presence = Presence::gone;
    decoded_.observations.push_back(std::move(seen));
  }

  const Record& record_;
  const PortalSettings& settings_;
  const ItemClock clock_;
  Decoded decoded_;
  bool unknown_ = false;
  bool quarantined_ = false;
};

}  // namespace

Decoded decode_amocrm_delivery(const Record& record, const PortalSettings& settings, const TextTimes& times) {
  if (is_json_body(record.body)) return decode_json_body(record.body);
  thread_local Form form;
  if (form.parse(record.body, amocrm_form_limits()) != FormStatus::ok) {
    Decoded decoded;
    decoded.event = "other";
    decoded.verdict = DecodeVerdict::quarantined;
    decoded.failure = DecodeFailure::syntax;
    return decoded;
  }
  if (form.find({"client_uuid"}) != nullptr) {
    Decoded decoded;
    decoded.event = "application.disabled";
    decoded.verdict = DecodeVerdict::ignored;
    return decoded;
  }
  return Body(record, settings, {times, host_in(form)}).decode(form);
}

Topic amocrm_topic(std::string_view event) {
  if (event.ends_with(".note")) return Topic::note;
  const std::string_view section = event.substr(0, event.find('.'));
  const auto about =
      std::find_if(kAbout.begin(), kAbout.end(), [&](const About& one) { return one.section == section; });
  return about == kAbout.end() ? Topic::other : about->topic;
}

}  // namespace kpistream::ingest
