#include "app/demo/rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/demo/times.hpp"

namespace kpistream::app::demo {
namespace {

constexpr std::string_view kWonSemantics = "S";
constexpr std::int64_t kFirstPhone = 70'000'000'000;  // a range that nobody has
constexpr int kDepartment = 5;

std::string id_or_null(std::int64_t id) { return id == 0 ? "null" : fmt::format("\"{}\"", id); }

std::string_view semantics_of(const Staged& record) { return record.semantics.empty() ? "P" : record.semantics; }

// What leads and deals have alike.
std::string common(const Staged& r) {
  return fmt::format(
      R"("CURRENCY_ID":"RUB","OPPORTUNITY":"{}.00","COMPANY_ID":null,"CONTACT_ID":{},"IS_RETURN_CUSTOMER":"{}",)"
      R"("SOURCE_ID":"{}","ASSIGNED_BY_ID":"{}","CREATED_BY_ID":"{}","MODIFY_BY_ID":"{}","MOVED_BY_ID":"{}",)"
      R"("DATE_CREATE":"{}","DATE_MODIFY":"{}","MOVED_TIME":"{}","UF_CRM_LOSE_REASON":"{}")",
      r.roubles, id_or_null(r.contact), r.repeat ? "Y" : "N", r.source, r.owner, r.creator, r.mover, r.mover,
      text(r.created), text(r.changed), text(r.moved), r.reason);
}

std::string status(std::string_view list, std::string_view id, std::string_view name, std::string_view semantics) {
  return fmt::format(R"({{"ENTITY_ID":"{}","STATUS_ID":"{}","NAME":"{}","SEMANTICS":{}}})", list, id, name,
                     semantics.empty() ? "null" : fmt::format("\"{}\"", semantics));
}

std::string joined(const std::vector<std::string>& rows) { return fmt::format("[{}]", fmt::join(rows, ",")); }

std::string statuses(const Cast& cast) {
  std::vector<std::string> rows;
  if (cast.leads) {
    for (const Stage& stage : kLeadStages) rows.push_back(status("STATUS", stage.id, stage.name, stage.semantics));
  }
  for (int category = 0; category < kCategories; ++category) {
    const std::string list = category == 0 ? "DEAL_STAGE" : fmt::format("DEAL_STAGE_{}", category);
    for (std::size_t stage = 0; stage < kDealStages.size(); ++stage) {
      rows.push_back(status(list, stage_of(category, stage), kDealStages[stage].name, kDealStages[stage].semantics));
    }
  }
  for (const Named& source : kSources) rows.push_back(status("SOURCE", source.id, source.name, ""));
  rows.push_back(status("SMART_INVOICE_STAGE_3", "DT31_3:N", "Новый", ""));
  rows.push_back(status("SMART_INVOICE_STAGE_3", "DT31_3:P", "Оплачен", kWonSemantics));
  return joined(rows);
}

// What the reasons of a refusal are called: the choices of a field of the portal's own.
std::string fields() {
  std::vector<std::string> choices;
  choices.reserve(kReasons.size());
  for (const Named& reason : kReasons) {
    choices.push_back(fmt::format(R"({{"ID":"{}","VALUE":"{}"}})", reason.id, reason.name));
  }
  return fmt::format(R"({{"UF_CRM_LOSE_REASON":{{"type":"enumeration","formLabel":"Причина отказа","items":{}}}}})",
                     joined(choices));
}

std::string users(const Cast& cast) {
  std::vector<std::string> rows{
      fmt::format(R"({{"ID":"{}","ACTIVE":true,"NAME":"Сайт и телефония","LAST_NAME":""}})", kRobot)};
  for (const Person& person : cast.people) {
    rows.push_back(fmt::format(R"({{"ID":"{}","ACTIVE":true,"NAME":"{}","LAST_NAME":"{}","UF_DEPARTMENT":[{}]}})",
                               person.id, person.name, person.last_name, kDepartment));
  }
  return joined(rows);
}

std::string phone_of(const Call& c) { return fmt::format("+{}", kFirstPhone + c.contact); }

std::string_view failed_code(const Call& c) {
  if (c.answered) return "200";
  return c.incoming ? "304" : "603";
}

// Of all that these forms say only a plus means something else there.
std::string in_form(std::string text) {
  for (auto at = text.find('+'); at != std::string::npos; at = text.find('+', at)) text.replace(at, 1, "%2B");
  return text;
}

}  // namespace

std::string lead_row(const Staged& lead) {
  return fmt::format(R"({{"ID":"{}","TITLE":"Заявка {}","STATUS_ID":"{}","STATUS_SEMANTIC_ID":"{}",{}}})", lead.id,
                     lead.id, lead.stage, semantics_of(lead), common(lead));
}

std::string deal_row(const Staged& deal) {
  return fmt::format(
      R"({{"ID":"{}","TITLE":"Сделка {}","CATEGORY_ID":"{}","STAGE_ID":"{}","STAGE_SEMANTIC_ID":"{}","LEAD_ID":{},)"
      R"("IS_RECURRING":"N",{}}})",
      deal.id, deal.id, deal.category, deal.stage, semantics_of(deal), id_or_null(deal.lead), common(deal));
}

std::string history_row(std::int64_t row, bool lead, const Staged& r) {
  const int kind = r.moved == r.created ? 1 : r.semantics.empty() ? 2 : 3;  // made, moved, ended
  const std::string head =
      fmt::format(R"("ID":{},"TYPE_ID":{},"OWNER_ID":{},"CREATED_TIME":"{}")", row, kind, r.id, text(r.moved));
  if (lead) return fmt::format(R"({{{},"STATUS_SEMANTIC_ID":"{}","STATUS_ID":"{}"}})", head, semantics_of(r), r.stage);
  return fmt::format(R"({{{},"CATEGORY_ID":{},"STAGE_SEMANTIC_ID":"{}","STAGE_ID":"{}"}})", head, r.category,
                     semantics_of(r), r.stage);
}

std::string activity_row(const Activity& a) {
  return fmt::format(
      R"({{"ID":"{}","OWNER_ID":"{}","OWNER_TYPE_ID":"{}","TYPE_ID":"{}","PROVIDER_ID":"{}","CREATED":"{}",)"
      R"("LAST_UPDATED":"{}","START_TIME":"{}","END_TIME":"{}","DEADLINE":"","COMPLETED":"{}",)"
      R"("RESPONSIBLE_ID":"{}","AUTHOR_ID":"{}","EDITOR_ID":"{}","DIRECTION":"{}"}})",
      a.id, a.target.id,
      a.target.id == 0 ? 0
      : a.target.lead  ? 1
                       : 2,
      a.meeting ? 1 : 4, a.meeting ? "CRM_MEETING" : "CRM_EMAIL", text(a.created), text(a.changed), text(a.start),
      text(a.end), a.done ? "Y" : "N", a.owner, a.owner, a.owner, a.meeting ? 0 : 2);
}

std::string task_row(const Task& t) {
  const std::string crm =
      t.target.id == 0 ? "false" : fmt::format(R"(["{}_{}"])", t.target.lead ? 'L' : 'D', t.target.id);
  const std::string closed = t.done ? fmt::format("\"{}\"", text(t.changed)) : "null";
  return fmt::format(
      R"({{"id":"{}","title":"Задача {}","status":"{}","responsibleId":"{}","createdBy":"{}","createdDate":"{}",)"
      R"("changedDate":"{}","closedDate":{},"closedBy":"{}","deadline":"{}","ufCrmTask":{}}})",
      t.id, t.id, t.done ? 5 : 2, t.owner, t.owner, text(t.created), text(t.changed), closed, t.done ? t.owner : 0,
      text(t.deadline), crm);
}

std::string call_webhook(const Call& c) {
  return fmt::format(
      "event=ONVOXIMPLANTCALLEND&data[CALL_ID]=demo-{}&data[CALL_TYPE]={}&data[PHONE_NUMBER]={}&data[PORTAL_USER_ID]={}"
      "&data[CALL_DURATION]={}&data[CALL_START_DATE]={}&data[CALL_FAILED_CODE]={}",
      c.id, c.incoming ? 2 : 1, in_form(phone_of(c)), c.owner, c.seconds, in_form(text(c.start)), failed_code(c));
}

std::string call_row(const Call& c) {
  const std::string kind = c.target.id == 0 ? "null" : c.target.lead ? "\"LEAD\"" : "\"DEAL\"";
  return fmt::format(
      R"({{"ID":"{}","PORTAL_USER_ID":"{}","PHONE_NUMBER":"{}","CALL_ID":"demo-{}","CALL_DURATION":"{}",)"
      R"("CALL_START_DATE":"{}","CALL_VOTE":null,"CALL_FAILED_CODE":"{}","CRM_ENTITY_TYPE":{},"CRM_ENTITY_ID":{},)"
      R"("CALL_TYPE":"{}"}})",
      c.id, c.owner, phone_of(c), c.id, c.seconds, text(c.start), failed_code(c), kind, id_or_null(c.target.id),
      c.incoming ? 2 : 1);
}

std::string invoice_row(const Invoice& i) {
  return fmt::format(
      R"({{"id":{},"createdBy":{},"updatedBy":{},"movedBy":{},"createdTime":"{}","updatedTime":"{}","movedTime":"{}",)"
      R"("categoryId":3,"stageId":"DT31_3:{}","companyId":0,"contactId":{},"opportunity":{},"currencyId":"RUB",)"
      R"("assignedById":{},"parentId2":{},"entityTypeId":31}})",
      i.id, i.owner, i.owner, i.owner, text(i.created), text(i.changed), text(i.changed), i.paid ? 'P' : 'N', i.contact,
      i.roubles, i.owner, i.deal);
}

std::pair<std::string, std::string> comment(std::int64_t id, int author, UnixSeconds at, Target target) {
  return {
      fmt::format("crm.timeline.comment.get?id={}", id),
      fmt::format(R"({{"result":{{"ID":"{}","ENTITY_ID":"{}","ENTITY_TYPE":"{}","CREATED":"{}","AUTHOR_ID":"{}"}}}})",
                  id, target.id, target.lead ? "lead" : "deal", text(at), author)};
}

std::string stage_of(int category, std::size_t stage) {
  const std::string_view id = kDealStages.at(stage).id;
  return category == 0 ? std::string(id) : fmt::format("C{}:{}", category, id);
}

std::vector<std::pair<std::string, std::string>> directories(const Cast& cast, UnixSeconds at) {
  const auto result = [](const std::string& rows) { return "{\"result\":" + rows + "}"; };
  return {
      {"user.get", result(users(cast))},
      {"crm.deal.fields", result(fields())},
      {"crm.lead.fields", result(fields())},
      {"department.get", result(fmt::format(R"([{{"ID":"{}","NAME":"{}"}}])", kDepartment, cast.team))},
      {"crm.category.list?entityTypeId=2",
       R"({"result":{"categories":[{"id":0,"name":"Новые клиенты"},{"id":1,"name":"Постоянные клиенты"}]}})"},
      {"crm.status.list", result(statuses(cast))},
      {"crm.currency.list",
       result(fmt::format(R"([{{"CURRENCY":"RUB","AMOUNT_CNT":"1","AMOUNT":"1.0000","BASE":"Y","DATE_UPDATE":"{}"}}])",
                          text(at)))}};
}

}  // namespace kpistream::app::demo
