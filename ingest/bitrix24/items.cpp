#include "ingest/bitrix24/items.hpp"

#include <algorithm>
#include <array>

#include "ingest/bitrix24/values.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::string_view kDocument = "DOCUMENT";
constexpr std::string_view kPayment = "PAYMENT";

bool has(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

std::string name_of_type(std::string_view type) { return "DYNAMIC_" + std::string(type); }

std::string prefixed(std::string_view what, std::string_view id) {
  return id.empty() ? std::string() : std::string(what) + ":" + std::string(id);
}

// The end of a stage's id, whatever the funnel. Invoices: P paid, D not paid. Smart processes: SUCCESS, FAIL.
Outcome outcome_of_stage(std::string_view stage) {
  const auto colon = stage.rfind(':');
  const std::string_view end = colon == std::string_view::npos ? stage : stage.substr(colon + 1);
  if (end == "P" || end == "SUCCESS") return Outcome::won;
  return end == "D" || end == "FAIL" ? Outcome::lost : Outcome::open;
}

// Without owner and money, which of a smart process of acts count nowhere.
StagePoint stage_of(const JsonValue& item, UnixSeconds version) {
  StagePoint point;
  point.at = version;
  point.entered = item["movedTime"].time();
  point.pipeline = item["categoryId"].text();
  point.stage = item["stageId"].text();
  point.outcome = outcome_of_stage(point.stage);
  point.mover = item["movedBy"].actor();
  return point;
}

StagePoint point_of(const JsonValue& item, UnixSeconds version, const PortalSettings& settings) {
  StagePoint point = stage_of(item, version);
  point.owner = item["assignedById"].id();
  point.amount = item["opportunity"].money();
  set_currency(point, item["currencyId"].text(), settings);
  point.author = item["updatedBy"].actor();
  return point;
}

// A meeting or a complaint that a portal keeps as a smart process.
Details act_of(const JsonValue& item, std::string_view type) {
  Details act;
  act.owner = item["assignedById"].id();
  act.type = name_of_type(type);
  act.author = item["createdBy"].actor();
  act.created = item["createdTime"].time();
  act.start = act.created;
  act.done = outcome_of_stage(item["stageId"].text()) == Outcome::won;
  if (act.done) {
    act.done_at = item["movedTime"].time();
    act.closer = item["movedBy"].actor();
  }
  if (auto deal = item["parentId2"].id(); !deal.empty()) {
    act.target = {EntityKind::deal, std::move(deal)};
  } else if (auto lead = item["parentId1"].id(); !lead.empty()) {
    act.target = {EntityKind::lead, std::move(lead)};
  }
  return act;
}

}  // namespace

std::optional<EntityKind> item_kind(std::string_view type, const PortalSettings& settings) {
  if (type == kNewInvoice) return EntityKind::invoice;
  const std::string name = name_of_type(type);
  if (has(settings.quote_types, name)) return EntityKind::quote;
  if (has(settings.payment_types, name)) return EntityKind::invoice;
  if (has(settings.meeting_types, name) || has(settings.complaint_types, name)) return EntityKind::activity;
  return std::nullopt;
}

EntityRef item_ref(std::string_view type, std::string_view id, const PortalSettings& settings) {
  const auto kind = item_kind(type, settings);
  if (!kind) return {};
  return {*kind, type == kNewInvoice ? std::string(id) : prefixed(type, id)};
}

Observation read_item(std::string_view type, const JsonValue& item, const PortalSettings& settings) {
  Observation seen;
  seen.ref = item_ref(type, item["id"].id(), settings);
  seen.presence = Presence::present;
  seen.version = item["updatedTime"].time();
  seen.created = item["createdTime"].time();
  if (seen.ref.kind == EntityKind::activity) {
    seen.details = act_of(item, type);
    seen.point = stage_of(item, seen.version);
    return seen;
  }
  seen.client = told_client(item["companyId"], item["contactId"]);
  seen.point = point_of(item, seen.version, settings);
  return seen;
}

EntityRef old_invoice_ref(std::string_view id) { return {EntityKind::invoice, prefixed("5", id)}; }

Observation read_old_invoice(const JsonValue& item, const PortalSettings& settings) {
  Observation seen;
  seen.ref = old_invoice_ref(item["ID"].id());
  seen.presence = Presence::present;
  seen.version = item["DATE_UPDATE"].time();
  seen.created = item["DATE_INSERT"].time();
  seen.client = told_client(item["UF_COMPANY_ID"], item["UF_CONTACT_ID"]);
  StagePoint point;
  point.at = seen.version;
  point.entered = item["DATE_STATUS"].time();
  point.stage = item["STATUS_ID"].text();
  point.outcome = outcome_of_stage(point.stage);
  point.owner = item["RESPONSIBLE_ID"].id();
  point.amount = item["PRICE"].money();
  set_currency(point, item["CURRENCY"].text(), settings);
  point.mover = item["EMP_STATUS_ID"].actor();
  seen.point = point;
  return seen;
}

bool documents_count(const PortalSettings& settings) {
  return std::any_of(settings.quote_types.begin(), settings.quote_types.end(),
                     [](const std::string& type) { return type.starts_with(kDocument); });
}

EntityRef document_ref(std::string_view id) { return {EntityKind::quote, prefixed("document", id)}; }

Observation read_document(const JsonValue& item, const PortalSettings& settings) {
  Observation seen;
  seen.ref = document_ref(item["id"].id());
  seen.presence = Presence::present;
  seen.version = item["updateTime"].time();
  seen.created = item["createTime"].time();
  const std::string template_name = std::string(kDocument) + "_" + item["templateId"].id();
  seen.ignore = !has(settings.quote_types, kDocument) && !has(settings.quote_types, template_name);
  StagePoint point;  // printed is sent; of its sum a document tells nothing
  point.at = seen.version;
  point.entered = seen.created;
  point.outcome = Outcome::won;
  point.stage = "APPROVED";  // sent in any mapping of stages
  point.owner = item["createdBy"].id();
  point.mover = item["createdBy"].actor();
  point.author = item["updatedBy"].actor();
  seen.point = point;
  return seen;
}

bool payments_count(const PortalSettings& settings) { return has(settings.payment_types, kPayment); }

EntityRef payment_ref(std::string_view id) { return {EntityKind::invoice, prefixed("payment", id)}; }

Observation read_payment(const JsonValue& item, const PortalSettings& settings) {
  Observation seen;
  seen.ref = payment_ref(item["id"].id());
  seen.presence = Presence::present;
  seen.created = item["dateBill"].time();
  const bool paid = item["paid"].truth() && !item["isReturn"].truth();
  StagePoint point;
  point.entered = paid ? item["datePaid"].time() : 0;
  point.stage = paid ? "PAID" : "UNPAID";
  point.outcome = paid ? Outcome::won : Outcome::open;
  point.owner = item["responsibleId"].id();
  point.amount = item["sum"].money();
  set_currency(point, item["currency"].text(), settings);
  point.mover = item["empPaidId"].actor();
  seen.point = point;
  return seen;
}

}  // namespace kpistream::ingest
