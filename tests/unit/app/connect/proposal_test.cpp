#include "app/connect/proposal.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "portal.hpp"

namespace kpistream::app {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

enum Of : std::size_t { quotes, payments, meetings, complaints };

// "stages.quote=A,B reason", or the reason alone.
std::string proposed(const Portal& portal, Of of) {
  const auto one = propose(portal.facts()).at(of);
  std::string text;
  for (const auto& setting : one.settings) text += setting.group + "." + setting.key + "=" + setting.value;
  return text + "|" + std::string(pattern_of(Language::en, one.reason.phrase));
}
std::string reason(Phrase phrase) { return "|" + std::string(pattern_of(Language::en, phrase)); }

TEST(Proposal, WhatBitrixCountsItselfNeedsNothing) {
  Portal portal;
  portal.totals = {{"crm.quote.list", 3}, {"crm.item.list?entityTypeId=31", 2}};
  portal.stage("Q", "КП отправлено");
  portal.stage("P", "Оплачено");
  EXPECT_EQ(proposed(portal, quotes), reason(Phrase::quotes_own));
  EXPECT_EQ(proposed(portal, payments), reason(Phrase::payments_own));
  EXPECT_EQ(proposed(portal, meetings), reason(Phrase::meetings_own));
  EXPECT_EQ(proposed(portal, complaints), reason(Phrase::complaints_none));
}

TEST(Proposal, StagesAreKnownByTheirNames) {
  Portal portal;
  portal.stage("Q0", "Подготовка КП");
  portal.stage("Q1", "КП отправлено");
  portal.stage("C5:Q", "Отправили коммерческое предложение", "DEAL_STAGE_5");
  portal.stage("P0", "Ожидание: оплачен аванс?");
  portal.stage("P1", "ОПЛАЧЕНО");
  portal.stage("P2", "Не оплачен");
  portal.stage("M0", "Назначена встреча");
  portal.stage("M1", "Встреча проведена");
  portal.stage("X", "Рекламация");
  portal.stage("L", "Оплачен у конкурентов", "DEAL_STAGE", "\"F\"");
  portal.stage("S", "КП отправлено", "STATUS");
  EXPECT_EQ(proposed(portal, quotes), R"(stages.quote=["Q1","C5:Q"])" + reason(Phrase::quotes_stage));
  EXPECT_EQ(proposed(portal, payments), R"(stages.payment=["P1"])" + reason(Phrase::payments_stage));
  EXPECT_EQ(proposed(portal, meetings), R"(stages.meeting=["M1"])" + reason(Phrase::meetings_stage));
  EXPECT_EQ(proposed(portal, complaints), R"(stages.complaint=["X"])" + reason(Phrase::complaints_stage));
}

TEST(Proposal, EnglishNamesAreKnownToo) {
  Portal portal;
  portal.stage("Q0", "Prepare quote");
  portal.stage("Q1", "Quote sent");
  portal.stage("P0", "Not paid");
  portal.stage("P1", "Invoice paid");
  portal.stage("M1", "Meeting held");
  portal.pipeline("9", "Claims");
  EXPECT_EQ(proposed(portal, quotes), R"(stages.quote=["Q1"])" + reason(Phrase::quotes_stage));
  EXPECT_EQ(proposed(portal, payments), R"(stages.payment=["P1"])" + reason(Phrase::payments_stage));
  EXPECT_EQ(proposed(portal, meetings), R"(stages.meeting=["M1"])" + reason(Phrase::meetings_stage));
  EXPECT_EQ(proposed(portal, complaints), R"(pipelines.complaints=["9"])" + reason(Phrase::complaints_pipeline));
}

TEST(Proposal, ASmartProcessGoesBeforeAStage) {
  Portal portal;
  portal.stage("Q1", "КП отправлено");
  portal.smart_process("128", "Коммерческие предложения");
  EXPECT_EQ(proposed(portal, quotes), R"(types.quote=["DYNAMIC_128"])" + reason(Phrase::quotes_smart));
}

TEST(Proposal, PaymentsOfOrdersBringTheirEvents) {
  Portal portal;
  EXPECT_THAT(events_for(portal.facts(), propose(portal.facts())), Not(Contains("ONPAYMENTENTITYSAVED")));
  portal.totals["sale.payment.list"] = 4;
  EXPECT_EQ(proposed(portal, payments), R"(types.payment=["PAYMENT"])" + reason(Phrase::payments_orders));
  EXPECT_THAT(events_for(portal.facts(), propose(portal.facts())), Contains("ONPAYMENTENTITYSAVED"));
}

TEST(Proposal, EventsOfLeadsAreForPortalsWithLeads) {
  Portal portal;
  EXPECT_THAT(events_for(portal.facts(), {}), Contains("ONCRMLEADADD"));
  portal.results["crm.settings.mode.get"] = "2";
  EXPECT_THAT(events_for(portal.facts(), {}), Not(Contains("ONCRMLEADADD")));
  EXPECT_THAT(events_for(portal.facts(), {}), Contains("ONCRMDEALUPDATE"));
}

TEST(Proposal, AnAliasComesFromTheHost) {
  EXPECT_EQ(alias_of_host("Acme-1.bitrix24.ru"), "acme-1");
  EXPECT_EQ(alias_of_host("127.0.0.1"), "portal");
  EXPECT_EQ(alias_of_host("фирма.рф"), "portal");
  EXPECT_FALSE(is_portal_alias("Acme") || is_portal_alias("") || is_portal_alias(std::string(33, 'a')));
}

TEST(Proposal, TheEntryNamesFilesAndNoSecrets) {
  PortalEntry entry;
  entry.alias = "acme";
  entry.lines = {{"crm", "bitrix24"}, {"mode", "simple"}, {"rest_url_file", "\"/etc/k/acme.rest\""}};
  entry.proposals = {{Phrase::subject_quotes, {{"stages", "quote", R"(["Q1","C5:Q"])"}}, {}},
                     {Phrase::subject_payments, {}, {}},
                     {Phrase::subject_meetings, {{"stages", "meeting", R"(["M"])"}}, {}},
                     {Phrase::subject_cost, {{"fields", "cost", R"("701")"}, {"", "cost_field", "cost"}}, {}},
                     {Phrase::subject_complaints, {{"pipelines", "complaints", R"(["9"])"}}, {}}};
  EXPECT_EQ(portal_yaml(entry),
            "  acme:\n    crm: bitrix24\n    mode: simple\n    rest_url_file: \"/etc/k/acme.rest\"\n"
            "    fields: {cost: \"701\"}\n    pipelines: {complaints: [\"9\"]}\n"
            "    stages: {quote: [\"Q1\",\"C5:Q\"], meeting: [\"M\"]}\n    cost_field: cost\n");
}

}  // namespace
}  // namespace kpistream::app
