// Directories beyond names: who was dismissed, what stages mean, what currencies are worth.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/bitrix24/adapter.hpp"
#include "tests/unit/ingest/bitrix24/support.hpp"

namespace kpistream::ingest {
namespace {

using testing::HasSubstr;

std::string decode(const std::string& subject, const std::string& body, std::uint16_t status = 200) {
  return describe(make_bitrix24_adapter(PortalSettings{})->decode(reading(subject, body, status)));
}

TEST(Bitrix24Users, WhoIsDismissedIsGoneAndKeepsTheName) {
  EXPECT_EQ(decode("user.get?start=50", R"({"result":[{"ID":"7","ACTIVE":false,"NAME":"Анна","UF_DEPARTMENT":[5,12]},
                                              {"ID":"8","ACTIVE":true,"NAME":"Иван","UF_DEPARTMENT":false}]})"),
            "understood user.get\nmanager:7 presence=gone name=Анна fields=department:12,department:5\n"
            "manager:8 presence=present name=Иван");
}

TEST(Bitrix24Departments, HaveNamesAndComeByPages) {
  EXPECT_EQ(
      decode("department.get", R"({"result":[{"ID":"5","NAME":"Отдел продаж"},{"ID":12,"NAME":"Опт"},{"ID":"x"}]})"),
      "understood department.get\ndepartment:5 name=Отдел продаж\ndepartment:12 name=Опт");
  std::string page = R"({"result":[)";
  for (int id = 101; id <= 150; ++id) page += R"({"ID":")" + std::to_string(id) + R"(","NAME":"N"},)";
  page.back() = ']';
  EXPECT_THAT(decode("department.get", page + "}"), HasSubstr("wish department.get?start=50"));
  EXPECT_THAT(decode("department.get?start=50", page + "}"), HasSubstr("wish department.get?start=100"));
  EXPECT_EQ(decode("department.get", R"({"error":"insufficient_scope"})", 401), "ignored department.get");
}

TEST(Bitrix24Stages, HaveANameAndAMeaning) {
  const auto rows = decode("crm.status.list", R"({"result":[
      {"ENTITY_ID":"DEAL_STAGE_5","STATUS_ID":"C5:WON","NAME":"Успех","SEMANTICS":"S"},
      {"ENTITY_ID":"DEAL_STAGE_5","STATUS_ID":"C5:UC_1","NAME":"Дорого","SEMANTICS":"F"},
      {"ENTITY_ID":"QUOTE_STATUS","STATUS_ID":"DRAFT","NAME":"Новое","SEMANTICS":null},
      {"ENTITY_ID":"","STATUS_ID":"X"},{"ENTITY_ID":"STATUS"},7]})");
  EXPECT_EQ(rows,
            "understood crm.status.list\nstage:DEAL_STAGE_5/C5:WON name=Успех fields=of:deal/5,semantics:S\n"
            "stage:DEAL_STAGE_5/C5:UC_1 name=Дорого fields=of:deal/5,semantics:F\n"
            "stage:QUOTE_STATUS/DRAFT name=Новое fields=semantics:P");
  EXPECT_EQ(decode("crm.status.list", R"({"error":"ACCESS_DENIED"})", 401), "quarantined crm.status.list");
}

TEST(Bitrix24Sources, AreNamedInTheSameListAsStages) {
  EXPECT_EQ(decode("crm.status.list", R"({"result":[
      {"ENTITY_ID":"SOURCE","STATUS_ID":"UC_SEARCH","NAME":"Поисковая реклама","SEMANTICS":null},
      {"ENTITY_ID":"SOURCE","STATUS_ID":"no label","NAME":"Никогда не станет источником"},
      {"ENTITY_ID":"SOURCE","NAME":"Без номера"}]})"),
            "understood crm.status.list\nsource:UC_SEARCH name=Поисковая реклама");
}

TEST(Bitrix24LossReasons, AreTheChoicesOfTheFieldThatTheConfigurationNames) {
  PortalSettings settings;
  const auto fields = [&settings](const std::string& subject, const std::string& body, std::uint16_t status = 200) {
    return describe(make_bitrix24_adapter(settings)->decode(reading(subject, body, status)));
  };
  const std::string body = R"({"result":{"ID":{"type":"integer"},
      "UF_CRM_OTHER":{"type":"enumeration","items":[{"ID":"44","VALUE":"Другое поле"}]},
      "UF_CRM_WHY":{"type":"enumeration","items":[{"ID":"45","VALUE":"Дорого"},{"ID":46,"VALUE":"Ушли к другим"},{"ID":"a b"}]}}})";
  EXPECT_EQ(fields("crm.deal.fields", body), "ignored crm.deal.fields") << "no field is named";
  settings.loss_reason_field = "UF_CRM_WHY";
  const std::string reasons = "\nloss_reason:45 name=Дорого\nloss_reason:46 name=Ушли к другим";
  EXPECT_EQ(fields("crm.deal.fields", body), "understood crm.deal.fields" + reasons);
  EXPECT_EQ(fields("crm.lead.fields", body), "understood crm.lead.fields" + reasons);
  EXPECT_EQ(fields("crm.deal.fields", R"({"result":{"UF_CRM_WHY":{"type":"string"}}})"), "understood crm.deal.fields")
      << "a text names itself";
  EXPECT_EQ(fields("crm.deal.fields", R"({"result":[]})"), "ignored crm.deal.fields");
  EXPECT_EQ(fields("crm.deal.fields", R"({"error":"ACCESS_DENIED"})", 400), "ignored crm.deal.fields");
}

TEST(Bitrix24Stages, SayWhoseTheyAre) {
  const auto of = [](const std::string& list, const std::string& semantics) {
    const std::string row =
        R"({"ENTITY_ID":")" + list + R"(","STATUS_ID":"X","NAME":"N","SEMANTICS":)" + semantics + "}";
    const std::string told = decode("crm.status.list", R"({"result":[)" + row + "]}");
    const auto at = told.find("of:");
    return at == std::string::npos ? std::string() : told.substr(at + 3, told.find(',', at) - at - 3);
  };
  EXPECT_EQ(of("STATUS", "null"), "lead/");
  EXPECT_EQ(of("DEAL_STAGE", "null"), "deal/0");
  EXPECT_EQ(of("DEAL_STAGE_12", R"("F")"), "deal/12");
  EXPECT_EQ(of("INVOICE_STATUS", R"("S")"), "5/");
  EXPECT_EQ(of("SMART_INVOICE_STAGE_3", R"("S")"), "invoice/3");
  EXPECT_EQ(of("DYNAMIC_128_STAGE_7", R"("S")"), "128/7");
  EXPECT_EQ(of("QUOTE_STATUS", R"("S")"), "quote/");
  EXPECT_EQ(of("QUOTE_STATUS", "null"), "") << "in process before it is sent, and after";
  for (const char* other :
       {"CONTACT_TYPE", "DEAL_STAGE_", "DEAL_STAGE_x", "DYNAMIC_128_STAGE_", "DYNAMIC__STAGE_7", "DEAL_TYPE"})
    EXPECT_EQ(of(other, "null"), "") << other;
}

TEST(Bitrix24Currencies, ARateIsTheAmountOverTheNumberOfUnits) {
  Record sample = sample_answer("crm.currency.list", 0);
  EXPECT_EQ(describe(make_bitrix24_adapter(PortalSettings{})->decode(sample)),
            "understood crm.currency.list\ncurrency:RUB/1788242400 fields=base:Y,rate:1000000\n"
            "currency:USD/1788242400 fields=rate:92500000\ncurrency:KZT/1788242400 fields=rate:198000");
}

TEST(Bitrix24Currencies, ARateThatIsNoneIsLeftOut) {
  for (const char* rate :
       {R"("AMOUNT":"","AMOUNT_CNT":"1")", R"("AMOUNT":"x","AMOUNT_CNT":"1")", R"("AMOUNT":"-1.0000","AMOUNT_CNT":"1")",
        R"("AMOUNT":"1.0000","AMOUNT_CNT":"0")", R"("AMOUNT":"1.0000")", R"("AMOUNT":"1e9","AMOUNT_CNT":"1")",
        R"("AMOUNT":"12345678901.0","AMOUNT_CNT":"1")"}) {
    EXPECT_EQ(decode("crm.currency.list", std::string(R"({"result":[{"CURRENCY":"USD",)") + rate + "}]}"),
              "understood crm.currency.list")
        << rate;
  }
  Record undated = reading("crm.currency.list", R"({"result":[{"CURRENCY":"USD","AMOUNT":92.5,"AMOUNT_CNT":1}]})");
  undated.arrived = 1'789'376'400;
  EXPECT_EQ(describe(make_bitrix24_adapter(PortalSettings{})->decode(undated)),
            "understood crm.currency.list\ncurrency:USD/1789344000 fields=rate:92500000")
      << "where the portal does not say since when, it is the day of the answer";
  EXPECT_EQ(decode("crm.currency.list", R"({"result":[{"CURRENCY":"US","AMOUNT":92.5,"AMOUNT_CNT":1}]})"),
            "understood crm.currency.list");
}

}  // namespace
}  // namespace kpistream::ingest
