// Portals that are counted in the table of another one, and portals that are there for their figures only.
#include "config_fixture.hpp"

namespace kpistream::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class TableFile : public ConfigFile {
 protected:
  // Lines of "acme", which has a table, and of "old", which is counted in it: from line 7, column 5.
  static std::string both(const std::string& lines, const std::string& of_table = "zone: Europe/Moscow") {
    return "portals:\n  acme:\n    crm: bitrix24\n    application_tokens: [x]\n    " + of_table +
           "\n  old:\n    crm: amocrm\n    hook_secrets: [x]\n    account_id: '7'\n    " + lines + "\n";
  }
  std::vector<PortalConfig> portals(const std::string& text) {
    const auto result = load_config(file("k.yml", text));
    EXPECT_THAT(result.errors, IsEmpty());
    return result.config ? result.config->portals : std::vector<PortalConfig>(2);
  }
};

TEST_F(TableFile, SaysWhoIsWho) {
  const auto all = portals(both(R"(counts_in:
      portal: acme
      people: {9000101: 7, "9000102": "9"}
      pipelines: {7700001: 0}
      stages: {"142": WON}
      sources: {yandex: WEB}
      loss_reasons: {"1001": "45"}
      until: 2026-11-01T00:00:00+03:00)"));
  const CountsIn& in = all.at(1).settings.counts_in;
  EXPECT_EQ(in.portal, "acme");
  EXPECT_THAT(in.people, ElementsAre(Pair("9000101", "7"), Pair("9000102", "9")));
  EXPECT_THAT(in.pipelines, ElementsAre(Pair("7700001", "0")));
  EXPECT_THAT(in.stages, ElementsAre(Pair("142", "WON")));
  EXPECT_THAT(in.sources, ElementsAre(Pair("yandex", "WEB")));
  EXPECT_THAT(in.loss_reasons, ElementsAre(Pair("1001", "45")));
  EXPECT_EQ(in.until, 1'793'480'400);
  EXPECT_EQ(all.at(0).settings.counts_in, CountsIn{});
}

TEST_F(TableFile, GivesMembersWhatIsOfTheTable) {
  const auto all = portals(both("counts_in: {portal: acme}", R"(zone: Asia/Omsk
    currency: KZT
    work: {hours: {mon-fri: "10:00-19:00"}}
    rates: {USD: {2026-01-01: "500"}}
    limits: {response: 5m, return: 1h, served: 1m, stuck: 3, client: 100, bulk: 9}
    active_time: true)"));
  const PortalSettings& table = all.at(0).settings;
  PortalSettings expected = table;
  expected.alias = "old";
  expected.crm = Crm::amocrm;
  expected.leads = false;
  expected.text_times = true;
  expected.counts_in.portal = "acme";
  EXPECT_EQ(all.at(1).settings, expected);
}

TEST_F(TableFile, RefusesWhatDoesNotFitTogether) {
  EXPECT_THAT(errors(both("counts_in: {people: {a: b}}")),
              ElementsAre(HasSubstr("10:16: portals.old.counts_in.portal: is missing")));
  EXPECT_THAT(errors(both("counts_in: {portal: acne}")),
              ElementsAre(HasSubstr("10:25: portals.old.counts_in.portal: there is no portal 'acne'; did you mean "
                                    "'acme'?")));
  EXPECT_THAT(errors(both("counts_in: {portal: old}")),
              ElementsAre(HasSubstr("10:25: portals.old.counts_in.portal: is this portal itself")));
  EXPECT_THAT(errors(both("counts_in: {portal: acme}", "counts_in: {portal: old}")),
              ElementsAre(HasSubstr("5:25: portals.acme.counts_in.portal: 'old' counts in 'acme' itself"),
                          HasSubstr("10:25: portals.old.counts_in.portal: 'acme' counts in 'old' itself")));
  EXPECT_THAT(errors(both("counts_in: {portal: acme, until: yesterday}")),
              ElementsAre(HasSubstr("10:38: portals.old.counts_in.until: 'yesterday' is not a time")));
  EXPECT_THAT(errors(both("counts_in: {portal: acme, people: {7: ''}}")),
              ElementsAre(HasSubstr("10:40: portals.old.counts_in.people.7: what is '7' in the table?")));
  EXPECT_THAT(errors(both("counts_in: {portal: acme, people: {7: a, 7: b}}")), ElementsAre(HasSubstr("10:46: ")));
  EXPECT_THAT(errors(both("counts_in: {portal: acme, funnels: {}}")), ElementsAre(HasSubstr("unknown key")));
}

TEST_F(TableFile, RefusesWhatOneTableCannotHaveTwice) {
  EXPECT_THAT(errors(both("zone: Asia/Omsk\n    counts_in: {portal: acme}")),
              ElementsAre(HasSubstr("10:11: portals.old.zone: 'Asia/Omsk' is not that of 'acme', Europe/Moscow")));
  EXPECT_THAT(errors(both("currency: KZT\n    counts_in: {portal: acme}")),
              ElementsAre(HasSubstr("10:15: portals.old.currency: 'KZT' is not that of 'acme', RUB")));
  EXPECT_THAT(errors(both("limits: {stuck: 3}\n    counts_in: {portal: acme}")),
              ElementsAre(HasSubstr("10:5: portals.old.limits: is the table's")));
  EXPECT_THAT(errors(both("alerts: {drop_volume: 3}\n    counts_in: {portal: acme}")),
              ElementsAre(HasSubstr("10:5: portals.old.alerts: is the table's")));
  EXPECT_THAT(errors(both("pipelines: {main: ['7'], complaints: ['8']}\n    counts_in: {portal: acme}")),
              ElementsAre(HasSubstr("10:17: portals.old.pipelines.main: is the table's")));
  EXPECT_THAT(errors(both("managers: {'7': {team: a}}\n    counts_in: {portal: acme}")),
              ElementsAre(HasSubstr("10:5: portals.old.managers: is the table's")));
}

TEST_F(TableFile, AnArchivedPortalNeedsNobodyWhoSends) {
  const auto all = portals(
      "portals:\n  a: {crm: amocrm, archived: true, rest_url: 'https://a.amocrm.ru'}\n"
      "  b: {crm: bitrix24, archived: true}\n");
  EXPECT_TRUE(all.at(0).archived);
  EXPECT_FALSE(all.at(0).reads()) << "the address is for links only";
  EXPECT_TRUE(all.at(1).archived);
  EXPECT_THAT(errors("portals: {b: {crm: bitrix24, archived: false}}"), ElementsAre(HasSubstr("application_tokens")));
}

}  // namespace
}  // namespace kpistream::app
