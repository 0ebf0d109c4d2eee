#include "stream/insight/comparison.hpp"

#include <gtest/gtest.h>

#include "stream/insight/people.hpp"
#include "tests/unit/stream/insight/fake_figures.hpp"

namespace kpistream::insight {
namespace {

using tests::FakeFigures;
using tests::kMonday;

// Actions of a manager, on the Tuesday of the closed week `ago` weeks before this one.
void acts(FakeFigures& figures, const std::string& manager, int ago, int count) {
  figures.put("actions", kMonday - 7 * ago + 1, count, {.manager = manager});
}

PortalSettings away(const std::string& manager, Day first, Day last) {
  PortalSettings portal;
  portal.managers[manager].absences = {{first, last}};
  return portal;
}

TEST(Halved, EveryEdge) {
  struct Case {
    Compared actions;
    bool expected;
  };
  for (const Case& each : std::vector<Case>{
           {{3'000, 6'000}, true},
           {{360, 600}, true},   // exactly 0.6
           {{361, 600}, false},  // just above
           {{300, 500}, true},   // falls by exactly 200
           {{270, 469}, false},  // by 199
           {{100, 300}, true},   // of exactly 300
           {{0, 299}, false},    // of 299
           {{6'000, 3'000}, false},
           {{0, 0}, false},
       }) {
    EXPECT_EQ(halved(each.actions), each.expected) << each.actions.value << " of " << each.actions.base;
  }
}

TEST(WeekToWeek, TheRunningWeekIsHeldAgainstTheSamePoint) {
  FakeFigures figures;  // Wednesday noon
  figures.put_at("actions", figures.moment(kMonday, 10), 3'000, {.manager = "7"});
  figures.put_at("actions", figures.moment(kMonday - 7, 10), 6'000, {.manager = "7"});
  figures.put_at("actions", figures.moment(kMonday - 5, 12, 1), 500, {.manager = "7"});  // after the point
  figures.put_at("actions", figures.moment(kMonday - 14, 10), 9'000, {.manager = "7"});
  const WeekToWeek found = week_to_week(figures).at("7");
  EXPECT_EQ(found.so_far, (Compared{3'000, 6'000}));
  EXPECT_EQ(found.so_far->ratio(), 0.5);
  EXPECT_TRUE(found.so_far_halved);
  EXPECT_EQ(found.closed, (Compared{6'500, 9'000}));
  EXPECT_FALSE(found.closed_halved);
}

TEST(WeekToWeek, AFallHasToLastAWorkingHour) {
  FakeFigures figures;
  figures.put_at("actions", figures.moment(kMonday, 10), 500, {.manager = "7"});
  figures.put_at("actions", figures.moment(kMonday - 7, 10), 600, {.manager = "7"});
  figures.put_at("actions", figures.moment(kMonday - 5, 11, 30), 400, {.manager = "7"});
  EXPECT_EQ(week_to_week(figures).at("7").so_far, (Compared{500, 1'000}));
  EXPECT_FALSE(week_to_week(figures).at("7").so_far_halved);
  figures.go(figures.moment(kMonday + 2, 12, 40));
  EXPECT_TRUE(week_to_week(figures).at("7").so_far_halved);
}

TEST(WeekToWeek, InTheFirstHourOfAWeekNothingHasLasted) {
  FakeFigures figures;
  figures.go(figures.moment(kMonday, 9, 50));
  figures.put_at("actions", figures.moment(kMonday - 7, 9, 10), 900, {.manager = "7"});
  figures.put_at("actions", figures.moment(kMonday - 14, 9, 10), 9'000, {.manager = "7"});
  const WeekToWeek found = week_to_week(figures).at("7");
  EXPECT_EQ(found.so_far, (Compared{0, 900}));
  EXPECT_FALSE(found.so_far_halved);
  EXPECT_TRUE(found.closed_halved);
}

TEST(WeekToWeek, WhoWasAwayInEitherWeekIsNotCompared) {
  struct Case {
    Day first;
    Day last;
    bool so_far;
    bool closed;
  };
  for (const Case& each : std::vector<Case>{
           {kMonday + 1, kMonday + 1, false, true},    // this week
           {kMonday + 2, kMonday + 2, false, true},    // today
           {kMonday - 3, kMonday - 3, false, false},   // Friday of the last week
           {kMonday - 2, kMonday - 1, true, true},     // a weekend
           {kMonday - 14, kMonday - 14, true, false},  // Monday of the week before
           {kMonday + 3, kMonday + 9, true, true},     // from tomorrow on
       }) {
    FakeFigures figures(away("7", each.first, each.last));
    for (const int ago : {0, 1, 2}) acts(figures, "7", ago, 1'000);
    const WeekToWeek found = week_to_week(figures).at("7");
    EXPECT_EQ(found.so_far.has_value(), each.so_far) << each.first - kMonday;
    EXPECT_EQ(found.closed.has_value(), each.closed) << each.first - kMonday;
  }
}

TEST(WeekToWeek, AnAbsenceMutesAFall) {
  FakeFigures figures(away("7", kMonday, kMonday));
  acts(figures, "7", 1, 1'000);
  EXPECT_FALSE(week_to_week(figures).at("7").so_far_halved);
}

TEST(WeekToWeek, WhoCameLastWeekIsNotCompared) {
  PortalSettings portal;
  portal.managers["7"].since_day = kMonday - 6;
  portal.managers["8"].since_day = kMonday - 7;
  FakeFigures figures(portal);
  for (const std::string manager : {"7", "8"}) acts(figures, manager, 1, 10);
  EXPECT_EQ(week_to_week(figures).at("7").so_far, std::nullopt);
  EXPECT_EQ(week_to_week(figures).at("8").so_far, (Compared{0, 10}));
  EXPECT_EQ(week_to_week(figures).at("8").closed, std::nullopt);
}

TEST(WeekToWeek, WithoutCoverageNothingIsHalved) {
  FakeFigures figures;
  for (const int ago : {1, 2}) acts(figures, "7", ago, ago * 1'000);
  EXPECT_TRUE(week_to_week(figures).at("7").closed_halved);
  EXPECT_TRUE(week_to_week(figures).at("7").so_far_halved);
  figures.hole(kMonday - 9, kMonday - 8);  // a weekend of the older week
  EXPECT_EQ(week_to_week(figures).at("7").closed, (Compared{1'000, 2'000}));
  EXPECT_FALSE(week_to_week(figures).at("7").closed_halved);
  figures.hole(kMonday, kMonday + 1);
  EXPECT_FALSE(week_to_week(figures).at("7").so_far_halved);
}

TEST(WeekToWeek, WhatIsNotKnownIsAbsent) {
  FakeFigures figures;
  acts(figures, "7", 1, 1'000);
  acts(figures, "queue", 1, 1'000);
  figures.know_since(figures.moment(kMonday - 7, 0));
  EXPECT_TRUE(week_to_week(figures).at("7").so_far);
  EXPECT_FALSE(week_to_week(figures).at("7").closed);
  figures.know_since(figures.moment(kMonday - 7, 1));
  EXPECT_FALSE(week_to_week(figures).at("7").so_far);
  EXPECT_FALSE(week_to_week(figures).contains("queue"));
}

FakeFigures four_managers(PortalSettings portal = {}) {
  FakeFigures figures(std::move(portal));
  acts(figures, "1", 1, 1'000);
  acts(figures, "2", 1, 4'000);
  acts(figures, "3", 1, 5'000);
  acts(figures, "4", 1, 9'000);
  return figures;
}

std::map<std::string, AgainstTeam> last_week(const FakeFigures& figures) {
  return against_team(figures, kMonday - 7, kMonday);
}

TEST(AgainstTeam, AManagerIsHeldAgainstTheMedianOfTheOthers) {
  FakeFigures figures = four_managers();
  figures.put("deals_won", kMonday - 4, 6, {.manager = "1"}, 600'000);
  figures.put("deals_won", kMonday - 4, 4, {.manager = "2"}, 100'000);
  const auto found = last_week(figures);
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found.at("1").peers, 3U);
  EXPECT_EQ(found.at("1").actions.ratio(), 0.2);  // 1000 of 5000
  EXPECT_EQ(found.at("4").actions.ratio(), 9'000.0 / 4'000);
  EXPECT_EQ(found.at("1").won.own, 6);
  EXPECT_EQ(found.at("1").won.ratio(), std::nullopt);  // 4, 0, 0: the median is nothing
  EXPECT_EQ(found.at("1").revenue.own, 600'000);
}

TEST(AgainstTeam, SellsWhoSellsNoLessThanTheMedian) {
  AgainstTeam each;
  EXPECT_FALSE(each.sells());  // nothing is not "no less than nothing"
  each.won = {4, 4.5};
  EXPECT_FALSE(each.sells());
  each.won = {4, 4};
  EXPECT_TRUE(each.sells());
  each.won = {1, 4};
  each.revenue = {500, 500};
  EXPECT_TRUE(each.sells());
}

TEST(AgainstTeam, TakesThreePeersOfTheSameTeam) {
  PortalSettings portal;
  for (const char* manager : {"1", "2", "3", "4"}) portal.managers[manager].team = "a";
  EXPECT_EQ(last_week(four_managers(portal)).size(), 4U);
  portal.managers["4"].team = "b";
  EXPECT_TRUE(last_week(four_managers(portal)).empty());
  portal.managers["4"].team = "";  // the others have teams: belongs to none
  EXPECT_TRUE(last_week(four_managers(portal)).empty());
}

TEST(AgainstTeam, WhoWasAwayIsNeitherComparedNorAPeer) {
  FakeFigures figures = four_managers(away("4", kMonday - 5, kMonday - 5));
  EXPECT_TRUE(last_week(figures).empty());
  acts(figures, "5", 1, 3'000);
  const auto found = last_week(figures);
  EXPECT_FALSE(found.contains("4"));
  EXPECT_EQ(found.at("1").actions.median, 4'000);
}

TEST(AgainstTeam, WhoDidNothingThisWeekCountsAsNothing) {
  FakeFigures figures = four_managers();
  acts(figures, "5", 3, 1);   // was active within 28 days
  acts(figures, "6", 9, 99);  // has left
  const auto found = last_week(figures);
  EXPECT_EQ(found.at("5").actions.ratio(), 0.0);
  EXPECT_EQ(found.at("4").actions.median, 2'500);  // of 0, 1000, 4000, 5000
  EXPECT_FALSE(found.contains("6"));
}

TEST(AgainstTeam, NothingBeforeThePortalIsKnown) {
  FakeFigures figures = four_managers();
  figures.know_since(figures.moment(kMonday - 6, 0));
  EXPECT_TRUE(last_week(figures).empty());
}

TEST(Teams, MeansAreOverTheActiveOnes) {
  PortalSettings portal;
  portal.managers["2"].since_day = kMonday - 7 - 90;  // settled since that Monday
  portal.managers["3"].since_day = kMonday - 7 - 89;
  portal.managers["4"].absences = {{kMonday - 6, kMonday - 6}};
  const auto found = teams(four_managers(portal));
  ASSERT_EQ(found.size(), 1U);
  const TeamWeek& week = found.at("").weeks.back();
  EXPECT_EQ(week.monday, kMonday - 7);
  EXPECT_EQ(week.active, 3);
  EXPECT_EQ(week.mean(), 10'000.0 / 3);
  EXPECT_EQ(week.mean_settled(), 2'500.0);
  EXPECT_EQ(week.mean_new(), 5'000.0);
  EXPECT_EQ(found.at("").weeks.front().mean(), std::nullopt);
}

// Actions of two settled managers a week, newest last; a newcomer joins in the last week.
FakeFigures weeks_of(const std::vector<int>& each, bool newcomer = true) {
  PortalSettings portal;
  portal.managers["9"].since_day = kMonday - 20;
  FakeFigures figures(portal);
  const int count = static_cast<int>(each.size());
  for (int i = 0; i < count; ++i) {
    for (const std::string manager : {"1", "2"}) acts(figures, manager, count - i, each[static_cast<std::size_t>(i)]);
  }
  if (newcomer) acts(figures, "9", 1, 5'000);
  return figures;
}

bool falling(const FakeFigures& figures) { return teams(figures).at("").falling_while_growing; }

TEST(Teams, AMeanThatFallsThreeWeeksWhileTheTeamGrows) {
  EXPECT_TRUE(falling(weeks_of({400, 300, 200, 100})));
  EXPECT_FALSE(falling(weeks_of({400, 300, 200, 100}, false)));  // nobody joined
  EXPECT_FALSE(falling(weeks_of({400, 300, 300, 100})));         // stood still once
  EXPECT_FALSE(falling(weeks_of({300, 300, 200, 100})));         // two weeks only
  EXPECT_FALSE(falling(weeks_of({300, 200, 100})));              // nothing to fall from
  FakeFigures hole = weeks_of({400, 300, 200, 100});
  hole.hole(kMonday - 20, kMonday - 19);
  EXPECT_FALSE(falling(hole));
}

TEST(Teams, TheSlopeIsOfReliableWeeks) {
  FakeFigures figures = weeks_of({100, 110, 900, 130, 140, 150, 160, 170}, false);
  EXPECT_EQ(teams(figures).at("").slope, 10.0);
  figures.know_since(figures.moment(kMonday - 14, 0));
  EXPECT_EQ(teams(figures).at("").slope, std::nullopt);
}

TEST(People, LabelsThatAreNobody) {
  for (const char* nobody : {"", "none", "other", "queue"}) EXPECT_FALSE(is_person(nobody)) << nobody;
  EXPECT_TRUE(is_person("7"));
}

}  // namespace
}  // namespace kpistream::insight
