#include "stream/insight/baseline.hpp"

#include <gtest/gtest.h>

#include "tests/unit/stream/insight/fake_figures.hpp"

namespace kpistream::insight {
namespace {

using tests::FakeFigures;
using tests::kMonday;

constexpr Day kToday = kMonday + 2;

// So many actions in this hour of past weeks, the last week first.
FakeFigures past(const std::vector<int>& weeks, PortalSettings portal = {}) {
  FakeFigures figures(std::move(portal));
  Day day = kToday;
  for (const int count : weeks) {
    day -= 7;
    figures.put_at("actions", figures.moment(day, 11, 30), count, {}, count * 100);
    figures.put_at("actions", figures.moment(day, 10, 30), 1'000);      // another hour
    figures.put_at("actions", figures.moment(day - 1, 11, 30), 1'000);  // another weekday
  }
  return figures;
}

TEST(Baseline, IsTheMedianOfTheSameHourAndWeekday) {
  FakeFigures figures = past({10, 20, 30, 40, 50, 60, 70, 900, 5'000});  // the ninth week is too long ago
  figures.put_at("actions", figures.moment(kToday, 11, 10), 7);
  const Baseline found = *baseline(figures, "actions");
  EXPECT_EQ(found.value, 7);
  EXPECT_EQ(found.median, 45);
  EXPECT_EQ(found.weeks, 8);
  EXPECT_EQ(baseline(figures, "actions.sum")->median, 4'500);
}

TEST(Baseline, OfTheDaySoFarEndsAtTheSameTime) {
  FakeFigures figures(PortalSettings{});
  for (int weeks = 1; weeks <= 8; ++weeks) {
    const Day day = kToday - 7 * weeks;
    figures.put_at("actions", figures.moment(day, 0, 1), 10);
    figures.put_at("actions", figures.moment(day, 11, 59), 10 * weeks);
    figures.put_at("actions", figures.moment(day, 12, 1), 1'000);  // later in the day
    figures.put_at("actions", figures.moment(day - 1, 23, 59), 1'000);
  }
  figures.put_at("actions", figures.moment(kToday, 3), 7);
  EXPECT_EQ(baseline(figures, "actions", "day")->value, 7);
  EXPECT_EQ(baseline(figures, "actions", "day")->median, 55);
}

TEST(Baseline, TheAnomalyIsInSpreads) {
  FakeFigures figures = past({100, 100, 100, 100, 100, 100, 100, 100});
  figures.put_at("actions", figures.moment(kToday, 11, 10), 70);
  EXPECT_DOUBLE_EQ(*baseline(figures, "actions")->anomaly, -3);        // counts scatter by the square root
  EXPECT_EQ(baseline(figures, "actions.sum")->anomaly, std::nullopt);  // never varied
  FakeFigures wide = past({60, 140, 60, 140, 60, 140, 60, 140});
  EXPECT_NEAR(*baseline(wide, "actions")->anomaly, -100 / (1.4826 * 40), 1e-9);
  FakeFigures quiet = past({0, 0, 0, 0});
  quiet.put_at("actions", quiet.moment(kToday, 11, 10), 2);
  EXPECT_EQ(baseline(quiet, "actions")->anomaly, 2.0);
}

TEST(Baseline, NeedsFourWeeksForAnAnomalyAndOneForItself) {
  FakeFigures figures = past({10, 10, 10, 10});
  figures.know_since(figures.moment(kToday - 28, 11, 1));
  EXPECT_EQ(baseline(figures, "actions")->weeks, 4);
  EXPECT_TRUE(baseline(figures, "actions")->anomaly);
  figures.know_since(figures.moment(kToday - 28, 11, 2));  // the hour began at 11:01
  EXPECT_EQ(baseline(figures, "actions")->weeks, 3);
  EXPECT_FALSE(baseline(figures, "actions")->anomaly);
  figures.know_since(figures.moment(kToday - 7, 11, 2));
  EXPECT_FALSE(baseline(figures, "actions"));
  figures.know_since(0);
  EXPECT_FALSE(baseline(figures, "actions"));
}

TEST(Baseline, AnHourThatWasNotVerifiedIsLeftOut) {
  FakeFigures figures = past({10, 20, 30, 40});
  figures.know_since(figures.moment(kToday - 28, 11));
  figures.hole(kToday - 7, kToday - 6);
  EXPECT_EQ(baseline(figures, "actions")->weeks, 3);
  EXPECT_EQ(baseline(figures, "actions")->median, 30);
}

TEST(Baseline, AHolidayIsComparedWithNoWorkingDay) {
  PortalSettings portal;
  portal.work.holidays = {kToday - 7};
  const FakeFigures figures = past({0, 20, 30, 40, 50, 60, 70, 80}, portal);
  EXPECT_EQ(baseline(figures, "actions")->weeks, 7);
  EXPECT_EQ(baseline(figures, "actions")->median, 50);
}

TEST(Baseline, KeepsTheLocalHourWhenTheClocksChange) {
  PortalSettings portal;
  portal.zone = "Europe/Berlin";
  FakeFigures figures(portal);
  const Day after = 20'755;  // 2026-10-29, the Thursday after the clocks went back
  figures.go(figures.moment(after, 12));
  figures.put_at("actions", figures.moment(after - 7, 11, 30), 10);
  EXPECT_EQ(Calendar::text(after), "2026-10-29");
  figures.know_since(figures.moment(after - 7, 11));
  EXPECT_EQ(baseline(figures, "actions")->median, 10);
}

TEST(Baseline, BusinessTimeIsThePortals) {
  FakeFigures figures;
  EXPECT_TRUE(business_time(figures));
  figures.go(figures.moment(kToday, 18));
  EXPECT_FALSE(business_time(figures));
  figures.go(figures.moment(kMonday + 5, 12));
  EXPECT_FALSE(business_time(figures));
}

}  // namespace
}  // namespace kpistream::insight
