// Rates of other currencies, and targets.
#include "app/days.hpp"
#include "config_fixture.hpp"

namespace kpistream::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

using PlanFile = ConfigFile;

std::int64_t day(std::string_view text) {
  std::int64_t day = 0;
  EXPECT_EQ(read_day(text, day), "");
  return day;
}

TEST_F(PlanFile, HasExactRatesInOrderOfTime) {
  const auto rates = settings(R"(rates:
  USD: {2026-07-01: "88.10", 2026-01-01: 91.5}
  KZT: {2026-01-01: 0.170001}
  EUR: {2026-01-01: 999999.999999}
)")
                         .rates;
  EXPECT_THAT(
      rates,
      ElementsAre(Pair("EUR", ElementsAre(Rate{day("2026-01-01"), 999'999'999'999})),
                  Pair("KZT", ElementsAre(Rate{day("2026-01-01"), 170'001})),
                  Pair("USD", ElementsAre(Rate{day("2026-01-01"), 91'500'000}, Rate{day("2026-07-01"), 88'100'000}))));
}

TEST_F(PlanFile, HasTargetsInTheUnitOfWhatTheyAreOf) {
  const auto targets = settings(R"(managers: {"7": {team: sales}}
targets:
  - {kpi: revenue, manager: "7", period: month, from: 2026-09-01, value: 500000.50}
  - {kpi: deals_won.sum, value: 1}
  - {kpi: deals_won, team: sales, period: quarter, value: 30}
  - {kpi: call_talk.sum, period: week, value: 20h}
)")
                           .targets;
  EXPECT_THAT(targets, ElementsAre(Target{"revenue", "7", "", PlanPeriod::month, day("2026-09-01"), 50'000'050},
                                   Target{"deals_won.sum", "", "", PlanPeriod::month, 0, 100},
                                   Target{"deals_won", "", "sales", PlanPeriod::quarter, 0, 30},
                                   Target{"call_talk.sum", "", "", PlanPeriod::week, 0, 72'000}));
}

TEST_F(PlanFile, TargetsMayBeOfOnesOwnKpis) {
  const auto mine = file("mine.yml",
                         "kpis: {big_deals: {facts: deal_won}, deals_won: off, profit: off, average_deal_amount: off,"
                         " win_ratio: off, close_win_ratio: off, closed_ratio: off, revenue_per_new_client: off}\n");
  const auto text = "kpis: {file: " + mine + "}\n" + portal("bitrix24", "targets: [{kpi: big_deals, value: 5}]");
  EXPECT_THAT(load_config(file("k.yml", text)).errors, testing::IsEmpty());
}

TEST_F(PlanFile, RefusesRatesThatAreNone) {
  EXPECT_THAT(
      wrong("rates:\n  USD: {2026-01-01: 0, 2026-02-30: 90, 2026-03-01: -1, 2026-04-01: 1.1234567, 2026-05-01: 1000000,"
            " 2026-06-01: , 2026-07-01: 1, 2026-07-01: 2}\n  usd: {2026-01-01: 90}\n  RUB: {2026-01-01: 1}\n  EUR:\n"
            "  CNY: 12"),
      testing::UnorderedElementsAre(
          HasSubstr(
              "6:25: portals.acme.rates.USD.2026-01-01: '0' is no rate: what 1 USD costs in the portal's currency"),
          HasSubstr("6:28: portals.acme.rates.USD.2026-02-30: the calendar has no 2026-02-30"),
          HasSubstr("6:56: portals.acme.rates.USD.2026-03-01: '-1' is no rate"),
          HasSubstr("6:72: portals.acme.rates.USD.2026-04-01: '1.1234567' is no rate"),
          HasSubstr("6:95: portals.acme.rates.USD.2026-05-01: '1000000' is no rate"),
          HasSubstr("portals.acme.rates.USD.2026-06-01: '' is no rate"),
          HasSubstr("portals.acme.rates.USD.2026-07-01: this key stands here twice"),
          HasSubstr("7:7: portals.acme.rates.usd: is no currency; write its ISO 4217 code in capitals"),
          HasSubstr("8:7: portals.acme.rates.RUB: is the portal's own currency and needs no rate"),
          HasSubstr("9:7: portals.acme.rates.EUR: has no rate; write for example"),
          HasSubstr("10:12: portals.acme.rates.CNY: a mapping of keys and values is expected here")));
}

TEST_F(PlanFile, RefusesTargetsOfWhatCannotBeAimedAt) {
  EXPECT_THAT(
      wrong(R"(targets:
  - {kpi: deal_won, value: 1}
  - {kpi: win_ratio, value: 1}
  - {kpi: deals_open, value: 1}
  - {kpi: new_leads.sum, value: 1}
  - {value: 1}
)"),
      ElementsAre(HasSubstr("6:15: portals.acme.targets[0].kpi: there is no KPI 'deal_won'; did you mean 'deals_won'?"),
                  HasSubstr("7:15: portals.acme.targets[1].kpi: 'win_ratio' is a formula"),
                  HasSubstr("8:15: portals.acme.targets[2].kpi: 'deals_open' tells how things stand now"),
                  HasSubstr("9:15: portals.acme.targets[3].kpi: 'new_leads' is counted only and has no sum"),
                  HasSubstr("10:9: portals.acme.targets[4].kpi: is missing: of what")));
}

TEST_F(PlanFile, RefusesTargetsOfNobodyOrTwice) {
  EXPECT_THAT(wrong(R"(managers: {"7": {team: sales}}
targets:
  - {kpi: revenue, manager: "7", team: sales, value: 1}
  - {kpi: revenue, team: sale, value: 1}
  - {kpi: revenue, manager: other, value: 1}
  - {kpi: revenue, manager: "7", from: 2026-09-01, value: 1}
  - {kpi: revenue, manager: "7", from: 2026-09-01, value: 2}
  - {kpi: revenue, manager: "7", from: 2026-10-01, value: 2}
)"),
              ElementsAre(HasSubstr("7:44: portals.acme.targets[0].team: give manager or team, not both"),
                          HasSubstr("8:30: portals.acme.targets[1].team: nobody in `managers` has the team 'sale'; did "
                                    "you mean 'sales'?"),
                          HasSubstr("9:33: portals.acme.targets[2].manager: 'other' is no id of a manager"),
                          HasSubstr("11:15: portals.acme.targets[4].kpi: there is a target for the same")));
}

TEST_F(PlanFile, RefusesTargetsWithoutASensibleValuePeriodOrDay) {
  EXPECT_THAT(wrong(R"(targets:
  - {kpi: revenue}
  - {kpi: deals_won, value: 0}
  - {kpi: deals_won, period: week, value: 1.5}
  - {kpi: revenue, period: week, value: 0}
  - {kpi: revenue, period: quarter, value: 1.234}
  - {kpi: call_talk.sum, value: 100}
  - {kpi: calls, period: day, from: 2026-09-31, value: 1, goal: 2}
)"),
              ElementsAre(HasSubstr("6:9: portals.acme.targets[0].value: is missing: how much is to be reached"),
                          HasSubstr("7:33: portals.acme.targets[1].value: '0' is not a whole number from 1 to"),
                          HasSubstr("8:47: portals.acme.targets[2].value: '1.5' is not a whole number"),
                          HasSubstr("9:45: portals.acme.targets[3].value: must be greater than 0"),
                          HasSubstr("10:48: portals.acme.targets[4].value: '1.234' is not an amount"),
                          HasSubstr("11:37: portals.acme.targets[5].value: '100' is not a duration"),
                          HasSubstr("12:30: portals.acme.targets[6].period: 'day' is none of: week, month, quarter"),
                          HasSubstr("12:41: portals.acme.targets[6].from: the calendar has no 2026-09-31"),
                          HasSubstr("12:63: portals.acme.targets[6].goal: unknown key")));
}

// What is wrong with the KPIs is said once, there.
TEST_F(PlanFile, DoesNotBlameTargetsForMistakesInTheKpis) {
  const auto mine = file("mine.yml", "kpis: {big_deals: {facts: deal_wan}}\n");
  const auto text = "kpis: {file: " + mine + "}\n" + portal("bitrix24", "targets: [{kpi: big_deals, value: 5}]");
  EXPECT_THAT(load_config(file("k.yml", text)).errors, ElementsAre(HasSubstr("deal_wan")));
}

}  // namespace
}  // namespace kpistream::app
