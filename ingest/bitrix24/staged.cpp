#include "ingest/bitrix24/staged.hpp"

#include "ingest/bitrix24/values.hpp"
#include "stream/facts/field_mark.hpp"

namespace kpistream::ingest {
namespace {

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
  seen.client = told_client(item["COMPANY_ID"], item["CONTACT_ID"]);
  seen.fields = kept_fields(item, settings);
  StagePoint point;
  point.at = seen.version;
  point.entered = item["MOVED_TIME"].time();
  point.owner = item["ASSIGNED_BY_ID"].id();
  point.amount = item["OPPORTUNITY"].money();
  set_currency(point, item["CURRENCY_ID"].text(), settings);
  point.mover = item["MOVED_BY_ID"].actor();
  point.author = item["MODIFY_BY_ID"].actor();
  point.fields = field_mark(*seen.fields, settings);
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

}  // namespace

Observation read_lead(const JsonValue& item, const PortalSettings& settings) {
  Observation seen = classic(item, EntityKind::lead, settings);
  seen.point->stage = item["STATUS_ID"].text();
  seen.point->outcome = outcome_by_semantics(item["STATUS_SEMANTIC_ID"].text());
  set_loss_reason(seen, item, settings);
  return seen;
}

Observation read_deal(const JsonValue& item, const PortalSettings& settings) {
  Observation seen = classic(item, EntityKind::deal, settings);
  seen.point->pipeline = item["CATEGORY_ID"].text();
  seen.point->stage = item["STAGE_ID"].text();
  seen.point->outcome = outcome_by_semantics(item["STAGE_SEMANTIC_ID"].text());
  if (const JsonValue lead = item["LEAD_ID"]; lead.exists()) {
    seen.parent = lead.id().empty() ? EntityRef{} : EntityRef{EntityKind::lead, lead.id()};
  }
  set_loss_reason(seen, item, settings);
  return seen;
}

Observation read_quote(const JsonValue& item, const PortalSettings& settings) {
  Observation seen = classic(item, EntityKind::quote, settings);
  seen.point->entered = 0;
  seen.point->stage = item["STATUS_ID"].text();
  seen.point->outcome = quote_outcome(seen.point->stage);
  return seen;
}

}  // namespace kpistream::ingest
