#include "app/connect/findings.hpp"

#include <gmock/gmock.h>

#include "portal.hpp"

namespace kpistream::app {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

PortalSettings acme() {
  PortalSettings settings;
  settings.alias = "acme";
  return settings;
}

// What is wrong, as an English reader sees it.
std::vector<std::string> wrong(const Findings& findings) {
  std::vector<std::string> texts;
  for (const auto& finding : findings) {
    if (!finding.ok) texts.push_back(finding_text(finding, Language::en));
    EXPECT_EQ(finding.ok, !finding.cure) << finding.check;  // each wrong has its cure
  }
  return texts;
}

Findings rest(const Portal& portal, const PortalSettings& settings = acme()) {
  Findings findings;
  judge_rest(portal.facts(), settings, findings);
  return findings;
}
Findings mapping(const Portal& portal, const PortalSettings& settings) {
  Findings findings;
  judge_mapping(portal.facts(), settings, findings);
  return findings;
}

TEST(Findings, ASoundPortalHasOneGoodLineForEachList) {
  const auto findings = rest(Portal());
  EXPECT_THAT(wrong(findings), IsEmpty());
  std::vector<std::string> checks;
  for (const auto& finding : findings) checks.push_back(finding.check);
  EXPECT_THAT(checks, Contains("rest"));
  EXPECT_THAT(checks, Contains("rights"));
  EXPECT_THAT(checks, Contains("voximplant.statistic.get"));
  EXPECT_THAT(checks, testing::Not(Contains("sale.payment.list")));
}

TEST(Findings, ARevokedScopeIsNamedInBothLanguages) {
  Portal portal;
  portal.no_scope("tasks.task.list");
  const auto findings = rest(portal);
  EXPECT_THAT(wrong(findings),
              ElementsAre("acme  tasks.task.list  wrong: the webhook lacks the scope task; cure: add the "
                          "scope task in the incoming webhook's settings"));
  const auto bad = std::find_if(findings.begin(), findings.end(), [](const Finding& one) { return !one.ok; });
  EXPECT_EQ(finding_text(*bad, Language::ru),
            "acme  tasks.task.list  плохо: у вебхука нет права task; что делать: добавьте право task в настройках "
            "входящего вебхука");
}

TEST(Findings, ListsThatThisPortalDoesNotNeedAreNotJudged) {
  Portal portal;
  for (const char* one : {"crm.lead.list", "crm.stagehistory.list?entityTypeId=1", "sale.payment.list"}) {
    portal.no_scope(one);
  }
  auto settings = acme();
  settings.leads = false;
  EXPECT_THAT(wrong(rest(portal, settings)), IsEmpty());
  settings.payment_types = {"PAYMENT"};
  EXPECT_THAT(wrong(rest(portal, settings)), ElementsAre(HasSubstr("sale.payment.list  wrong")));
  EXPECT_EQ(wrong(rest(portal)).size(), 2u);
}

TEST(Findings, AnEmployeeWithoutRightsIsNoGoodOwnerOfAWebhook) {
  Portal portal;
  portal.results["profile"] = R"({"ID":"7","ADMIN":false,"NAME":"Ivan"})";
  EXPECT_THAT(wrong(rest(portal)), ElementsAre(HasSubstr("no administrator (Ivan)")));
}

TEST(Findings, APortalThatCannotBeReachedIsOneLine) {
  for (const auto reached : {Reached::no_answer, Reached::bad_secret, Reached::no_plan, Reached::moved,
                             Reached::limited, Reached::not_bitrix24}) {
    PortalFacts facts;
    facts.reached = reached;
    Findings findings;
    judge_rest(facts, acme(), findings);
    judge_mapping(facts, acme(), findings);
    EXPECT_EQ(wrong(findings).size(), 1u);
  }
}

TEST(Findings, WhatTheMappingNamesAndThePortalHasNotIsFound) {
  Portal portal;
  portal.stage("NEW", "Новая");
  portal.stage("PAID", "Оплачено");
  portal.smart_process("128", "КП");
  portal.results["crm.deal.fields"] = R"({"UF_CRM_COST":{"type":"string"}})";
  auto settings = acme();
  settings.payment_stages = {"PAID", "C0:PAID"};
  settings.main_pipelines = {"0", "4"};
  settings.fields = {{"cost", "UF_CRM_COST"}, {"mood", "UF_CRM_MOOD"}, {"title", "TITLE"}};
  EXPECT_THAT(
      wrong(mapping(portal, settings)),
      ElementsAre(HasSubstr("stages.payment: the portal has no stage C0:PAID; cure: correct the stage; there are: "
                            "NEW, PAID"),
                  HasSubstr("pipelines.main: the portal has no funnel 4; cure: correct the funnel; there are: 0"),
                  HasSubstr("fields.mood: the portal has no field UF_CRM_MOOD")));
  settings.quote_types = {"DYNAMIC_128", "DYNAMIC_130", "DOCUMENT"};
  settings.payment_stages = {};
  settings.main_pipelines = {};
  EXPECT_THAT(wrong(mapping(portal, settings)), ElementsAre(HasSubstr("no smart process DYNAMIC_130")));
  settings.quote_types = {};
  settings.fields = {};
  EXPECT_THAT(wrong(mapping(portal, settings)), IsEmpty());
  EXPECT_EQ(mapping(portal, settings).size(), 1u);
}

TEST(Findings, AMappingIsNotJudgedByDirectoriesThatCannotBeRead) {
  Portal portal;
  portal.no_scope("crm.status.list");
  auto settings = acme();
  settings.payment_stages = {"GONE"};
  EXPECT_THAT(wrong(mapping(portal, settings)), ElementsAre(HasSubstr("cannot be checked")));
}

TEST(Findings, TheModeMustBeThePortals) {
  Portal portal;
  portal.results["crm.settings.mode.get"] = "2";
  Findings findings;
  judge_mode(portal.facts(), acme(), findings);
  EXPECT_THAT(wrong(findings), ElementsAre(HasSubstr("write mode: simple")));
}

TEST(Findings, ClocksMayDifferByAMinute) {
  for (const UnixSeconds ours : {940, 1'000, 1'060}) {
    Findings findings;
    judge_clock(1'000, ours, "acme", findings);
    EXPECT_THAT(wrong(findings), IsEmpty()) << ours;
  }
  for (const UnixSeconds ours : {939, 1'061}) {
    Findings findings;
    judge_clock(1'000, ours, "acme", findings);
    EXPECT_THAT(wrong(findings), ElementsAre(HasSubstr("by 61 s"))) << ours;
  }
}

// ---- the daemon

constexpr const char* kMetrics =
    "# HELP kpistream_events_total X.\n# TYPE kpistream_events_total counter\n"
    "kpistream_events_total{portal=\"acme\"} 5\n"
    "kpistream_last_event_timestamp_seconds{portal=\"acme\",event=\"deal\"} 1.7578404e+09\n"
    "kpistream_last_event_timestamp_seconds{portal=\"acme\",event=\"task\"} 1.7578403e+09\n"
    "kpistream_last_event_timestamp_seconds{portal=\"acme2\",event=\"deal\"} 1\n"
    "kpistream_api_requests_total{portal=\"acme\",result=\"ok\"} 3\n"
    "kpistream_api_requests_total{portal=\"acme\",result=\"failed\"} 1\n"
    "kpistream_api_requests_total{portal=\"acme\",result=\"denied\"} 2\n"
    "kpistream_webhook_requests_total{result=\"stranger\"} 4\n"
    "kpistream_webhook_requests_total{result=\"not_found\"} 2\n";

TEST(Findings, TheDaemonIsReadFromItsMetrics) {
  const auto facts = daemon_facts(kMetrics, "acme");
  EXPECT_TRUE(facts.answers && facts.serves);
  EXPECT_EQ(facts.last_event, 1757840400);
  EXPECT_EQ(facts.hooks_refused, 6);
  EXPECT_EQ(facts.requests_ok, 3);
  EXPECT_EQ(facts.requests_failed, 3);
  EXPECT_FALSE(facts.hook_silent);
  EXPECT_FALSE(daemon_facts(kMetrics, "other").serves);
  const std::string silent = kMetrics + std::string("kpistream_hook_silent{portal=\"acme\"} 1\n");
  EXPECT_TRUE(daemon_facts(silent, "acme").hook_silent);
}

std::vector<std::string> daemon_wrong(const DaemonFacts& facts, bool reads = true) {
  Findings findings;
  judge_daemon(facts, reads, false, 1757840400, "acme", findings);
  return wrong(findings);
}

TEST(Findings, ADaemonThatIsNotThereOrDoesNotKnowThePortalIsOneLine) {
  EXPECT_THAT(daemon_wrong({}), ElementsAre(HasSubstr("start kpistream serve")));
  EXPECT_THAT(daemon_wrong({true}), ElementsAre(HasSubstr("restart the daemon")));
}

TEST(Findings, AHookIsJudgedByItsLastEvent) {
  DaemonFacts facts{true, true, 1757840400 - 3 * 86'400, 0, 1, 0};
  EXPECT_THAT(daemon_wrong(facts), IsEmpty());
  facts.hook_silent = true;
  EXPECT_THAT(daemon_wrong(facts), ElementsAre(HasSubstr("long ago: 2025-09-11 09:00:00 UTC")));
  facts.hook_silent = false;
  --facts.last_event;
  EXPECT_THAT(daemon_wrong(facts), ElementsAre(HasSubstr("long ago: 2025-09-11 08:59:59 UTC")));
  facts.last_event = 0;
  EXPECT_THAT(daemon_wrong(facts), ElementsAre(HasSubstr("change any deal")));
  facts.hooks_refused = 2;
  EXPECT_THAT(daemon_wrong(facts), ElementsAre(HasSubstr("application_tokens_file")));
}

TEST(Findings, AReaderFailsWhenMoreFailsThanSucceeds) {
  DaemonFacts facts{true, true, 1757840400, 0, 3, 3};
  EXPECT_THAT(daemon_wrong(facts), IsEmpty());
  facts.requests_failed = 4;
  EXPECT_THAT(daemon_wrong(facts), ElementsAre(HasSubstr("3 requests answered, 4 refused or failed")));
  EXPECT_THAT(daemon_wrong(facts, false), IsEmpty());
}

TEST(Findings, ASecretsFileThatCannotBeReadHasItsOwnCure) {
  const auto secret = config_finding("k.yml:5:9: portals.acme.rest_url_file: cannot read 'x'");
  EXPECT_THAT(finding_text(secret, Language::ru), HasSubstr("chmod 600"));
  const auto other = config_finding("k.yml:5:9: portals.acme.zone: unknown");
  EXPECT_THAT(finding_text(other, Language::en), HasSubstr("correct that line"));
}

TEST(Findings, AreJsonToo) {
  const Findings findings{{"acme", "rest", true, {Phrase::rest_ok}, {}},
                          {"acme", "clock", false, {Phrase::clock_wrong, {"99"}}, Line{Phrase::cure_scope, {"\"q\""}}}};
  ingest::JsonDocument document;
  ASSERT_TRUE(document.parse(findings_json(findings, Language::en)));
  std::vector<std::string> checks;
  document.root()["checks"].each([&](const ingest::JsonValue& one) {
    checks.push_back(one["check"].text() + (one["ok"].truth() ? "+" : "-") + one["cure"].text());
  });
  EXPECT_THAT(checks, ElementsAre("rest+", "clock-add the scope \"q\" in the incoming webhook's settings"));
  EXPECT_FALSE(document.root()["ok"].truth());
  EXPECT_EQ(findings_json({}, Language::en), R"({"ok":true,"checks":[]})");
}

TEST(Application, EveryStateThatTheDaemonTellsHasACure) {
  for (const char* state : {"waiting", "refused", "uninstalled", "foreign", "no_admin", "wrong_client", "denied",
                            "unwritable", "damaged"}) {
    const auto facts = daemon_facts(std::string("kpistream_application_state{portal=\"acme\",state=\"working\"} 0\n") +
                                        "kpistream_application_state{portal=\"acme\",state=\"" + state +
                                        "\"} 1\nkpistream_application_state{portal=\"b\",state=\"working\"} 1\n",
                                    "acme");
    EXPECT_EQ(facts.application, state);
    Findings findings;
    judge_application(facts.application, "/s/tokens/acme.json", "/hook/bitrix24/acme", "acme", findings);
    ASSERT_EQ(findings.size(), 1u);
    EXPECT_FALSE(findings[0].ok);
    EXPECT_EQ(finding_text(findings[0], Language::en).find("nothing of the application"), std::string::npos) << state;
    EXPECT_EQ(finding_text(findings[0], Language::en).find("{}"), std::string::npos) << state;
  }
  Findings findings;
  judge_application("working", "", "", "acme", findings);
  judge_application("", "", "", "acme", findings);
  EXPECT_TRUE(findings[0].ok);
  EXPECT_EQ(finding_text(findings[1], Language::en),
            "acme  application  wrong: the daemon tells nothing of the application; cure: restart the daemon");
}

TEST(Application, NeedsNoHook) {
  DaemonFacts daemon{true, true, 0, 0, 3, 0};
  Findings findings;
  judge_daemon(daemon, true, true, 1757840400, "acme", findings);
  EXPECT_EQ(findings[0].what.phrase, Phrase::hook_unneeded);
  EXPECT_TRUE(all_well(findings));
}

}  // namespace
}  // namespace kpistream::app
