#include "app/connect/portal_facts.hpp"

#include <gmock/gmock.h>

#include "portal.hpp"

namespace kpistream::app {
namespace {

using testing::ElementsAre;

TEST(PortalFacts, AreReadFromOneBatchOfAtMostFifty) {
  Portal portal;
  portal.pipeline("7", "Опт");
  portal.stage("C7:WON", "Успех", "DEAL_STAGE_7", "\"S\"");
  portal.stage("JUNK", "Мусор", "STATUS", "\"F\"");
  portal.smart_process("128", "КП");
  portal.results["app.info"] = R"({"LICENSE":"ru_pro"})";
  portal.results["crm.deal.fields"] =
      R"({"ID":{"type":"integer"},"UF_CRM_COST":{"title":"UF_CRM_COST","formLabel":"Затраты"}})";
  portal.totals["crm.deal.list"] = 12345;
  const auto facts = portal.facts();
  EXPECT_EQ(facts.reached, Reached::yes);
  EXPECT_THAT(facts.scopes, ElementsAre("crm", "task", "telephony", "user"));
  EXPECT_TRUE(facts.admin);
  EXPECT_EQ(facts.employee, "Anna Boss");
  EXPECT_EQ(facts.zone, "Asia/Omsk");
  EXPECT_EQ(facts.license, "ru_pro");
  EXPECT_EQ(facts.currency, "KZT");
  EXPECT_TRUE(facts.mode_told && facts.leads);
  ASSERT_EQ(facts.pipelines.size(), 2u);
  EXPECT_EQ(facts.pipelines[1].id + facts.pipelines[1].name, "7Опт");
  ASSERT_EQ(facts.stages.size(), 2u);
  EXPECT_TRUE(facts.stages[0].won && !facts.stages[0].lost && facts.stages[1].lost);
  ASSERT_EQ(facts.smart_processes.size(), 1u);
  EXPECT_EQ(facts.smart_processes[0].id, "128");
  EXPECT_EQ(facts.fields.at("UF_CRM_COST"), "Затраты");
  EXPECT_EQ(facts.method("crm.deal.list").rows, 12345);
  EXPECT_EQ(facts.clock, 1757840400);
  ingest::JsonDocument question;
  ASSERT_TRUE(question.parse(portal_question()));
  EXPECT_FALSE(question.root()["cmd"]["w50"].exists());
}

TEST(PortalFacts, TellAMissingScopeFromARefusal) {
  Portal portal;
  portal.no_scope("voximplant.statistic.get");
  portal.errors["crm.quote.list"] = R"({"error":"","error_description":"Access denied"})";
  const auto facts = portal.facts();
  EXPECT_EQ(facts.method("voximplant.statistic.get").state, MethodFacts::State::no_scope);
  EXPECT_EQ(facts.method("crm.quote.list").state, MethodFacts::State::refused);
  EXPECT_EQ(facts.method("crm.quote.list").error, "Access denied");
  EXPECT_EQ(facts.method("no.such").state, MethodFacts::State::unknown);
}

TEST(PortalFacts, SayWhyThePortalCannotBeReached) {
  EXPECT_EQ(portal_facts(0, false, "").reached, Reached::no_answer);
  EXPECT_EQ(portal_facts(302, false, "").reached, Reached::moved);
  EXPECT_EQ(portal_facts(401, true, R"({"error":"INVALID_CREDENTIALS"})").reached, Reached::bad_secret);
  EXPECT_EQ(portal_facts(403, true, R"({"error":"ACCESS_DENIED"})").reached, Reached::no_plan);
  EXPECT_EQ(portal_facts(503, true, R"({"error":"QUERY_LIMIT_EXCEEDED"})").reached, Reached::limited);
  EXPECT_EQ(portal_facts(502, false, "<html>").reached, Reached::limited);
  EXPECT_EQ(portal_facts(200, false, "<html>").reached, Reached::not_bitrix24);
  EXPECT_EQ(portal_facts(200, true, "[]").reached, Reached::not_bitrix24);
  EXPECT_EQ(portal_facts(200, true, "{").reached, Reached::not_bitrix24);
}

TEST(PortalFacts, OddAnswersAreNothing) {
  Portal portal;
  for (auto& [method, result] : portal.results) result = R"([[null],{"ID":{}},false])";
  const auto facts = portal.facts();
  EXPECT_EQ(facts.reached, Reached::yes);
  EXPECT_FALSE(facts.admin);
  EXPECT_TRUE(facts.pipelines.empty() && facts.currency.empty() && !facts.mode_told);
}

TEST(PortalFacts, WhatAPortalWritesReachesNeitherTheTerminalNorTheConfigurationRaw) {
  Portal portal;
  portal.results["profile"] = R"({"ADMIN":true,"NAME":"A\u001b[2J\nB","TIME_ZONE":"UTC\nrobots: [x]"})";
  portal.results["crm.currency.list"] = R"([{"CURRENCY":"R: B","BASE":"Y"}])";
  portal.stage("N\\u0007EW", "Но\\u0009вая");
  const auto facts = portal.facts();
  EXPECT_EQ(facts.employee, "A[2JB");
  EXPECT_EQ(facts.zone, "");
  EXPECT_EQ(facts.currency, "");
  EXPECT_EQ(facts.stages.at(0).id + facts.stages.at(0).name, "NEWНовая");
}

TEST(PortalFacts, EveryMethodHasTheScopeThatBitrixGivesIt) {
  const std::map<std::string, std::string> scopes{
      {"crm", "crm"}, {"tasks", "task"}, {"voximplant", "telephony"}, {"user", "user"}, {"sale", "sale"}};
  for (const auto& method : portal_methods()) {
    EXPECT_EQ(method.scope, scopes.at(method.name.substr(0, method.name.find('.')))) << method.name;
  }
}

}  // namespace
}  // namespace kpistream::app
