#include "ingest/amocrm/deliveries.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "ingest/amocrm/common.hpp"
#include "ingest/amocrm/limits.hpp"
#include "ingest/form/form.hpp"
#include "ingest/json/json.hpp"

namespace kpistream::ingest {
namespace {

// One record of a body: `leads[status][0]...`. Views into the form.
struct Item {
  std::string_view section;
  std::string_view action;
  std::vector<std::pair<std::span<const std::string_view>, std::string_view>> fields;  // below the index

  [[nodiscard]] std::string_view get(std::string_view name) const {
    for (const auto& [path, value] : fields) {
      if (path.size() == 1 && path[0] == name) return value;
    }
    return {};
  }
  [[nodiscard]] std::string text(std::string_view name) const { return std::string(get(name)); }
  [[nodiscard]] std::int64_t number(std::string_view name) const { return parse_integer(get(name)); }
  [[nodiscard]] std::int64_t first_number(std::string_view a, std::string_view b) const {
    const auto value = number(a);
    return value != 0 ? value : number(b);
  }
};

bool is_index(std::string_view text) { return text.empty() || is_id(text); }

// How many segments stand before the fields: section, action, index, and the extra levels seen in the wild
// (task[update][0][0][id], leads[note][0][note][text]). A top-level message comes without its section.
std::size_t depth_of_fields(std::span<const std::string_view> path) {
  std::size_t depth = std::min<std::size_t>(2, path.size());
  while (depth + 1 < path.size() && (is_index(path[depth]) || path[depth] == "note")) ++depth;
  return depth;
}

struct Custom {
  std::string_view id;
  std::string_view code;
  std::string_view value;   // the first one, also of the scalar form of dates
  std::string_view choice;  // enum id of the first value
};

std::vector<Custom> custom_fields(const Item& item) {
  std::map<std::string_view, Custom> by_index;
  for (const auto& [path, value] : item.fields) {
    if (path.size() < 3 || path[0] != "custom_fields") continue;
    Custom& field = by_index[path[1]];
    if (path[2] == "id") field.id = value;
    if (path[2] == "code") field.code = value;
    if (path[2] != "values") continue;
    const bool is_value = path.size() == 4 || (path.size() == 5 && path[4] == "value");
    if (is_value && field.value.empty()) field.value = value;
    if (path.size() == 5 && path[4] == "enum" && field.choice.empty()) field.choice = value;
  }
  std::vector<Custom> fields;
  for (const auto& [index, field] : by_index) fields.push_back(field);
  return fields;
}

const Custom* find_code(const std::vector<Custom>& fields, std::string_view code) {
  const auto it = std::find_if(fields.begin(), fields.end(), [&](const Custom& f) { return f.code == code; });
  return it == fields.end() ? nullptr : &*it;
}

class Body {
 public:
  Body(const Record& record, const PortalSettings& settings) : record_(record), settings_(settings) {}

  Decoded decode(const Form& form) {
    bool known = false;
    for (const Item& item : items_of(form)) known |= take(item);
    if (quarantined_) {
      decoded_.verdict = DecodeVerdict::quarantined;
    } else if (unknown_ || !known) {
      decoded_.verdict = DecodeVerdict::unknown;
    } else if (decoded_.observations.empty() && decoded_.wishes.empty()) {
      decoded_.verdict = DecodeVerdict::ignored;
    }
    if (decoded_.event.empty()) decoded_.event = "other";
    return std::move(decoded_);
  }

 private:
  static std::vector<Item> items_of(const Form& form) {
    std::vector<Item> items;
    std::map<std::vector<std::string_view>, std::size_t> places;  // by section, action and indices
    for (const auto& pair : form.pairs()) {
      if (pair.path[0] == "account") continue;
      const std::size_t depth = depth_of_fields(pair.path);
      std::vector<std::string_view> place(pair.path.begin(), pair.path.begin() + static_cast<std::ptrdiff_t>(depth));
      const auto [it, fresh] = places.emplace(std::move(place), items.size());
      if (fresh) {
        const bool bare = pair.path[0] == "add";  // messages without their section
        items.push_back({bare ? "message" : pair.path[0], bare ? "add" : pair.path.size() > 1 ? pair.path[1] : "", {}});
      }
      Item& item = items[it->second];
      if (depth < pair.path.size()) {
        item.fields.emplace_back(pair.path.subspan(depth), pair.value);
      } else if (item.action == "delete") {
        static constexpr std::array<std::string_view, 1> kId{"id"};  // the bare form: leads[delete]=40100004
        item.fields.emplace_back(kId, pair.value);
      }
    }
    return items;
  }

  // False: a section we do not know.
  bool take(const Item& item) {
    if (item.section == "leads") return name("leads", item.action), take_lead(item), true;
    if (item.section == "contacts" || item.section == "companies" || item.section == "customers") {
      name("contacts", item.action);
      if (item.action == "note") take_note(item, item.section == "companies" ? "companies/notes" : "contacts/notes");
      return true;
    }
    if (item.section == "task") return name("task", item.action), take_task(item), true;
    if (item.section == "unsorted") return name("unsorted", item.action), take_unsorted(item), true;
    if (item.section == "message" || item.section == "outgoing_message") {
      name(item.section == "message" ? "message" : "outgoing_message", item.action);
      take_message(item);
      return true;
    }
    if (item.section == "catalogs") return name("catalogs", item.action), take_invoice(item), true;
    if (item.section == "talk" || item.section == "chat_template_review") return name("talk", item.action), true;
    unknown_ = true;
    return false;
  }

  // Counters take names from a closed list only.
  void name(std::string_view section, std::string_view action) {
    static constexpr std::array<std::string_view, 7> kActions{"add",  "update", "delete",     "restore",
                                                              "note", "status", "responsible"};
    if (!decoded_.event.empty() || std::find(kActions.begin(), kActions.end(), action) == kActions.end()) return;
    decoded_.event = std::string(section) + "." + std::string(action);
  }

  void wish(const std::string& list) {
    if (!contains(decoded_.wishes, list)) decoded_.wishes.push_back(list);
  }

  bool has_id(const Item& item) {
    if (is_id(item.get("id"))) return true;
    quarantined_ = true;
    return false;
  }

  void gone(EntityKind kind, const Item& item) {
    Observation seen;
    seen.ref = {kind, item.text("id")};
    seen.presence = Presence::gone;
    decoded_.observations.push_back(std::move(seen));
  }

  void take_lead(const Item& item) {
    if (item.action == "note") return take_note(item, "leads/notes");
    if (!has_id(item)) return;
    if (item.action == "delete") return gone(EntityKind::deal, item);
    LeadState lead;
    lead.id = item.text("id");
    lead.status = item.text("status_id");
    lead.updated = item.first_number("updated_at", "last_modified");
    if (lead.status.empty() || lead.updated == 0)
      return wish("leads");  // a digital pipeline hook: only REST knows more
    lead.pipeline = item.text("pipeline_id");
    lead.owner = item.text("responsible_user_id");
    lead.old_owner = item.text("old_responsible_user_id");
    lead.price = parse_money(item.get("price"));
    lead.created = item.first_number("created_at", "date_create");
    lead.creator = item.text("created_user_id");
    const auto fields = custom_fields(item);
    for (const auto& field : fields) {
      if (field.id == settings_.quote_amount_field && !field.id.empty()) lead.quote_amount = parse_money(field.value);
    }
    const Custom* source = find_code(fields, "UTM_SOURCE");
    if (source != nullptr && is_label(source->value)) lead.source = source->value;
    auto seen = observe_lead(lead, settings_);
    if (item.action == "restore") seen.front().presence = Presence::present;
    for (auto& one : seen) decoded_.observations.push_back(std::move(one));
    if (is_lost(lead.status)) wish("leads");  // the reason is known to REST only
  }

  void take_unsorted(const Item& item) {
    std::string_view lead = item.get("lead_id");
    for (const auto& [path, value] : item.fields) {
      if (path.size() >= 3 && path[0] == "data" && path[1] == "leads" && path.back() == "id" && lead.empty())
        lead = value;
    }
    if (item.action != "add" || !is_id(lead)) return;
    Observation seen;  // without a stage: not an inquiry until a lead record shows it accepted
    seen.ref = {EntityKind::deal, std::string(lead)};
    seen.created = item.first_number("created_at", "date_create");
    decoded_.observations.push_back(std::move(seen));
  }

  void take_note(const Item& item, const std::string& list) {
    const auto type = item.get("note_type");
    if (type != "10" && type != "11") return;
    CallNote note;
    note.note_id = item.text("id");
    JsonDocument text;
    const bool readable = is_id(note.note_id) && text.parse(item.get("text")) && text.root().is_object();
    if (!readable) return wish(list);
    note.uniq = text.root()["UNIQ"].text().substr(0, 128);
    note.incoming = type == "10";
    note.seconds = text.root()["DURATION"].integer();
    note.status = text.root()["call_status"].integer();
    for (const std::string_view owner : {"main_user_id", "responsible_user_id", "created_by"}) {
      if (note.owner.empty() || note.owner == "0") note.owner = item.text(owner);
    }
    if (item.get("element_type") == "2") note.lead = item.text("element_id");
    note.created = item.number("created_at");
    note.updated = item.number("updated_at");
    if (note.created == 0) return wish(list);  // its time as text is in a zone nobody tells
    decoded_.observations.push_back(observe_call(note, settings_));
  }

  void take_task(const Item& item) {
    if (!has_id(item)) return;
    if (item.action == "delete") return gone(EntityKind::task, item);
    TaskState task;
    task.id = item.text("id");
    task.type = item.text("task_type");
    task.owner = item.text("responsible_user_id");
    if (item.get("element_type") == "2") task.lead = item.text("element_id");
    task.due = item.number("complete_before");
    task.done = item.get("status") == "1";
    task.updated = item.first_number("updated_at", "created_at");
    if (task.due == 0 || task.updated == 0) return wish("tasks");
    decoded_.observations.push_back(observe_task(task, settings_));
  }

  void take_message(const Item& item) {
    const auto id = item.get("id");
    const UnixSeconds created = item.number("created_at");
    if (id.empty() || id.size() > 64 || created == 0) {
      quarantined_ = true;
      return;
    }
    Observation seen;
    seen.ref = {EntityKind::message, std::string(id)};
    seen.version = created;
    Details details;
    for (const auto& [path, value] : item.fields) {
      if (path.size() == 2 && path[0] == "author" && path[1] == "user_id") details.owner = value;
    }
    if (details.owner == "0") details.owner.clear();
    const bool outgoing = item.section == "outgoing_message" || item.get("type") == "outgoing";
    details.direction = outgoing ? Direction::out : Direction::in;
    details.human = !outgoing || !details.owner.empty();
    details.start = created;
    const auto type = item.get("element_type");
    const auto lead = item.get("element_id");
    if ((type == "2" || item.get("entity_type") == "lead") && is_id(lead))
      details.target = {EntityKind::deal, std::string(lead)};
    seen.details = details;
    decoded_.observations.push_back(std::move(seen));
  }

  void take_invoice(const Item& item) {
    if (!has_id(item)) return;
    if (item.action == "delete") return gone(EntityKind::invoice, item);
    const auto fields = custom_fields(item);
    const Custom* status = find_code(fields, "BILL_STATUS");
    if (status == nullptr) return;  // another catalog
    Observation seen;
    seen.ref = {EntityKind::invoice, item.text("id")};
    seen.version = item.first_number("updated_at", "created_at");
    if (seen.version == 0) seen.version = record_.arrived;
    seen.created = item.number("created_at");
    StagePoint point;
    point.at = seen.version;
    point.stage = status->choice;
    point.outcome = is_paid(*status) ? Outcome::won : Outcome::open;
    const Custom* paid_at = find_code(fields, "BILL_PAYMENT_DATE");
    if (point.outcome == Outcome::won && paid_at != nullptr) point.entered = parse_integer(paid_at->value);
    if (const Custom* price = find_code(fields, "BILL_PRICE")) point.amount = parse_money(price->value);
    point.owner = item.text("created_by");
    seen.point = point;
    decoded_.observations.push_back(std::move(seen));
  }

  [[nodiscard]] bool is_paid(const Custom& status) const {
    if (!settings_.paid_values.empty()) return contains(settings_.paid_values, status.choice);
    return status.value == "Оплачен" || status.value == "Paid" || status.value == "paid";
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
