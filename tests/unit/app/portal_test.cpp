// The settings of a portal: what its CRM's stages, fields and values mean, and the limits of the definitions.
#include "config_fixture.hpp"

namespace kpistream::app {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

using PortalFile = ConfigFile;

TEST_F(PortalFile, HasSensibleDefaults) {
  const auto bitrix24 = settings("");
  EXPECT_TRUE(bitrix24.leads);
  PortalSettings expected;
  expected.alias = "acme";
  EXPECT_EQ(bitrix24, expected);
  EXPECT_FALSE(settings("mode: simple").leads);
  const auto amocrm = settings("", "amocrm");
  expected.crm = Crm::amocrm;
  expected.leads = false;
  expected.text_times = true;  // without REST there is nothing better
  EXPECT_EQ(amocrm, expected);
}

TEST_F(PortalFile, TimesAsTextAreBelievedWithoutRestOnlyAndInAZoneThatExists) {
  EXPECT_EQ(settings("text_zone: Asia/Yekaterinburg", "amocrm").text_zone, "Asia/Yekaterinburg");
  EXPECT_FALSE(settings("rest_url: https://acme.amocrm.ru\ntoken: t", "amocrm").text_times);
  EXPECT_THAT(wrong_amocrm("text_zone: Mars/Olympus"), ElementsAre(HasSubstr("5:16: portals.acme.text_zone: ")));
  EXPECT_THAT(wrong("text_zone: UTC"), ElementsAre(HasSubstr("text_zone: unknown key")));
}

TEST_F(PortalFile, SaysWhatTheCrmMeansByItsPipelinesStagesTypesAndUsers) {
  const auto s = settings(R"(pipelines: {main: ["0", "3"], complaints: "7"}
stages:
  incoming: [A]
  qualified: [B]
  quote: [C]
  payment: [D]
  meeting: [E]
  complaint: [F]
types: {meeting: ["2"], complaint: [REST_APP], quote: [DYNAMIC_128, DOCUMENT], payment: [PAYMENT]}
robots: ["1", "42"]
)");
  EXPECT_THAT(s.main_pipelines, ElementsAre("0", "3"));
  EXPECT_THAT(s.complaint_pipelines, ElementsAre("7"));
  EXPECT_THAT(s.incoming_stages, ElementsAre("A"));
  EXPECT_THAT(s.qualified_stages, ElementsAre("B"));
  EXPECT_THAT(s.quote_stages, ElementsAre("C"));
  EXPECT_THAT(s.payment_stages, ElementsAre("D"));
  EXPECT_THAT(s.meeting_stages, ElementsAre("E"));
  EXPECT_THAT(s.complaint_stages, ElementsAre("F"));
  EXPECT_THAT(s.meeting_types, ElementsAre("2"));
  EXPECT_THAT(s.complaint_types, ElementsAre("REST_APP"));
  EXPECT_THAT(s.quote_types, ElementsAre("DYNAMIC_128", "DOCUMENT"));
  EXPECT_THAT(s.payment_types, ElementsAre("PAYMENT"));
  EXPECT_THAT(s.robots, ElementsAre("1", "42"));
}

TEST_F(PortalFile, AnAccountsWebhookIsWatchedUnlessItIsNotWanted) {
  const auto hook = [this](const std::string& lines) {
    const auto result = load_config(file("k.yml", portal("amocrm", lines)));
    EXPECT_THAT(result.errors, IsEmpty());
    return result.config ? result.config->portals.at(0).hook : HookConfig{};
  };
  EXPECT_EQ(hook(""), (HookConfig{"", std::chrono::minutes(5), false}));
  EXPECT_EQ(hook("hook: {url: \"https://kpi.example.com/crm/\", watch: 10m, heal: true}"),
            (HookConfig{"https://kpi.example.com/crm", std::chrono::minutes(10), true}));
  EXPECT_EQ(hook("hook: {watch: 0s}").watch.count(), 0);
  EXPECT_THAT(wrong_amocrm("hook: {url: kpi.example.com, every: 5m}"),
              ElementsAre(HasSubstr("portals.acme.hook.url: is not an address like https://"),
                          HasSubstr("portals.acme.hook.every")));
  for (const char* url : {"https://kpi.example.com/hook/amocrm/acme/SECRET", "https://kpi.example.com?a=1",
                          "https://me:word@kpi.example.com"}) {
    std::string text = url;
    if (const auto at = text.find("SECRET"); at != std::string::npos) text.replace(at, 6, std::string(kAmoSecret));
    EXPECT_THAT(wrong_amocrm("hook: {url: '" + text + "'}"),
                ElementsAre(AllOf(HasSubstr("portals.acme.hook.url: holds more than where we are"),
                                  Not(HasSubstr(std::string(kAmoSecret))), Not(HasSubstr("word@")))));
  }
  EXPECT_THAT(wrong("hook: {heal: true}"), ElementsAre(HasSubstr("portals.acme.hook")));
}

TEST_F(PortalFile, NamesFieldsOnceAndThenUsesTheNames) {
  const auto s = settings(R"(fields: {cost: UF_CRM_COST, quote_sum: UF_CRM_123, mood: ufCrm7_1}
quote_amount_field: quote_sum
cost_field: cost
action_fields: [amount, tag, mood]
loss_reason_field: UF_CRM_WHY
values:
  paid: [DT31_1:P]
  complaint: [{field: tag, value: "8"}, {field: mood, value: "45"}]
)");
  EXPECT_THAT(s.fields,
              ElementsAre(Pair("cost", "UF_CRM_COST"), Pair("mood", "ufCrm7_1"), Pair("quote_sum", "UF_CRM_123")));
  EXPECT_EQ(s.quote_amount_field, "quote_sum");
  EXPECT_EQ(s.cost_field, "cost");
  EXPECT_THAT(s.action_fields, ElementsAre("amount", "tag", "mood"));
  EXPECT_EQ(s.loss_reason_field, "UF_CRM_WHY");
  EXPECT_THAT(s.paid_values, ElementsAre("DT31_1:P"));
  EXPECT_THAT(s.complaint_fields, ElementsAre(Field{"tag", "8"}, Field{"mood", "45"}));
}

TEST_F(PortalFile, SetsTheLimitsOfTheDefinitions) {
  const auto s = settings(R"(talk_seconds_min: 20
active_time: true
limits: {response: 10m, return: 3h, served: 90s, stuck: 3, client: 180, bulk: 12}
)");
  EXPECT_EQ(s.talk_seconds_min, 20);
  EXPECT_TRUE(s.active_time);
  EXPECT_EQ(s.response_target, 600);
  EXPECT_EQ(s.return_within, 10'800);
  EXPECT_EQ(s.served_within, 90);
  EXPECT_EQ(s.stuck_days, 3);
  EXPECT_EQ(s.client_days, 180);
  EXPECT_EQ(s.bulk_per_minute, 12);
}

TEST_F(PortalFile, RefusesListsWithNothingOrTheSameTwiceInThem) {
  EXPECT_THAT(wrong("stages: {quote: [A, B, A, '']}\nrobots: ['1', '1']"),
              ElementsAre(HasSubstr("5:28: portals.acme.stages.quote[2]: 'A' stands here twice; remove one"),
                          HasSubstr("5:31: portals.acme.stages.quote[3]: is empty; write an id"),
                          HasSubstr("6:19: portals.acme.robots[1]: '1' stands here twice")));
}

TEST_F(PortalFile, RefusesWordsItDoesNotKnow) {
  EXPECT_THAT(
      wrong(
          "stages: {qoute: [A]}\npipelines: {mian: []}\ntypes: {call: []}\nvalues: {payd: []}\nlimits: {respons: 1m}"),
      testing::UnorderedElementsAre(
          HasSubstr("5:14: portals.acme.stages.qoute: unknown key; did you mean 'quote'?"),
          HasSubstr("6:17: portals.acme.pipelines.mian: unknown key; did you mean 'main'?"),
          HasSubstr("7:13: portals.acme.types.call: unknown key"),
          HasSubstr("8:14: portals.acme.values.payd: unknown key; did you mean 'paid'?"),
          HasSubstr("9:14: portals.acme.limits.respons: unknown key; did you mean 'response'?")));
  EXPECT_THAT(wrong("stages: [A]"), ElementsAre(HasSubstr("5:13: portals.acme.stages: a mapping of keys and values")));
  EXPECT_THAT(wrong_amocrm("loss_reason_field: '5'\nmode: simple"),
              ElementsAre(HasSubstr("loss_reason_field: unknown key"), HasSubstr("mode: unknown key")));
}

TEST_F(PortalFile, RefusesFieldsWithoutAProperNameOrNumber) {
  EXPECT_THAT(
      wrong("fields: {Cost: UF_A, tag: UF_B, cost: 'a b', sum: , other: UF_C, again: UF_C}"),
      ElementsAre(
          HasSubstr("5:14: portals.acme.fields.Cost: 'Cost' is no name"),
          HasSubstr("5:26: portals.acme.fields.tag: 'tag' means the CRM's tags"),
          HasSubstr("5:43: portals.acme.fields.cost: 'a b' is no code of a field; write for example UF_CRM_COST"),
          HasSubstr("5:50: portals.acme.fields.sum: which field of the CRM?"),
          HasSubstr("5:77: portals.acme.fields.again: 'UF_C' is kept already, as 'other'")));
  EXPECT_THAT(wrong_amocrm("fields: {cost: UF_CRM_COST}"),
              ElementsAre(HasSubstr("5:20: portals.acme.fields.cost: 'UF_CRM_COST' is no number of a field")));
}

TEST_F(PortalFile, RefusesTheNameOfAFieldThatIsNotKept) {
  EXPECT_THAT(wrong("fields: {cost: UF_A}\ncost_field: csot\nquote_amount_field: sum"),
              ElementsAre(HasSubstr("7:25: portals.acme.quote_amount_field: `fields` has no 'sum'"),
                          HasSubstr("6:17: portals.acme.cost_field: `fields` has no 'csot'; name the CRM's field there "
                                    "first; did you mean 'cost'?")));
}

TEST_F(PortalFile, RefusesValuesOfNoFieldAndFieldsOfNoValue) {
  EXPECT_THAT(wrong("values: {complaint: [{field: mood, value: '1'}, {value: '2'}, {field: tag}, tag]}"),
              testing::UnorderedElementsAre(
                  HasSubstr("5:34: portals.acme.values.complaint[0].field: `fields` has no 'mood'"),
                  HasSubstr("5:53: portals.acme.values.complaint[1].field: is missing: tag, or a name from `fields`"),
                  HasSubstr("5:67: portals.acme.values.complaint[2].value: must have from 1 to 64 bytes"),
                  HasSubstr("5:81: portals.acme.values.complaint[3]: a mapping of keys and values is expected here")));
  EXPECT_THAT(wrong("values: {complaint: {field: tag, value: a}}"),
              ElementsAre(HasSubstr("5:25: portals.acme.values.complaint: a list is expected here")));
}

TEST_F(PortalFile, RefusesLimitsOutOfRange) {
  EXPECT_THAT(wrong("talk_seconds_min: 4000\nactive_time: 1\n"
                    "limits: {response: 0, return: 8d, served: 5, stuck: 0, client: 5y, bulk: 0}"),
              ElementsAre(HasSubstr("5:23: portals.acme.talk_seconds_min: '4000' is not a whole number from 0 to 3600"),
                          HasSubstr("6:18: portals.acme.active_time: '1' is none of: true, false"),
                          HasSubstr("7:24: portals.acme.limits.response: must be from 1s to 7d"),
                          HasSubstr("7:35: portals.acme.limits.return: must be from 1s to 7d"),
                          HasSubstr("7:47: portals.acme.limits.served: '5' is not a duration"),
                          HasSubstr("7:57: portals.acme.limits.stuck: '0' is not a whole number from 1 to 365"),
                          HasSubstr("7:68: portals.acme.limits.client: '5y' is not a whole number"),
                          HasSubstr("7:78: portals.acme.limits.bulk: '0' is not a whole number")));
}

}  // namespace
}  // namespace kpistream::app
