#include "stream/kpi/calendar.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

using tests::at;

struct Windows {
  std::vector<Range> rolling = std::vector<Range>(6);
  std::vector<Range> tasks = std::vector<Range>(5);
  std::vector<Range> meetings = std::vector<Range>(2);
  Windows(const std::string& zone, const std::string& now) {
    const Calendar calendar(zone);
    calendar.ranges(WindowSet::rolling, at(now), rolling);
    calendar.ranges(WindowSet::task_due, at(now), tasks);
    calendar.ranges(WindowSet::meeting_due, at(now), meetings);
  }
};

Range between(const std::string& from, const std::string& to) { return {minute_of(at(from)), minute_of(at(to))}; }

TEST(Calendar, DaysBeginAtThePortalsMidnight) {
  const Windows moscow("Europe/Moscow", "2026-09-14T00:30:00+03:00");
  EXPECT_EQ(moscow.rolling[3], between("2026-09-14T00:00:00+03:00", "2026-09-15T00:00:00+03:00"));
  EXPECT_EQ(moscow.rolling[4], between("2026-09-13T00:00:00+03:00", "2026-09-14T00:00:00+03:00"));
  const Windows kamchatka("Asia/Kamchatka", "2026-09-14T00:30:00+03:00");
  EXPECT_EQ(kamchatka.rolling[3], between("2026-09-14T00:00:00+12:00", "2026-09-15T00:00:00+12:00"));
  const Windows kaliningrad("Europe/Kaliningrad", "2026-09-14T00:30:00+03:00");
  EXPECT_EQ(kaliningrad.rolling[3], between("2026-09-13T00:00:00+02:00", "2026-09-14T00:00:00+02:00"));
}

TEST(Calendar, WeeksBeginOnMonday) {
  const Windows sunday("Europe/Moscow", "2026-09-20T23:59:59+03:00");
  EXPECT_EQ(sunday.rolling[5], between("2026-09-14T00:00:00+03:00", "2026-09-21T00:00:00+03:00"));
  const Windows monday("Europe/Moscow", "2026-09-21T00:00:00+03:00");
  EXPECT_EQ(monday.rolling[5], between("2026-09-21T00:00:00+03:00", "2026-09-28T00:00:00+03:00"));
}

TEST(Calendar, RollingWindowsEndWithThisMinute) {
  const Windows now("Europe/Moscow", "2026-09-14T12:00:59+03:00");
  EXPECT_EQ(now.rolling[0], between("2026-09-14T11:01:00+03:00", "2026-09-14T12:01:00+03:00"));
  EXPECT_EQ(now.rolling[2].last - now.rolling[2].first, 7 * 24 * 60);
}

TEST(Calendar, DaysOfDaylightSavingHave23And25Hours) {
  const Windows spring("Europe/Berlin", "2026-03-29T12:00:00+02:00");
  EXPECT_EQ(spring.rolling[3].last - spring.rolling[3].first, 23 * 60);
  const Windows autumn("Europe/Berlin", "2026-10-25T12:00:00+01:00");
  EXPECT_EQ(autumn.rolling[3].last - autumn.rolling[3].first, 25 * 60);
}

TEST(Calendar, TheDayAroundASwitchIsWholeOnBothSides) {
  const Windows before("Europe/Berlin", "2026-03-28T12:00:00+01:00");
  const Windows after("Europe/Berlin", "2026-03-30T00:10:00+02:00");
  EXPECT_EQ(before.tasks[2], between("2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"));
  EXPECT_EQ(after.rolling[4], before.tasks[2]) << "tomorrow, and then yesterday, is the same 23 hours";
  EXPECT_EQ(before.rolling[5].last - before.rolling[5].first, (7 * 24 - 1) * 60);
  const Windows first("Europe/Berlin", "2026-10-25T02:30:00+02:00");
  const Windows again("Europe/Berlin", "2026-10-25T02:30:00+01:00");
  EXPECT_EQ(first.rolling[3], again.rolling[3]) << "the hour that comes twice is of one day";
  EXPECT_EQ(again.rolling[0].first - first.rolling[0].first, 60);
}

TEST(Calendar, ADayWithTwoMidnightsBeginsAtTheFirst) {  // in Havana the clocks go back from 01:00 to 00:00
  const Windows first("America/Havana", "2026-11-01T00:30:00-04:00");
  const Windows second("America/Havana", "2026-11-01T00:30:00-05:00");
  EXPECT_EQ(first.rolling[3], between("2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00"));
  EXPECT_EQ(second.rolling[3], first.rolling[3]);
}

// Some days of some years of zones with their ways: no gap, no overlap, and now is always today.
TEST(Calendar, DaysTileTheYearsInEveryZone) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto begin = at("2010-01-01T00:00:00+00:00");
  const auto years = at("2030-01-01T00:00:00+00:00") - begin;
  for (const std::string zone : {"Europe/Moscow", "Asia/Kamchatka", "Europe/Kaliningrad", "America/Sao_Paulo",
                                 "Europe/Berlin", "Asia/Kathmandu", "America/Havana", "Australia/Lord_Howe"}) {
    const Calendar calendar(zone);
    for (int i = 0; i < 2'000; ++i) {
      const auto now = begin + static_cast<UnixSeconds>(random()) % years;
      SCOPED_TRACE(zone + " at " + std::to_string(now));
      std::vector<Range> rolling(6);
      std::vector<Range> tasks(5);
      std::vector<Range> tomorrow(6);
      calendar.ranges(WindowSet::rolling, now, rolling);
      calendar.ranges(WindowSet::task_due, now, tasks);
      const Range today = rolling[3];
      ASSERT_TRUE(today.first <= minute_of(now) && minute_of(now) < today.last);
      ASSERT_TRUE(rolling[5].first <= today.first && today.last <= rolling[5].last);
      ASSERT_EQ(tasks[1].last, today.last);
      calendar.ranges(WindowSet::rolling, today.last * 60, tomorrow);
      ASSERT_EQ(tomorrow[3], tasks[2]);
      ASSERT_EQ(tomorrow[4], today);
      ASSERT_TRUE(rolling[0].last == minute_of(now) + 1 && rolling[0].last - rolling[0].first == 60);
    }
  }
}

TEST(Calendar, ADayWithoutMidnightBeginsWhenTheClocksJump) {
  const Windows jump("America/Sao_Paulo", "2018-11-04T12:00:00-02:00");
  EXPECT_EQ(jump.rolling[3], between("2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"));
  EXPECT_EQ(jump.rolling[4].last, jump.rolling[3].first);
  const Windows eve("America/Sao_Paulo", "2018-11-03T23:59:59-03:00");
  EXPECT_EQ(eve.tasks[2], jump.rolling[3]) << "tomorrow has 23 hours";
  EXPECT_EQ(eve.rolling[3].last, jump.rolling[3].first);
}

TEST(Calendar, DueWindowsAreDisjointAndCoverAllTime) {
  const Windows now("Europe/Moscow", "2026-09-14T12:00:30+03:00");
  EXPECT_EQ(now.tasks[0].last, now.tasks[1].first);
  EXPECT_EQ(now.tasks[1].last, now.tasks[2].first);
  EXPECT_EQ(now.tasks[2].last, now.tasks[3].first);
  EXPECT_EQ(now.tasks[4], (Range{kNoMinute, kNoMinute + 1}));
  EXPECT_EQ(now.tasks[0].first, kNoMinute + 1);
  EXPECT_EQ(now.meetings[1], now.tasks[2]);
}

TEST(Calendar, RefusesAZoneThatIsNotThere) { EXPECT_THROW(Calendar("Europe/Nowhere"), std::runtime_error); }

}  // namespace
}  // namespace kpistream
