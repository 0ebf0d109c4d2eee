#include "ingest/bitrix24/staged.hpp"

#include "ingest/parts.hpp"

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

// Own fields (UF_...) and standard ones are told alike, a field of many values as an array.
std::vector<Field> kept_fields(const JsonValue& item, const PortalSettings& settings) {
  KeptFields kept;
  for (const auto& [name, id] : settings.fields) {
    const JsonValue field = item[id];
    kept.add(name, field.scalar());
    field.each([&kept, &name = name](const JsonValue& value) { kept.add(name, value.scalar()); });
  }
  return std::move(kept).sorted();
}

// Classic fields shared by leads, deals and quotes.
Observation classic(const JsonValue& item, EntityKind kind, const PortalSettings& settings) {
  Observation seen;
  seen.ref = {kind, item["ID"].text()};
  seen.presence = Presence::present;
  seen.version = item["DATE_MODIFY"].time();
  seen.created = item["DATE_CREATE"].time();
  seen.creator = item["CREATED_BY_ID"].id();
  seen.source = label_or_nothing(item["SOURCE_ID"].text());
  seen.ignore = item["IS_RECURRING"].truth();  // a template
  if (const JsonValue repeat = item["IS_RETURN_CUSTOMER"]; !repeat.text().empty()) seen.repeat = repeat.truth();
  seen.client = client_of(item["COMPANY_ID"].id(), item["CONTACT_ID"].id());
  seen.fields = kept_fields(item, settings);
  StagePoint point;
  point.at = seen.version;
  point.entered = item["MOVED_TIME"].time();
  point.owner = item["ASSIGNED_BY_ID"].id();
  point.amount = item["OPPORTUNITY"].money();
  set_currency(point, item["CURRENCY_ID"].text(), settings);
  point.mover = item["MOVED_BY_ID"].actor();
  point.author = item["MODIFY_BY_ID"].actor();
  seen.point = point;
  return seen;
}

void set_loss_reason(Observation& seen, const JsonValue& item, const PortalSettings& settings) {
  if (settings.loss_reason_field.empty()) return;
  seen.loss_reason = label_or_nothing(item[settings.loss_reason_field].text());
}

// Quotes have no semantics: won here means sent, or any stage after that.
Outcome quote_outcome(const std::string& status) {
  if (status.empty()) return Outcome::unknown;
  if (status == "DECLAINED" || status == "APOLOGY") return Outcome::lost;  // spelt so
  return status == "DRAFT" ? Outcome::open : Outcome::won;
}

// New invoices: the stage id ends with :P (paid) or :D (not paid) whatever the funnel.
Outcome invoice_outcome(const std::string& stage) {
  if (stage.ends_with(":P")) return Outcome::won;
  return stage.ends_with(":D") ? Outcome::lost : Outcome::open;
}

}  // namespace

Observation read_lead(const JsonValue& result, const PortalSettings& settings) {
  Observation seen = classic(result, EntityKind::lead, settings);
  seen.point->stage = result["STATUS_ID"].text();
  seen.point->outcome = semantics(result["STATUS_SEMANTIC_ID"].text());
  set_loss_reason(seen, result, settings);
  return seen;
}

Observation read_deal(const JsonValue& result, const PortalSettings& settings) {
  Observation seen = classic(result, EntityKind::deal, settings);
  seen.point->pipeline = result["CATEGORY_ID"].text();
  seen.point->stage = result["STAGE_ID"].text();
  seen.point->outcome = semantics(result["STAGE_SEMANTIC_ID"].text());
  if (auto lead = result["LEAD_ID"].id(); !lead.empty()) seen.parent = {EntityKind::lead, std::move(lead)};
  set_loss_reason(seen, result, settings);
  return seen;
}

Observation read_quote(const JsonValue& result, const PortalSettings& settings) {
  Observation seen = classic(result, EntityKind::quote, settings);
  seen.point->entered = 0;
  seen.point->stage = result["STATUS_ID"].text();
  seen.point->outcome = quote_outcome(seen.point->stage);
  return seen;
}

Observation read_invoice(const JsonValue& result, const PortalSettings& settings) {
  const JsonValue item = result["item"];
  Observation seen;
  seen.ref = {EntityKind::invoice, item["id"].text()};
  seen.presence = Presence::present;
  seen.version = item["updatedTime"].time();
  seen.created = item["createdTime"].time();
  seen.client = client_of(item["companyId"].id(), item["contactId"].id());
  StagePoint point;
  point.at = seen.version;
  point.entered = item["movedTime"].time();
  point.pipeline = item["categoryId"].text();
  point.stage = item["stageId"].text();
  point.outcome = invoice_outcome(point.stage);
  point.owner = item["assignedById"].id();
  point.amount = item["opportunity"].money();
  set_currency(point, item["currencyId"].text(), settings);
  point.mover = item["movedBy"].actor();
  point.author = item["updatedBy"].actor();
  seen.point = point;
  return seen;
}

}  // namespace kpistream::ingest
