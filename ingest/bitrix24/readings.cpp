#include "ingest/bitrix24/readings.hpp"

#include <array>

#include "ingest/json/json.hpp"

namespace kpistream::ingest {
namespace {

Outcome semantics(const std::string& semantic) {
  if (semantic == "S") return Outcome::won;
  return semantic == "F" ? Outcome::lost : Outcome::open;
}

void set_currency(StagePoint& point, const std::string& currency, const PortalSettings& settings) {
  if (currency.empty() || currency == settings.currency) return;
  point.currency = currency.size() == 3 && is_label(currency) ? currency : "XXX";  // ISO 4217: no currency
}

std::string label_or_nothing(const std::string& text) { return is_label(text) ? text : std::string(); }

// Classic fields shared by leads, deals and quotes.
Observation classic(const JsonValue& item, EntityKind kind, const PortalSettings& settings) {
  Observation seen;
  seen.ref = {kind, item["ID"].text()};
  seen.presence = Presence::present;
  seen.version = item["DATE_MODIFY"].time();
  seen.created = item["DATE_CREATE"].time();
  seen.creator = id_or_empty(item["CREATED_BY_ID"].text());
  seen.source = label_or_nothing(item["SOURCE_ID"].text());
  seen.ignore = item["IS_RECURRING"].truth();  // a template
  StagePoint point;
  point.at = seen.version;
  point.entered = item["MOVED_TIME"].time();
  point.owner = id_or_empty(item["ASSIGNED_BY_ID"].text());
  point.amount = item["OPPORTUNITY"].money();
  set_currency(point, item["CURRENCY_ID"].text(), settings);
  seen.point = point;
  return seen;
}

void set_loss_reason(Observation& seen, const JsonValue& item, const PortalSettings& settings) {
  if (settings.loss_reason_field.empty()) return;
  seen.loss_reason = label_or_nothing(item[settings.loss_reason_field].text());
}

Observation lead(const JsonValue& item, const PortalSettings& settings) {
  Observation seen = classic(item, EntityKind::lead, settings);
  seen.point->stage = item["STATUS_ID"].text();
  seen.point->outcome = semantics(item["STATUS_SEMANTIC_ID"].text());
  set_loss_reason(seen, item, settings);
  return seen;
}

Observation deal(const JsonValue& item, const PortalSettings& settings) {
  Observation seen = classic(item, EntityKind::deal, settings);
  seen.point->pipeline = item["CATEGORY_ID"].text();
  seen.point->stage = item["STAGE_ID"].text();
  seen.point->outcome = semantics(item["STAGE_SEMANTIC_ID"].text());
  set_loss_reason(seen, item, settings);
  return seen;
}

// Quotes have no semantics: won here means sent, or any stage after that.
Outcome quote_outcome(const std::string& status, const PortalSettings& settings) {
  if (status == "DECLAINED" || status == "APOLOGY") return Outcome::lost;
  if (status.empty()) return Outcome::unknown;
  if (settings.quote_stages.empty()) return status == "DRAFT" ? Outcome::open : Outcome::won;
  for (const auto& stage : settings.quote_stages) {
    if (status == stage) return Outcome::won;
  }
  return status == "APPROVED" ? Outcome::won : Outcome::open;
}

Observation quote(const JsonValue& item, const PortalSettings& settings) {
  Observation seen = classic(item, EntityKind::quote, settings);
  seen.point->entered = 0;
  seen.point->stage = item["STATUS_ID"].text();
  seen.point->outcome = quote_outcome(seen.point->stage, settings);
  return seen;
}

// New invoices: the stage id ends with :P (paid) or :D (not paid) whatever the funnel.
Observation invoice(const JsonValue& result, const PortalSettings& settings) {
  const JsonValue item = result["item"];
  Observation seen;
  seen.ref = {EntityKind::invoice, item["id"].text()};
  seen.presence = Presence::present;
  seen.version = item["updatedTime"].time();
  seen.created = item["createdTime"].time();
  StagePoint point;
  point.at = seen.version;
  point.entered = item["movedTime"].time();
  point.pipeline = item["categoryId"].text();
  point.stage = item["stageId"].text();
  point.outcome = point.stage.ends_with(":P")   ? Outcome::won
                  : point.stage.ends_with(":D") ? Outcome::lost
                                                : Outcome::open;
  point.owner = id_or_empty(item["assignedById"].text());
  point.amount = item["opportunity"].money();
  set_currency(point, item["currencyId"].text(), settings);
  seen.point = point;
  return seen;
}

Act act_of(const JsonValue& item) {
  const std::string type = item["TYPE_ID"].text();
  if (type == "1") return Act::meeting;
  if (type == "2") return Act::call;
  if (type == "4") return Act::mail;
  return type == "6" && item["PROVIDER_ID"].text() == "CRM_TODO" ? Act::todo : Act::other;
}

EntityRef target_of(const std::string& type, const std::string& id) {
  if (id.empty()) return {};
  if (type == "1") return {EntityKind::lead, id};
  if (type == "2") return {EntityKind::deal, id};
  return {};
}

Observation activity(const JsonValue& item, const PortalSettings& /*settings*/) {
  Observation seen;
  seen.ref = {EntityKind::activity, item["ID"].text()};
  seen.presence = Presence::present;
  seen.version = item["LAST_UPDATED"].time();
  Details act;
  act.owner = id_or_empty(item["RESPONSIBLE_ID"].text());
  act.act = act_of(item);
  const std::string direction = item["DIRECTION"].text();
  act.direction = direction == "1" ? Direction::in : direction == "2" ? Direction::out : Direction::none;
  act.start = item["START_TIME"].time();
  act.end = item["END_TIME"].time();
  act.deadline = item["DEADLINE"].time();
  act.done = item["COMPLETED"].truth();
  if (act.done) {
    const bool held = act.act == Act::meeting && act.end != 0 && act.end <= seen.version;
    act.done_at = held ? act.end : seen.version;
  }
  act.target = target_of(item["OWNER_TYPE_ID"].text(), id_or_empty(item["OWNER_ID"].text()));
  seen.details = act;
  return seen;
}

// "D_701" or "L_5"; the first record that can be an inquiry.
EntityRef task_target(const JsonValue& bindings) {
  EntityRef target;
  bindings.each([&](const JsonValue& binding) {
    const std::string text = binding.text();
    if (!target.id.empty() || text.size() < 3 || text[1] != '_' || !is_id(text.substr(2))) return;
    if (text[0] == 'D') target = {EntityKind::deal, text.substr(2)};
    if (text[0] == 'L') target = {EntityKind::lead, text.substr(2)};
  });
  return target;
}

Observation task(const JsonValue& result, const PortalSettings& /*settings*/) {
  const JsonValue item = result["task"];
  Observation seen;
  seen.ref = {EntityKind::task, item["id"].text()};
  seen.presence = Presence::present;
  seen.version = item["changedDate"].time();
  Details details;
  details.owner = id_or_empty(item["responsibleId"].text());
  details.act = Act::todo;
  details.deadline = item["deadline"].time();
  details.done = item["status"].text() == "5";
  if (details.done) details.done_at = item["closedDate"].time();
  details.target = task_target(item["ufCrmTask"]);
  seen.details = details;
  return seen;
}

struct Method {
  std::string_view subject;  // before the id
  std::string_view event;
  EntityKind kind;
  Observation (*read)(const JsonValue&, const PortalSettings&);
};
constexpr std::array<Method, 6> kMethods{
    {{"crm.lead.get?id=", "crm.lead.get", EntityKind::lead, lead},
     {"crm.deal.get?id=", "crm.deal.get", EntityKind::deal, deal},
     {"crm.quote.get?id=", "crm.quote.get", EntityKind::quote, quote},
     {"crm.item.get?entityTypeId=31&id=", "crm.item.get", EntityKind::invoice, invoice},
     {"crm.activity.get?id=", "crm.activity.get", EntityKind::activity, activity},
     {"tasks.task.get?taskId=", "tasks.task.get", EntityKind::task, task}}};

bool is_empty(const JsonValue& array) {
  bool empty = array.is_array();
  array.each([&](const JsonValue&) { empty = false; });
  return empty;
}

// A missing entity answers in four ways. Nothing else may pass for one: figures would vanish.
bool is_gone(const Method& method, const Record& record, const JsonValue& root) {
  if (root["error"].exists()) {
    const std::string code = root["error"].text();
    const std::string words = root["error_description"].text();
    if (record.status != 400 || !root["error"].is_string()) return false;
    return code == "NOT_FOUND" ||
           (code.empty() && (words.empty() || words == "Not found" || words == "Activity is not found"));
  }
  return method.kind == EntityKind::task && record.status == 200 && is_empty(root["result"]);
}

Decoded decode_entity_reading(const Method& method, const Record& record, const JsonValue& root,
                              const PortalSettings& settings) {
  Decoded decoded;
  decoded.event = method.event;
  const std::string id = record.subject.substr(method.subject.size());
  if (!is_id(id)) {
    decoded.verdict = DecodeVerdict::quarantined;
    return decoded;
  }
  if (is_gone(method, record, root)) {
    Observation gone;
    gone.ref = {method.kind, id};
    gone.presence = Presence::gone;
    decoded.observations.push_back(std::move(gone));
    return decoded;
  }
  Observation seen = method.read(root["result"], settings);
  if (root["error"].exists() || seen.ref.id != id || seen.version == 0) {
    decoded.verdict = DecodeVerdict::quarantined;
  } else {
    decoded.observations.push_back(std::move(seen));
  }
  return decoded;
}

Decoded decode_users(const JsonValue& root) {
  Decoded decoded;
  decoded.event = "user.get";
  if (!root["result"].is_array()) decoded.verdict = DecodeVerdict::quarantined;
  root["result"].each([&](const JsonValue& user) {
    Observation seen;
    seen.ref = {EntityKind::manager, user["ID"].text()};
    seen.name = user["NAME"].text();
    if (const auto last = user["LAST_NAME"].text(); !last.empty()) seen.name += (seen.name.empty() ? "" : " ") + last;
    if (is_id(seen.ref.id)) decoded.observations.push_back(std::move(seen));
  });
  return decoded;
}

Decoded decode_categories(const JsonValue& root) {
  Decoded decoded;
  decoded.event = "crm.category.list";
  const JsonValue categories = root["result"]["categories"];
  if (!categories.is_array()) decoded.verdict = DecodeVerdict::quarantined;
  categories.each([&](const JsonValue& category) {
    Observation seen;
    seen.ref = {EntityKind::pipeline, category["id"].text()};
    seen.name = category["name"].text();
    if (is_id(seen.ref.id)) decoded.observations.push_back(std::move(seen));
  });
  return decoded;
}

}  // namespace

Decoded decode_bitrix24_reading(const Record& record, const PortalSettings& settings) {
  JsonDocument document;
  Decoded unreadable;
  unreadable.event = "other";
  unreadable.verdict = DecodeVerdict::quarantined;
  if (!document.parse(record.body)) return unreadable;
  for (const auto& method : kMethods) {
    if (record.subject.starts_with(method.subject)) {
      return decode_entity_reading(method, record, document.root(), settings);
    }
  }
  if (record.subject.starts_with("user.get")) return decode_users(document.root());
  if (record.subject.starts_with("crm.category.list")) return decode_categories(document.root());
  return unreadable;
}

}  // namespace kpistream::ingest
