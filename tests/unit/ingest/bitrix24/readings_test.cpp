// REST answers beyond the sample day: odd shapes, every mapping, and what must never pass for "gone".
#include <gtest/gtest.h>

#include <map>

#include "ingest/bitrix24/adapter.hpp"
#include "tests/unit/ingest/bitrix24/support.hpp"

namespace kpistream::ingest {
namespace {

Decoded decode(const std::string& subject, const std::string& body, std::uint16_t status = 200,
               const PortalSettings& settings = {}) {
  return make_bitrix24_adapter(settings)->decode(reading(subject, body, status));
}

// A deal, lead or quote of id 5 with these further fields.
Decoded classic(const std::string& method, const std::string& fields, const PortalSettings& settings = {}) {
  return decode(
      method + "?id=5",
      R"({"result":{"ID":"5","DATE_MODIFY":"2026-09-14T10:00:00+03:00")" + (fields.empty() ? "" : "," + fields) + "}}",
      200, settings);
}

StagePoint point(const Decoded& decoded) {
  return decoded.observations.size() == 1 ? decoded.observations[0].point.value_or(StagePoint{}) : StagePoint{};
}

TEST(Bitrix24Readings, EveryKindOfNothingReadsAsNothing) {
  for (const char* nothing : {"null", "\"\"", "\"0\"", "0", "false", "[]", "{}"}) {
    const std::string field = nothing;
    const auto decoded = classic("crm.deal.get", "\"ASSIGNED_BY_ID\":" + field + ",\"CREATED_BY_ID\":" + field +
                                                     ",\"OPPORTUNITY\":" + field + ",\"MOVED_TIME\":" + field +
                                                     ",\"DATE_CREATE\":" + field + ",\"COMPANY_ID\":" + field +
                                                     ",\"CONTACT_ID\":" + field + ",\"LEAD_ID\":" + field);
    EXPECT_EQ(describe(decoded),
              "understood crm.deal.get\ndeal:5 presence=present version=2026-09-14T07:00:00Z parent=none client=none | "
              "point at=2026-09-14T07:00:00Z outcome=open")
        << nothing;
  }
}

TEST(Bitrix24Readings, NumbersAreAsGoodAsText) {
  const auto decoded = decode("crm.deal.get?id=5",
                              R"({"result":{"ID":5,"DATE_MODIFY":"2026-09-14T10:00:00+03:00","CATEGORY_ID":0,
                                  "ASSIGNED_BY_ID":7,"OPPORTUNITY":99000.5}})");
  EXPECT_EQ(describe(decoded),
            "understood crm.deal.get\ndeal:5 presence=present version=2026-09-14T07:00:00Z | point "
            "at=2026-09-14T07:00:00Z pipeline=0 outcome=open owner=7 amount=9900050");
}

TEST(Bitrix24Readings, WhatMightBePersonalIsNotKept) {
  PortalSettings settings;
  settings.loss_reason_field = "UF_CRM_WHY";
  const auto decoded = classic("crm.lead.get",
                               R"("SOURCE_ID":"Иван Иванов","CREATED_BY_ID":"Иван","ASSIGNED_BY_ID":"a@example.com",
                               "UF_CRM_WHY":"Просил не звонить Ивану","NAME":"Иван","TITLE":"Иван")",
                               settings);
  EXPECT_EQ(describe(decoded),
            "understood crm.lead.get\nlead:5 presence=present version=2026-09-14T07:00:00Z loss_reason='' | point "
            "at=2026-09-14T07:00:00Z outcome=open");
}

TEST(Bitrix24Readings, LossReasonIsUnknownUnlessItsFieldIsConfigured) {
  EXPECT_FALSE(classic("crm.deal.get", R"("UF_CRM_WHY":"45")").observations.at(0).loss_reason.has_value());
  PortalSettings settings;
  settings.loss_reason_field = "UF_CRM_WHY";
  EXPECT_EQ(classic("crm.deal.get", R"("UF_CRM_WHY":"45")", settings).observations.at(0).loss_reason, "45");
  EXPECT_EQ(classic("crm.deal.get", R"("UF_CRM_WHY":45)", settings).observations.at(0).loss_reason, "45");
  EXPECT_EQ(classic("crm.deal.get", R"("UF_CRM_WHY":false)", settings).observations.at(0).loss_reason, "");
}

TEST(Bitrix24Readings, OutcomesFollowSemanticsNotStageNames) {
  EXPECT_EQ(point(classic("crm.deal.get", R"("STAGE_ID":"LOSE","STAGE_SEMANTIC_ID":"S")")).outcome, Outcome::won);
  EXPECT_EQ(point(classic("crm.deal.get", R"("STAGE_ID":"C5:UC_1","STAGE_SEMANTIC_ID":"F")")).outcome, Outcome::lost);
  EXPECT_EQ(point(classic("crm.deal.get", R"("STAGE_ID":"WON","STAGE_SEMANTIC_ID":"P")")).outcome, Outcome::open);
  EXPECT_EQ(point(classic("crm.lead.get", R"("STATUS_ID":"JUNK","STATUS_SEMANTIC_ID":"F")")).outcome, Outcome::lost);
}

TEST(Bitrix24Readings, OnlyAForeignCurrencyIsNamed) {
  PortalSettings settings;
  settings.currency = "USD";
  EXPECT_EQ(point(classic("crm.deal.get", R"("CURRENCY_ID":"USD")", settings)).currency, "");
  EXPECT_EQ(point(classic("crm.deal.get", R"("CURRENCY_ID":"RUB")", settings)).currency, "RUB");
  EXPECT_EQ(point(classic("crm.deal.get", R"("CURRENCY_ID":null)", settings)).currency, "");
  EXPECT_EQ(point(classic("crm.deal.get", R"("CURRENCY_ID":"руб")", settings)).currency, "XXX");
}

TEST(Bitrix24Readings, TemplatesAreNeverCounted) {
  EXPECT_TRUE(classic("crm.deal.get", R"("IS_RECURRING":"Y")").observations.at(0).ignore);
  EXPECT_FALSE(classic("crm.deal.get", R"("IS_RECURRING":"N")").observations.at(0).ignore);
}

TEST(Bitrix24Readings, AQuoteIsSentFromTheFirstStageAfterDraft) {
  for (const auto& [status, outcome] : std::map<std::string, Outcome>{{"DRAFT", Outcome::open},
                                                                      {"SENT", Outcome::won},
                                                                      {"UC_MAILED", Outcome::won},
                                                                      {"APPROVED", Outcome::won},
                                                                      {"DECLAINED", Outcome::lost},
                                                                      {"APOLOGY", Outcome::lost},
                                                                      {"", Outcome::unknown}}) {
    const auto seen = point(classic("crm.quote.get", R"("STATUS_ID":")" + status + "\""));
    EXPECT_EQ(seen.outcome, outcome) << status;
    EXPECT_EQ(seen.stage, status);
  }
  EXPECT_EQ(point(classic("crm.quote.get", R"("MOVED_TIME":"2026-09-14T10:00:00Z")")).entered, 0);
}

TEST(Bitrix24Readings, MappingIsNotTheDialectsBusiness) {
  PortalSettings settings;
  settings.quote_stages = {"UC_MAILED"};
  settings.payment_stages = {"C5:PAID"};
  settings.qualified_stages = {"C5:PAID"};
  EXPECT_EQ(point(classic("crm.quote.get", R"("STATUS_ID":"UC_OTHER")", settings)).outcome, Outcome::won);
  EXPECT_EQ(point(classic("crm.deal.get", R"("STAGE_ID":"C5:PAID","STAGE_SEMANTIC_ID":"P")", settings)).outcome,
            Outcome::open);
}

TEST(Bitrix24Readings, WhoMovedARecordIsNotWhoChangedItLast) {
  const auto moved = point(classic("crm.deal.get", R"("MOVED_BY_ID":"7","MODIFY_BY_ID":9)"));
  EXPECT_EQ(moved.mover, "7");
  EXPECT_EQ(moved.author, "9");
  const auto robot = point(classic("crm.lead.get", R"("MOVED_BY_ID":"0","MODIFY_BY_ID":0)"));
  EXPECT_EQ(robot.mover, "0");
  EXPECT_EQ(robot.author, "0");
  for (const char* nobody : {"null", "\"\"", "false", "[]", "\"Anna\""}) {
    const auto told = point(classic("crm.deal.get", std::string(R"("MOVED_BY_ID":)") + nobody));
    EXPECT_EQ(told.mover, "") << nobody;
    EXPECT_EQ(told.author, "");
  }
}

TEST(Bitrix24Readings, ARepeatRecordIsOneOfAKnownClient) {
  const auto repeat = [](const char* field) { return classic("crm.lead.get", field).observations.at(0).repeat; };
  EXPECT_EQ(repeat(R"("IS_RETURN_CUSTOMER":"Y")"), true);
  EXPECT_EQ(repeat(R"("IS_RETURN_CUSTOMER":"N")"), false);
  EXPECT_EQ(repeat(R"("IS_RETURN_CUSTOMER":null)"), std::nullopt);
  EXPECT_EQ(repeat(R"("IS_REPEATED_APPROACH":"Y")"), std::nullopt);
}

TEST(Bitrix24Readings, ADealKnowsTheLeadItGrewFrom) {
  EXPECT_EQ(classic("crm.deal.get", R"("LEAD_ID":"501")").observations.at(0).parent,
            (EntityRef{EntityKind::lead, "501"}));
  EXPECT_EQ(classic("crm.deal.get", R"("LEAD_ID":null)").observations.at(0).parent, EntityRef{});
  EXPECT_EQ(classic("crm.deal.get", R"("STAGE_ID":"NEW")").observations.at(0).parent, std::nullopt) << "not told";
  EXPECT_EQ(classic("crm.quote.get", R"("LEAD_ID":"501")").observations.at(0).parent, std::nullopt);
}

TEST(Bitrix24Readings, TheClientIsTheCompanyElseTheContact) {
  const auto client = [](const char* fields) { return classic("crm.deal.get", fields).observations.at(0).client; };
  EXPECT_EQ(client(R"("COMPANY_ID":"3","CONTACT_ID":"61")"), (EntityRef{EntityKind::client, "company:3"}));
  EXPECT_EQ(client(R"("COMPANY_ID":"0","CONTACT_ID":61)"), (EntityRef{EntityKind::client, "contact:61"}));
  EXPECT_EQ(client(R"("COMPANY_ID":null,"CONTACT_ID":null)"), EntityRef{});
  EXPECT_EQ(client(R"("STAGE_ID":"NEW")"), std::nullopt) << "not told";
  const auto invoice = decode("crm.item.get?entityTypeId=31&id=5",
                              R"({"result":{"item":{"id":5,"updatedTime":"2026-09-14T10:00:00+03:00",
                                  "companyId":0,"contactId":61,"movedBy":7,"updatedBy":0}}})");
  EXPECT_EQ(invoice.observations.at(0).client, (EntityRef{EntityKind::client, "contact:61"}));
  EXPECT_EQ(point(invoice).mover, "7");
  EXPECT_EQ(point(invoice).author, "0");
}

TEST(Bitrix24Readings, AnInvoiceIsPaidOrRefusedByTheEndOfItsStage) {
  const auto outcome = [](const std::string& stage) {
    return point(decode("crm.item.get?entityTypeId=31&id=5",
                        R"({"result":{"item":{"id":5,"updatedTime":"2026-09-14T10:00:00+03:00","stageId":")" + stage +
                            "\"}}}"))
        .outcome;
  };
  EXPECT_EQ(outcome("DT31_11:P"), Outcome::won);
  EXPECT_EQ(outcome("DT31_11:D"), Outcome::lost);
  EXPECT_EQ(outcome("DT31_11:N"), Outcome::open);
  EXPECT_EQ(outcome("DT31_11:UC_P"), Outcome::open);
}

constexpr const char* kSubjects[] = {"crm.lead.get?id=5",
                                     "crm.deal.get?id=5",
                                     "crm.quote.get?id=5",
                                     "crm.item.get?entityTypeId=31&id=5",
                                     "crm.activity.get?id=5",
                                     "tasks.task.get?taskId=5",
                                     "crm.timeline.comment.get?id=5"};

TEST(Bitrix24Missing, OnlyTheDocumentedAnswersMeanGone) {
  for (const char* subject : kSubjects) {
    for (const char* body :
         {R"({"error":"","error_description":"Not found"})", R"({"error":"","error_description":"Not found."})",
          R"({"error":"","error_description":""})", R"({"error":"NOT_FOUND","error_description":"Элемент не найден"})",
          R"({"error":""})"}) {
      const auto decoded = decode(subject, body, 400);
      ASSERT_EQ(decoded.observations.size(), 1U) << subject << body;
      EXPECT_EQ(decoded.observations[0].presence, Presence::gone);
      EXPECT_EQ(decoded.observations[0].ref.id, "5");
      EXPECT_FALSE(decoded.observations[0].point || decoded.observations[0].details);
    }
  }
}

TEST(Bitrix24Missing, EverythingElseIsQuarantinedAndNeverGone) {
  struct Case {
    std::uint16_t status;
    const char* body;
  };
  for (const char* subject : kSubjects) {
    for (const auto& [status, body] : {Case{400, R"({"error":"","error_description":"Access denied"})"},
                                       {400, R"({"error":"ENTITY_TYPE_NOT_SUPPORTED","error_description":""})"},
                                       {400, R"({"error":0,"error_description":""})"},
                                       {400, R"({"error":null,"error_description":""})"},
                                       {400, R"({"error":[],"error_description":""})"},
                                       {401, R"({"error":"","error_description":"Not found"})"},
                                       {403, R"({"error":"NOT_FOUND"})"},
                                       {404, R"({"error":"ERROR_METHOD_NOT_FOUND"})"},
                                       {404, R"({"error":"NOT_FOUND"})"},
                                       {429, R"({"error":"OPERATION_TIME_LIMIT"})"},
                                       {500, R"({"error":"","error_description":""})"},
                                       {503, R"({"error":"QUERY_LIMIT_EXCEEDED"})"},
                                       {500, R"({"result":[]})"},
                                       {200, R"({"result":null})"},
                                       {200, R"({"result":true})"},
                                       {200, R"({"result":[1]})"},
                                       {200, "{}"},
                                       {200, "[]"},
                                       {200, "null"},
                                       {200, ""},
                                       {502, "<html>Bad Gateway</html>"}}) {
      const auto decoded = decode(subject, body, status);
      EXPECT_EQ(decoded.verdict, DecodeVerdict::quarantined) << subject << " " << status << " " << body;
      EXPECT_TRUE(decoded.observations.empty());
    }
    const auto empty = decode(subject, R"({"result":[]})", 200);
    const bool is_task = std::string_view(subject).starts_with("tasks.");
    EXPECT_EQ(empty.verdict, is_task ? DecodeVerdict::understood : DecodeVerdict::quarantined) << subject;
  }
}

TEST(Bitrix24Readings, AnAnswerAboutAnotherRecordOrWithoutAVersionIsQuarantined) {
  for (const char* body : {R"({"result":{"ID":"6","DATE_MODIFY":"2026-09-14T10:00:00Z"}})",
                           R"({"result":{"DATE_MODIFY":"2026-09-14T10:00:00Z"}})", R"({"result":{"ID":"5"}})",
                           R"({"result":{"ID":"5","DATE_MODIFY":"14.09.2026"}})"}) {
    EXPECT_EQ(describe(decode("crm.deal.get?id=5", body)), "quarantined crm.deal.get") << body;
  }
  for (const char* subject : {"crm.deal.get?id=", "crm.deal.get?id=x", "crm.deal.get?id=5&a=1"}) {
    EXPECT_EQ(describe(decode(subject, R"({"error":"","error_description":""})", 400)), "quarantined crm.deal.get");
  }
  EXPECT_EQ(describe(decode("crm.nothing.get?id=5", "{}")), "quarantined other");
}

TEST(Bitrix24Readings, SayWhyTheyCannotBeRead) {
  EXPECT_EQ(decode("crm.deal.get?id=5", "{").failure, DecodeFailure::syntax);
  EXPECT_EQ(decode("crm.deal.get?id=5", "<html>", 502).failure, DecodeFailure::answer);
  EXPECT_EQ(decode("crm.deal.get?id=5", R"({"error":"ACCESS_DENIED"})", 403).failure, DecodeFailure::answer);
  EXPECT_EQ(decode("crm.deal.list?page=1", R"({"error":"ACCESS_DENIED"})", 403).failure, DecodeFailure::answer);
  EXPECT_EQ(decode("crm.deal.get?id=x", "{}").failure, DecodeFailure::content);
}

TEST(Bitrix24Offline, EventsThatWaitedAreToldLikeWebhooks) {
  EXPECT_EQ(describe(decode("event.offline.get", R"({"result":{"process_id":"p1","events":[
      {"ID":"1","EVENT_NAME":"ONCRMDEALUPDATE","EVENT_DATA":{"FIELDS":{"ID":701}},"MESSAGE_ID":"m1"},
      {"ID":"2","EVENT_NAME":"ONVOXIMPLANTCALLEND","EVENT_DATA":{"CALL_ID":"c1","CALL_TYPE":1,"CALL_DURATION":60,
       "CALL_START_DATE":"2026-09-14T10:00:00Z","CALL_FAILED_CODE":200,"PORTAL_USER_ID":"7"}},
      {"ID":"3","EVENT_NAME":"onSomethingNew","EVENT_DATA":[]}]}})")),
            "understood event.offline.get\nwish crm.deal.get?id=701\n"
            "call:c1 version=2026-09-14T10:00:00Z | details owner=7 direction=out call=talk seconds=60 "
            "start=2026-09-14T10:00:00Z");
  EXPECT_EQ(describe(decode("event.offline.get", R"({"result":{"process_id":null,"events":[]}})")),
            "understood event.offline.get");
  EXPECT_EQ(describe(decode("event.offline.get", R"({"error":"WRONG_AUTH_TYPE"})", 403)),
            "quarantined event.offline.get");
  EXPECT_EQ(describe(decode("event.offline.get", R"({"result":{"events":[
      {"EVENT_NAME":"ONCRMDEALADD","EVENT_DATA":{}},{"EVENT_NAME":"ONCRMLEADADD","EVENT_DATA":{"FIELDS":{"ID":"5"}}}]}})")),
            "quarantined event.offline.get\nwish crm.lead.get?id=5");
}

TEST(Bitrix24Offline, AFullAnswerHasMoreBehindIt) {
  const auto answer = [](int events) {
    std::string list;
    for (int i = 0; i < events; ++i) list += (i == 0 ? "" : ",") + std::string(R"({"EVENT_NAME":"onNew"})");
    return describe(decode("event.offline.get", R"({"result":{"events":[)" + list + "]}}"));
  };
  EXPECT_EQ(answer(49), "understood event.offline.get");
  EXPECT_EQ(answer(50), "understood event.offline.get\nwish event.offline.get");
}

TEST(Bitrix24Directories, NamesAreJoinedAndOddEntriesSkipped) {
  EXPECT_EQ(describe(decode("user.get", R"({"result":[{"ID":7,"NAME":"Анна","LAST_NAME":null},
                                            {"ID":"8","NAME":"","LAST_NAME":"Иванов"},{"NAME":"none"},7]})")),
            "understood user.get\nmanager:7 name=Анна\nmanager:8 name=Иванов");
  EXPECT_EQ(describe(decode("user.get", R"({"result":[]})")), "understood user.get");
  EXPECT_EQ(describe(decode("user.get", R"({"error":"insufficient_scope"})", 401)), "quarantined user.get");
  EXPECT_EQ(describe(decode("crm.category.list?entityTypeId=2", R"({"result":[]})")), "quarantined crm.category.list");
}

TEST(Bitrix24Readings, DecodingIsDeterministic) {
  const auto adapter = make_bitrix24_adapter(PortalSettings{});
  const auto record = sample_answer("crm.deal.get?id=701", 11);
  const std::string first = describe(adapter->decode(record));
  (void)adapter->decode(delivery("event=ONCRMDEALADD&data[FIELDS][ID]=5"));
  (void)adapter->decode(reading("crm.deal.get?id=9", "<html>", 500));
  EXPECT_EQ(describe(adapter->decode(record)), first);
}

}  // namespace
}  // namespace kpistream::ingest
