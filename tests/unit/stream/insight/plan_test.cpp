#include "stream/insight/plan.hpp"

#include <gtest/gtest.h>

#include "tests/unit/stream/insight/fake_figures.hpp"

namespace kpistream::insight {
namespace {

using tests::FakeFigures;
using tests::kMonday;
using Decided = Suggestion::Decided;

Target target(std::int64_t value, Day from = 0, const std::string& manager = "", const std::string& team = "") {
  return {"deals_won", manager, team, PlanPeriod::week, from, value};
}

FakeFigures with(const std::vector<Target>& targets, PortalSettings portal = {}) {
  portal.targets = targets;
  return FakeFigures(std::move(portal));
}

void won(FakeFigures& figures, Day day, std::int64_t count, const std::string& manager = "7") {
  figures.put("deals_won", day, count, {.manager = manager}, count * 1'000);
}

TEST(Periods, BeginAndEndWithTheCalendar) {
  EXPECT_EQ(period_at(PlanPeriod::week, kMonday + 6), (Period{kMonday, kMonday + 7}));
  EXPECT_EQ(Calendar::text(period_at(PlanPeriod::month, kMonday).first), "2026-09-01");
  EXPECT_EQ(Calendar::text(period_at(PlanPeriod::month, kMonday).last), "2026-10-01");
  EXPECT_EQ(Calendar::text(period_at(PlanPeriod::quarter, kMonday).first), "2026-07-01");
  EXPECT_EQ(Calendar::text(period_at(PlanPeriod::quarter, kMonday).last), "2026-10-01");
  const auto before = periods_before(PlanPeriod::month, period_at(PlanPeriod::month, kMonday), 9);
  ASSERT_EQ(before.size(), 9U);
  EXPECT_EQ(Calendar::text(before.front().first), "2025-12-01");
  EXPECT_EQ(Calendar::text(before.back().last), "2026-09-01");
}

TEST(Targets, TheNewestThatHadBegunHolds) {
  const std::vector<Target> all{target(10, 0), target(30, kMonday), target(20, kMonday - 7), target(40, kMonday + 1)};
  const auto value_of = [&](Day first) { return targets_for(all, PlanPeriod::week, first).at(0).value; };
  EXPECT_EQ(value_of(kMonday - 14), 10);
  EXPECT_EQ(value_of(kMonday - 7), 20);
  EXPECT_EQ(value_of(kMonday), 30);  // the change on Tuesday waits
  EXPECT_EQ(value_of(kMonday + 7), 40);
  EXPECT_TRUE(targets_for(all, PlanPeriod::month, kMonday).empty());
  EXPECT_TRUE(targets_for({target(10, kMonday + 1)}, PlanPeriod::week, kMonday).empty());
}

TEST(Targets, OfTheSameDayTheLaterInTheListHolds) {
  EXPECT_EQ(targets_for({target(1), target(2)}, PlanPeriod::week, kMonday).at(0).value, 2);
}

TEST(Targets, ManagersTeamsAndEverybodyAreApart) {
  EXPECT_EQ(targets_for({target(1), target(2, 0, "7"), target(3, 0, "", "a")}, PlanPeriod::week, kMonday).size(), 3U);
}

TEST(Plan, AttainmentAndPace) {
  FakeFigures figures = with({target(40)});  // Wednesday noon: 2 days and 3 hours of 5 days of 9 hours
  won(figures, kMonday, 14);
  won(figures, kMonday - 1, 99);
  const PlanFigure plan = insight::plan(figures).at(0);
  EXPECT_EQ(plan.actual, 14);
  EXPECT_EQ(plan.attainment, 14.0 / 40);
  EXPECT_DOUBLE_EQ(plan.elapsed, 21.0 / 45);
  EXPECT_DOUBLE_EQ(*plan.pace, 14.0 / 40 * 45 / 21);
}

TEST(Plan, BeforeAnyWorkThereIsNoPace) {
  FakeFigures figures = with({target(40)});
  figures.go(figures.moment(kMonday, 8));
  EXPECT_EQ(plan(figures).at(0).attainment, 0.0);
  EXPECT_EQ(plan(figures).at(0).pace, std::nullopt);
}

TEST(Plan, ATargetOfNothingHasNoAttainment) { EXPECT_EQ(plan(with({target(0)})).at(0).attainment, std::nullopt); }

TEST(Plan, APeriodThatIsNotWhollyKnownHasNoFigures) {
  FakeFigures figures = with({target(40)});
  won(figures, kMonday, 14);
  figures.know_since(figures.moment(kMonday, 9));
  EXPECT_EQ(plan(figures).at(0).actual, std::nullopt);
  EXPECT_EQ(plan(figures).at(0).attainment, std::nullopt);
}

TEST(Plan, SumsAreReadByTheirName) {
  Target money = target(40'000);
  for (const char* name : {"deals_won.sum", "revenue"}) {
    money.kpi = name;
    FakeFigures figures = with({money});
    won(figures, kMonday, 14);
    EXPECT_EQ(plan(figures).at(0).actual, 14'000) << name;
  }
}

TEST(Plan, ContributionIsThePartInTheTeamsTarget) {
  PortalSettings portal;
  portal.managers["7"].team = portal.managers["8"].team = "a";
  portal.managers["9"].team = "b";
  FakeFigures figures = with({target(100), target(50, 0, "", "a"), target(30, 0, "7")}, portal);
  won(figures, kMonday, 10, "7");
  won(figures, kMonday, 30, "8");
  won(figures, kMonday, 40, "9");
  won(figures, kMonday, 20, "none");
  std::map<std::string, PlanFigure> by;
  for (const PlanFigure& each : plan(figures)) by[each.target.manager + each.target.team] = each;
  EXPECT_EQ(by[""].actual, 100);
  EXPECT_EQ(by[""].contributions.at("9").of_target, 0.4);
  EXPECT_FALSE(by[""].contributions.contains("none"));
  EXPECT_EQ(by["a"].actual, 40);
  EXPECT_EQ(by["a"].contributions.at("7").of_target, 0.2);
  EXPECT_EQ(by["a"].contributions.at("7").of_actual, 0.25);
  EXPECT_FALSE(by["a"].contributions.contains("9"));
  EXPECT_EQ(by["7"].actual, 10);
  EXPECT_TRUE(by["7"].contributions.empty());
}

TEST(Plan, AClosedPeriodKeepsItsTarget) {
  FakeFigures figures = with({target(10), target(20, kMonday - 6)});
  won(figures, kMonday - 4, 5);
  const FiguresAt then(figures, figures.moment(kMonday, 0) - 1);
  EXPECT_EQ(plan(then).at(0).target.value, 10);
  EXPECT_EQ(plan(then).at(0).attainment, 0.5);
  EXPECT_EQ(plan(figures).at(0).target.value, 20);
}

// Six closed weeks with so many sales on Monday and so many on Friday.
FakeFigures six_weeks(const std::vector<std::pair<int, int>>& weeks, PortalSettings portal = {}) {
  FakeFigures figures = with({target(100, 0, "7")}, std::move(portal));
  Day monday = kMonday - 7 * static_cast<Day>(weeks.size());
  for (const auto& [early, late] : weeks) {
    won(figures, monday, early);
    won(figures, monday + 4, late);
    monday += 7;
  }
  return figures;
}

TEST(Forecast, GoesOnAsSoFarCorrectedByPastErrors) {
  // At Wednesday noon 21 of 45 hours have passed: 21 sales mean 45. In the past such forecasts of 45 were followed by
  // 55, 65, 50, 45, 60, 40: errors 10, 20, 5, 0, 15, -5.
  FakeFigures figures = six_weeks({{21, 34}, {21, 44}, {21, 29}, {21, 24}, {21, 39}, {21, 19}});
  figures.put_at("deals_won", figures.now(), 42, {.manager = "7"});
  EXPECT_EQ(plan(figures).at(0).forecast, (Forecast{85, 98, 110}));  // 90, and -5, 7.5, 20
}

TEST(Forecast, IsNotBelowWhatIsThere) {
  FakeFigures figures = six_weeks({{42, 0}, {42, 0}, {42, 0}});
  figures.know_since(figures.moment(kMonday - 21, 0));
  won(figures, kMonday, 21);
  EXPECT_EQ(plan(figures).at(0).forecast, (Forecast{21, 21, 21}));  // 45 - 48
}

TEST(Forecast, NeedsThreeClosedPeriodsThatAreReliable) {
  FakeFigures figures = six_weeks({{1, 1}, {1, 1}, {1, 1}});
  EXPECT_EQ(plan(figures).at(0).history.size(), 6U);  // weeks without sales are weeks too
  figures.know_since(figures.moment(kMonday - 21, 0));
  EXPECT_EQ(plan(figures).at(0).history, (std::vector<std::int64_t>{2, 2, 2}));
  EXPECT_TRUE(plan(figures).at(0).forecast);
  EXPECT_TRUE(plan(figures).at(0).suggestion);
  figures.hole(kMonday - 14, kMonday - 13);
  EXPECT_EQ(plan(figures).at(0).history.size(), 2U);
  EXPECT_FALSE(plan(figures).at(0).forecast);
  EXPECT_FALSE(plan(figures).at(0).suggestion);
}

TEST(Forecast, BeforeAnyWorkThereIsNone) {
  FakeFigures figures = six_weeks({{1, 1}, {1, 1}, {1, 1}});
  figures.go(figures.moment(kMonday, 9));
  EXPECT_FALSE(plan(figures).at(0).forecast);
}

TEST(Forecast, AtTheEndItIsTheActual) {
  FakeFigures figures = six_weeks({{1, 9}, {5, 5}, {9, 1}});
  won(figures, kMonday, 30);
  figures.go(figures.moment(kMonday + 4, 18));
  EXPECT_EQ(plan(figures).at(0).forecast, (Forecast{30, 30, 30}));
}

TEST(Forecast, PeriodsBeforeAManagerCameAreNotHistory) {
  PortalSettings portal;
  portal.managers["7"].since_day = kMonday - 13;
  EXPECT_EQ(plan(six_weeks({{1, 1}, {1, 1}}, portal)).at(0).history.size(), 1U);
  portal.managers["7"].since_day = kMonday - 14;
  EXPECT_EQ(plan(six_weeks({{1, 1}, {1, 1}}, portal)).at(0).history.size(), 2U);
}

TEST(Suggestion, EachBoundDecidesInItsCase) {
  struct Case {
    std::vector<std::int64_t> history;
    std::optional<std::int64_t> team_best;
    std::int64_t target;
    std::int64_t value;
    Decided decided;
  };
  for (const Case& each : std::vector<Case>{
           {{80, 90, 100, 100, 120, 130}, std::nullopt, 100, 105, Decided::median_and_step},
           {{80, 90, 100, 100, 104, 104}, std::nullopt, 100, 103, Decided::own_history},
           {{80, 90, 100, 100, 120, 130}, 105, 100, 105, Decided::median_and_step},
           {{80, 90, 100, 100, 120, 130}, 104, 100, 104, Decided::team_best},
           {{80, 90, 100, 100, 120, 130}, 200, 110, 105, Decided::median_and_step},  // exactly a step down: 104.5
           {{80, 90, 100, 100, 120, 130}, 200, 112, 106, Decided::one_step_down},
           {{0, 0, 0, 0, 0, 0}, 0, 100, 95, Decided::one_step_down},
           {{0, 0, 0}, std::nullopt, 0, 0, Decided::median_and_step},
       }) {
    const Suggestion found = suggest(each.history, each.team_best, each.target);
    EXPECT_EQ(found.value, each.value);
    EXPECT_EQ(found.decided, each.decided) << each.value;
  }
}

TEST(Suggestion, TheStepIsASetting) {
  EXPECT_EQ(suggest({100, 100, 200, 200}, std::nullopt, 100, 200).value, 180);
  EXPECT_EQ(suggest({0, 0, 0}, std::nullopt, 100, 200).value, 80);
}

TEST(Suggestion, TheBestOfTheTeamIsOfTheLastClosedPeriod) {
  PortalSettings portal;
  portal.managers["7"].team = portal.managers["8"].team = "a";
  portal.managers["9"].team = "b";
  FakeFigures figures = six_weeks({{50, 50}, {50, 50}, {80, 80}, {50, 50}, {80, 80}, {10, 10}}, portal);
  won(figures, kMonday - 12, 500, "8");
  won(figures, kMonday - 5, 101, "8");
  won(figures, kMonday - 5, 900, "9");
  const Suggestion found = *plan(figures).at(0).suggestion;
  EXPECT_EQ(found.median, 100);
  EXPECT_EQ(found.team_best, 101);
  EXPECT_EQ(found.value, 101);
  EXPECT_EQ(found.decided, Decided::team_best);
}

TEST(Suggestion, OfATeamHasNoBestOfTheTeam) {
  FakeFigures figures = with({target(100)});
  won(figures, kMonday - 5, 101);
  EXPECT_EQ(plan(figures).at(0).suggestion->team_best, std::nullopt);
}

}  // namespace
}  // namespace kpistream::insight
