#include "stream/insight/alerts.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "stream/insight/backtest.hpp"
#include "stream/insight/comparison.hpp"
#include "tests/unit/stream/insight/fake_figures.hpp"

namespace kpistream::insight {
namespace {

using tests::FakeFigures;
using tests::kMonday;

constexpr Day kToday = kMonday + 2;

const Alert& alert(std::string_view name) {
  const auto all = alerts();
  return *std::find_if(all.begin(), all.end(), [&](const Alert& each) { return each.name == name; });
}

AlertFindings judge(std::string_view name, const Figures& figures, const AlertThresholds& thresholds = {}) {
  return alert(name).judge(figures, thresholds);
}

// So many of a KPI every ten minutes from 9 to 18 of the same weekday, in each of eight weeks.
void habit(FakeFigures& figures, const std::string& kpi, int count, std::int64_t sum = 0, Day day = kToday) {
  for (int weeks = 1; weeks <= 8; ++weeks) {
    for (int minute = 9 * 60; minute < 18 * 60; minute += 10) {
      figures.put_at(kpi, figures.moment(day - 7 * weeks, 0, minute), count, {}, sum);
    }
  }
}

TEST(Alerts, AnHourBelowUsualNeedsRatioVolumeAndMoreThanChance) {
  FakeFigures figures;
  habit(figures, "new_leads", 3);  // 18 an hour; spreads of 4.24
  figures.put_at("new_leads", figures.moment(kToday, 11, 30), 5);
  EXPECT_EQ(judge("CrmKpiHourBelowUsual", figures), (AlertFindings{{"new_leads", 5.0 / 18}}));
  EXPECT_TRUE(judge("CrmKpiHourBelowUsual", figures, {.drop_ratio = 277}).empty());
  EXPECT_TRUE(judge("CrmKpiHourBelowUsual", figures, {.drop_spreads = 3'100}).empty());
  EXPECT_TRUE(judge("CrmKpiHourBelowUsual", figures, {.drop_volume = 18'001}).empty());
  figures.put_at("new_leads", figures.moment(kToday, 11, 40), 1);
  EXPECT_TRUE(judge("CrmKpiHourBelowUsual", figures).empty()) << "within three spreads";
}

TEST(Alerts, MoreThanUsualIsNoAlert) {
  FakeFigures figures;
  habit(figures, "new_leads", 3);
  figures.put_at("new_leads", figures.moment(kToday, 11, 30), 500);
  EXPECT_TRUE(judge("CrmKpiHourBelowUsual", figures).empty());
  EXPECT_TRUE(judge("CrmKpiDayBelowUsual", figures).empty());
}

TEST(Alerts, RevenueHasTheVolumeOfItsSales) {
  FakeFigures figures;
  habit(figures, "deals_won", 2, 100'000);
  // The sum has to vary, else there is no spread.
  for (int weeks = 1; weeks <= 8; ++weeks) {
    figures.put_at("deals_won", figures.moment(kToday - 7 * weeks, 10), 0, {}, weeks % 2 == 0 ? 50'000 : -50'000);
  }
  figures.put_at("deals_won", figures.moment(kToday, 10), 36, {}, 100);
  const AlertFindings found = judge("CrmKpiDayBelowUsual", figures);  // from 9:00 to 12:00, 19 times
  ASSERT_EQ(found.size(), 1U) << "the sales themselves are as usual";
  EXPECT_EQ(found[0].subject, "revenue");
  EXPECT_TRUE(judge("CrmKpiDayBelowUsual", figures, {.drop_volume = 38'001}).empty());
}

TEST(Alerts, WhatIsAboutTodayWaitsForWorkAndForWhatIsVerified) {
  PortalSettings portal;
  FakeFigures figures(portal);
  habit(figures, "new_leads", 3);
  EXPECT_FALSE(judge("CrmKpiDayBelowUsual", figures).empty());
  figures.go(figures.moment(kToday, 18));
  EXPECT_TRUE(judge("CrmKpiDayBelowUsual", figures).empty()) << "after work";
  figures.go(figures.moment(kToday, 12));
  figures.hole(kToday, kToday + 1);
  EXPECT_TRUE(judge("CrmKpiDayBelowUsual", figures).empty()) << "not verified";
  portal.work.holidays = {kToday};
  FakeFigures holiday(portal);
  habit(holiday, "new_leads", 3);
  EXPECT_TRUE(judge("CrmKpiDayBelowUsual", holiday).empty());
}

TEST(Alerts, MissedCallsAreMoreThanTheShareOfEnough) {
  FakeFigures figures;
  figures.put_at("calls_in_working", figures.moment(kToday, 10), 20);
  figures.put_at("calls_missed_working", figures.moment(kToday, 10), 5);
  EXPECT_TRUE(judge("CrmMissedCallsHigh", figures).empty()) << "a quarter";
  figures.put_at("calls_missed_working", figures.moment(kToday, 10), 1);
  EXPECT_EQ(judge("CrmMissedCallsHigh", figures), (AlertFindings{{"", 0.3}}));
  EXPECT_TRUE(judge("CrmMissedCallsHigh", figures, {.missed_volume = 21'000}).empty());
}

TEST(Alerts, AnswersInTimeAreLessThanTheShareOfEnough) {
  FakeFigures figures;
  figures.put_at("new_leads", figures.moment(kToday, 10), 10);
  figures.put_at("first_responses_in_time", figures.moment(kToday, 10), 5);
  EXPECT_TRUE(judge("CrmFirstResponseSlow", figures).empty()) << "a half";
  figures.put_at("first_responses_in_time", figures.moment(kToday, 10), -1);
  EXPECT_EQ(judge("CrmFirstResponseSlow", figures), (AlertFindings{{"", 0.4}}));
  EXPECT_TRUE(judge("CrmFirstResponseSlow", figures, {.response_volume = 11'000}).empty());
}

TEST(Alerts, TheFlowIsJudgedAsTheDashboardsShowIt) {
  FakeFigures figures;
  figures.put("new_leads", kMonday - 5, 60);
  figures.put("inquiries_won", kMonday - 4, 20);
  EXPECT_EQ(judge("CrmFlowClot", figures).size(), 1U);
  EXPECT_TRUE(judge("CrmLeadShortage", figures).empty());
  figures.put("inquiries_won", kMonday - 4, 60);
  EXPECT_TRUE(judge("CrmFlowClot", figures).empty());
  EXPECT_EQ(judge("CrmLeadShortage", figures).size(), 1U);
}

// K28: what the alert calls halved by default is what the advice calls so.
TEST(Alerts, TheDefaultsOfAHalvedWeekAreThoseOfTheAdvice) {
  for (const auto& [own, base] : {std::pair{300, 500}, {301, 500}, {299, 498}, {100, 300}, {98, 299}, {0, 300}}) {
    FakeFigures figures;
    figures.put("actions", kMonday, own, {.manager = "7"});
    figures.put("actions", kMonday - 7, base, {.manager = "7"});
    EXPECT_EQ(!judge("CrmManagerActivityHalved", figures).empty(), halved({own, base})) << own << " of " << base;
  }
}

TEST(Alerts, WhoIsFarUnderTheTeamAndSellsIsLeftAlone) {
  FakeFigures figures;
  for (const auto* peer : {"1", "2", "3"}) {
    figures.put("actions", kMonday - 3, 400, {.manager = peer});
    figures.put("deals_won", kMonday - 3, 2, {.manager = peer});
  }
  figures.put("actions", kMonday - 3, 200, {.manager = "7"});
  EXPECT_EQ(judge("CrmManagerFarUnderTeam", figures), (AlertFindings{{"7", 0.5}}));
  figures.put("deals_won", kMonday - 3, 2, {.manager = "7"});
  EXPECT_TRUE(judge("CrmManagerFarUnderTeam", figures).empty());
}

TEST(Alerts, APlanIsBehindOnceEnoughOfItsPeriodHasPassed) {
  PortalSettings portal;
  Target target;
  target.kpi = "deals_won";
  target.period = PlanPeriod::week;
  target.value = 100;
  portal.targets.push_back(target);
  target.manager = "7";
  portal.targets.push_back(target);
  FakeFigures figures(portal);  // Wednesday noon: 21 of 45 hours
  figures.put("deals_won", kMonday, 37, {.manager = "7"});
  const AlertFindings found = judge("CrmPlanBehindPace", figures);
  ASSERT_EQ(found.size(), 1U) << "of everybody; those of managers are for the dashboards";
  EXPECT_EQ(found[0].subject, "deals_won/week");
  EXPECT_NEAR(found[0].value, 0.37 * 45 / 21, 1e-9);
  EXPECT_TRUE(judge("CrmPlanBehindPace", figures, {.pace_elapsed = 467}).empty());
  figures.put("deals_won", kMonday, 1);
  EXPECT_TRUE(judge("CrmPlanBehindPace", figures).empty()) << "0.81";
}

// ---- back-test

// Without those of the flow and the answers, of which these figures have none.
std::vector<Firing> of_kpis(const Figures& figures, Day first, Day last) {
  auto firings = backtest(figures, {}, first, last);
  std::erase_if(firings, [](const Firing& firing) { return !firing.alert.starts_with("CrmKpi"); });
  return firings;
}

TEST(Backtest, TellsTheDayAndWhenItHadHeldLongEnough) {
  FakeFigures figures;
  figures.go(figures.moment(kToday + 1, 12));
  habit(figures, "new_leads", 3);
  for (int minute = 9 * 60; minute < 12 * 60; minute += 10) {
    figures.put_at("new_leads", figures.moment(kToday, 0, minute), 3);
  }
  const auto firings = of_kpis(figures, kToday, kToday);
  ASSERT_EQ(firings.size(), 2U);
  // Of 18 an hour 5 are three spreads less: from 12:45 on the hour has fewer, and half an hour later it counts.
  EXPECT_EQ(firings[0].alert, "CrmKpiHourBelowUsual");
  EXPECT_EQ(firings[0].from, figures.moment(kToday, 13, 15));
  EXPECT_EQ(firings[0].until, figures.moment(kToday, 17, 45));
  EXPECT_EQ(firings[1].alert, "CrmKpiDayBelowUsual");
  EXPECT_EQ(firings[1].day, kToday);
  EXPECT_GT(firings[1].from, figures.moment(kToday, 15));
}

TEST(Backtest, AFallThatPassesSoonIsNone) {
  FakeFigures figures;
  figures.go(figures.moment(kToday + 1, 12));
  habit(figures, "new_leads", 3);
  for (int minute = 9 * 60; minute < 18 * 60; minute += 10) {
    if (minute >= 12 * 60 && minute < 13 * 60) continue;  // an hour without leads: 5 or fewer for half an hour only
    figures.put_at("new_leads", figures.moment(kToday, 0, minute), 3);
  }
  EXPECT_TRUE(of_kpis(figures, kToday, kToday).empty());
}

TEST(Backtest, LooksAtWorkingDaysUpToNowOnly) {
  FakeFigures figures;  // Wednesday noon
  figures.put("new_leads", kMonday - 5, 60);
  figures.put("inquiries_won", kMonday - 4, 20);
  std::vector<Day> looked;
  const auto firings = backtest(figures, {}, kMonday - 2, kMonday + 10, [&](Day day) { looked.push_back(day); });
  EXPECT_EQ(looked, (std::vector<Day>{kMonday - 2, kMonday - 1, kMonday, kMonday + 1, kMonday + 2}));
  std::vector<Day> fired;
  for (const auto& firing : firings) {
    EXPECT_EQ(firing.alert, "CrmFlowClot");
    fired.push_back(firing.day);
  }
  EXPECT_EQ(fired, (std::vector<Day>{kMonday, kMonday + 1, kMonday + 2})) << "the weekend is no working time";
}

}  // namespace
}  // namespace kpistream::insight
