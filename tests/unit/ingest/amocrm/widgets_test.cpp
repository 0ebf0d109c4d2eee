// Bodies in JSON: widgets of a digital pipeline, and the Salesbot.
#include <gtest/gtest.h>

#include "ingest/amocrm/adapter.hpp"
#include "ingest/amocrm/guard.hpp"
#include "ingest/amocrm/widgets.hpp"
#include "tests/unit/ingest/amocrm/settings.hpp"
#include "tests/unit/ingest/support/records.hpp"

namespace kpistream::ingest {
namespace {

std::string widget(const std::string& element, const std::string& account = "31990001") {
  return R"({"event":{"type":14,"type_code":"lead_status_changed","data":{"id":5,"element_type":)" + element +
         R"(,"status_id":3,"pipeline_id":8},"time":1794809110},"action":{"code":"x"},"subdomain":"acme","account_id":)" +
         account + "}";
}

const std::string kToken = "eyJhbGciOiJIUzI1NiJ9.eyJhY2NvdW50X2lkIjoxfQ.abc-DEF_123";
const std::string kSalesbot =
    R"({"token":")" + kToken + R"(","data":{"message":"hi"},"return_url":"https://acme.amocrm.ru/x"})";

std::string decoded(const std::string& body) {
  return describe(make_amocrm_adapter(demo_settings())->decode(delivery(body)));
}

HookResult admitted(const std::string& body) {
  return AmoGuard({{"demo", "", {"s3cret"}, "31990001"}}).admit("/hook/amocrm/demo/s3cret", body);
}

TEST(AmoWidgets, TellThatALeadHasToBeRead) {
  for (const char* element : {"2", "\"2\"", "\"lead\"", "\"leads\""}) {
    EXPECT_EQ(decoded(widget(element)), "understood widget\nwish leads") << element;
  }
  for (const char* element : {"1", "12", "null", "\"contact\""}) {
    EXPECT_EQ(decoded(widget(element)), "ignored widget") << element;
  }
}

TEST(AmoWidgets, TellWhenItHappened) {
  const auto adapter = make_amocrm_adapter(demo_settings());
  EXPECT_EQ(adapter->decode(delivery(widget("2"))).happened, 1'794'809'110);
  EXPECT_EQ(adapter->decode(delivery(" \n{\"a\":")).failure, DecodeFailure::syntax);
}

TEST(AmoWidgets, TheSalesbotIsHeardAndNothingMore) { EXPECT_EQ(decoded(kSalesbot), "ignored salesbot"); }

TEST(AmoWidgets, OtherJsonIsUnknownAndBrokenJsonIsKept) {
  EXPECT_EQ(decoded("{}"), "unknown other");
  EXPECT_EQ(decoded(R"({"event":"x"})"), "unknown other");
  EXPECT_EQ(decoded(" \n{\"a\":"), "quarantined other");
}

TEST(AmoWidgets, AreAdmittedByTheSecretAndForThisAccountOnly) {
  const auto result = admitted(widget("2"));
  EXPECT_EQ(result.verdict, HookVerdict::accepted);
  EXPECT_EQ(result.body, widget("2"));
  EXPECT_EQ(admitted(widget("2", "\"31990001\"")).verdict, HookVerdict::accepted);
  EXPECT_EQ(admitted(widget("2", "7")).verdict, HookVerdict::stranger);
  EXPECT_EQ(admitted("{\"a\":").verdict, HookVerdict::accepted) << "what is durable and not readable is no error";
}

TEST(AmoWidgets, TheTokenOfTheSalesbotIsNotKept) {
  const auto result = admitted(kSalesbot + kToken);
  EXPECT_EQ(result.verdict, HookVerdict::accepted);
  EXPECT_EQ(admitted(kSalesbot).body,
            R"({"token":"","data":{"message":"hi"},"return_url":"https://acme.amocrm.ru/x"})");
  EXPECT_EQ(without_token(R"({"token":")" + kToken + R"(", "cut off)"), R"({"token":"", "cut off)");
  EXPECT_EQ(without_token("{" + kToken), "{");
  EXPECT_EQ(without_token(kToken + kToken + " " + kToken + "}"), " }");
}

}  // namespace
}  // namespace kpistream::ingest
