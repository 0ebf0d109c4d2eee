#include "stream/kpi/calendar.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

using tests::at;

struct Windows {
  std::vector<Range> rolling = std::vector<Range>(15);
  std::vector<Range> tasks = std::vector<Range>(5);
  std::vector<Range> meetings = std::vector<Range>(2);
  Windows(const std::string& zone, const std::string& now) {
    PortalSettings settings;
    settings.zone = zone;
    const Calendar calendar(settings);
    calendar.ranges(WindowSet::periods, at(now), rolling);
    calendar.ranges(WindowSet::task_due, at(now), tasks);
    calendar.ranges(WindowSet::meeting_due, at(now), meetings);
  }
};

Range between(const std::string& from, const std::string& to) { return {minute_of(at(from)), minute_of(at(to))}; }

TEST(Calendar, DaysBeginAtThePortalsMidnight) {
  const Windows moscow("Europe/Moscow", "2026-09-14T00:30:00+03:00");
  EXPECT_EQ(moscow.rolling[5], between("2026-09-14T00:00:00+03:00", "2026-09-15T00:00:00+03:00"));
  EXPECT_EQ(moscow.rolling[9], between("2026-09-13T00:00:00+03:00", "2026-09-14T00:00:00+03:00"));
  const Windows kamchatka("Asia/Kamchatka", "2026-09-14T00:30:00+03:00");
  EXPECT_EQ(kamchatka.rolling[5], between("2026-09-14T00:00:00+12:00", "2026-09-15T00:00:00+12:00"));
  const Windows kaliningrad("Europe/Kaliningrad", "2026-09-14T00:30:00+03:00");
  EXPECT_EQ(kaliningrad.rolling[5], between("2026-09-13T00:00:00+02:00", "2026-09-14T00:00:00+02:00"));
}

TEST(Calendar, WeeksBeginOnMonday) {
  const Windows sunday("Europe/Moscow", "2026-09-20T23:59:59+03:00");
  EXPECT_EQ(sunday.rolling[6], between("2026-09-14T00:00:00+03:00", "2026-09-21T00:00:00+03:00"));
  const Windows monday("Europe/Moscow", "2026-09-21T00:00:00+03:00");
  EXPECT_EQ(monday.rolling[6], between("2026-09-21T00:00:00+03:00", "2026-09-28T00:00:00+03:00"));
}

TEST(Calendar, RollingWindowsEndWithThisMinute) {
  const Windows now("Europe/Moscow", "2026-09-14T12:00:59+03:00");
  EXPECT_EQ(now.rolling[1], between("2026-09-14T11:01:00+03:00", "2026-09-14T12:01:00+03:00"));
  EXPECT_EQ(now.rolling[3].last - now.rolling[3].first, 7 * 24 * 60);
}

// Where the working time of the week before ends just in front of a holiday the point jumps; it must not do so within
// a minute.
TEST(Calendar, TheSamePointOfTheWeekBeforeIsOneDuringAMinute) {
  PortalSettings settings;
  settings.work.week.fill({0, 1'440});
  settings.work.holidays = {Calendar(settings).day_of(at("2026-09-10T12:00:00+03:00"))};
  const Calendar calendar(settings);
  for (const std::string second : {"00", "01", "59"}) {
    std::vector<Range> ranges(15);
    calendar.ranges(WindowSet::periods, at("2026-09-17T00:00:" + second + "+03:00"), ranges);
    EXPECT_EQ(ranges[13], between("2026-09-07T00:00:00+03:00", "2026-09-11T00:01:00+03:00")) << second;
  }
}

TEST(Calendar, DaysOfDaylightSavingHave23And25Hours) {
  const Windows spring("Europe/Berlin", "2026-03-29T12:00:00+02:00");
  EXPECT_EQ(spring.rolling[5].last - spring.rolling[5].first, 23 * 60);
  const Windows autumn("Europe/Berlin", "2026-10-25T12:00:00+01:00");
  EXPECT_EQ(autumn.rolling[5].last - autumn.rolling[5].first, 25 * 60);
}

TEST(Calendar, TheDayAroundASwitchIsWholeOnBothSides) {
  const Windows before("Europe/Berlin", "2026-03-28T12:00:00+01:00");
  const Windows after("Europe/Berlin", "2026-03-30T00:10:00+02:00");
  EXPECT_EQ(before.tasks[2], between("2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"));
  EXPECT_EQ(after.rolling[9], before.tasks[2]) << "tomorrow, and then yesterday, is the same 23 hours";
  EXPECT_EQ(before.rolling[6].last - before.rolling[6].first, (7 * 24 - 1) * 60);
  const Windows first("Europe/Berlin", "2026-10-25T02:30:00+02:00");
  const Windows again("Europe/Berlin", "2026-10-25T02:30:00+01:00");
  EXPECT_EQ(first.rolling[5], again.rolling[5]) << "the hour that comes twice is of one day";
  EXPECT_EQ(again.rolling[1].first - first.rolling[1].first, 60);
}

TEST(Calendar, ADayWithTwoMidnightsBeginsAtTheFirst) {  // in Havana the clocks go back from 01:00 to 00:00
  const Windows first("America/Havana", "2026-11-01T00:30:00-04:00");
  const Windows second("America/Havana", "2026-11-01T00:30:00-05:00");
  EXPECT_EQ(first.rolling[5], between("2026-11-01T00:00:00-04:00", "2026-11-02T00:00:00-05:00"));
  EXPECT_EQ(second.rolling[5], first.rolling[5]);
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
    PortalSettings settings;
    settings.zone = zone;
    const Calendar calendar(settings);
    for (int i = 0; i < 2'000; ++i) {
      const auto now = begin + static_cast<UnixSeconds>(random()) % years;
      SCOPED_TRACE(zone + " at " + std::to_string(now));
      std::vector<Range> rolling(15);
      std::vector<Range> tasks(5);
      std::vector<Range> tomorrow(15);
      calendar.ranges(WindowSet::periods, now, rolling);
      calendar.ranges(WindowSet::task_due, now, tasks);
      const Range today = rolling[5];
      ASSERT_TRUE(today.first <= minute_of(now) && minute_of(now) < today.last);
      ASSERT_TRUE(rolling[6].first <= today.first && today.last <= rolling[6].last);
      ASSERT_EQ(tasks[1].last, today.last);
      calendar.ranges(WindowSet::periods, today.last * 60, tomorrow);
      ASSERT_EQ(tomorrow[5], tasks[2]);
      ASSERT_EQ(tomorrow[9], today);
      ASSERT_TRUE(rolling[1].last == minute_of(now) + 1 && rolling[1].last - rolling[1].first == 60);
    }
  }
}

TEST(Calendar, ADayWithoutMidnightBeginsWhenTheClocksJump) {
  const Windows jump("America/Sao_Paulo", "2018-11-04T12:00:00-02:00");
  EXPECT_EQ(jump.rolling[5], between("2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"));
  EXPECT_EQ(jump.rolling[9].last, jump.rolling[5].first);
  const Windows eve("America/Sao_Paulo", "2018-11-03T23:59:59-03:00");
  EXPECT_EQ(eve.tasks[2], jump.rolling[5]) << "tomorrow has 23 hours";
  EXPECT_EQ(eve.rolling[5].last, jump.rolling[5].first);
}

TEST(Calendar, ALocalTimeIsAMomentAlsoWhereTheClocksChange) {
  PortalSettings settings;
  settings.zone = "Europe/Berlin";
  const Calendar calendar(settings);
  const Day spring = calendar.day_of(at("2026-03-29T12:00:00+02:00"));
  EXPECT_EQ(calendar.moment(spring, 9 * 60), at("2026-03-29T09:00:00+02:00"));
  EXPECT_EQ(calendar.moment(spring, 2 * 60 + 30), at("2026-03-29T03:00:00+02:00")) << "02:30 does not exist";
  const Day autumn = calendar.day_of(at("2026-10-25T12:00:00+01:00"));
  EXPECT_EQ(calendar.moment(autumn, 2 * 60 + 30), at("2026-10-25T02:30:00+02:00")) << "02:30 comes twice";
  EXPECT_EQ(calendar.minute_of_day(at("2026-10-25T02:30:59+02:00")), 150);
  EXPECT_EQ(calendar.minute_of_day(at("2026-10-25T02:30:00+01:00")), 150);
  EXPECT_EQ(calendar.minute_of_day(at("1969-12-31T23:59:00+01:00")), 1439);
  EXPECT_EQ(Calendar::month_number(autumn), 10);
  EXPECT_EQ(Calendar::day_of_month(autumn), 25);
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

TEST(Calendar, RefusesAZoneThatIsNotThere) {
  PortalSettings settings;
  settings.zone = "Europe/Nowhere";
  EXPECT_THROW(Calendar{settings}, std::runtime_error);
}

TEST(Calendar, CohortsAreWholeWeeksAndMonthsNamedByTheirDates) {
  PortalSettings settings;
  settings.zone = "Europe/Berlin";
  const Calendar calendar(settings);
  const auto now = at("2026-11-01T00:30:00+01:00");  // a Sunday; the clocks went back a week before
  std::vector<Range> weeks(kCohorts);
  std::vector<Range> months(kCohorts);
  calendar.ranges(WindowSet::cohort_weeks, now, weeks);
  calendar.ranges(WindowSet::cohort_months, now, months);
  const auto names = calendar.label_values(WindowSet::cohort_weeks, now);
  EXPECT_EQ(names.front(), "2026-10-26");
  EXPECT_EQ(names.at(1), "2026-10-19");
  EXPECT_EQ(weeks[0].last - weeks[0].first, 7 * 24 * 60);
  EXPECT_EQ(weeks[1].last - weeks[1].first, 7 * 24 * 60 + 60) << "a day of 25 hours";
  const auto named = calendar.label_values(WindowSet::cohort_months, now);
  EXPECT_EQ(named.front(), "2026-11");
  EXPECT_EQ(named.back(), "2025-12");
  for (std::size_t i = 0; i + 1 < weeks.size(); ++i) {
    EXPECT_EQ(weeks[i].first, weeks[i + 1].last);
    EXPECT_EQ(months[i].first, months[i + 1].last);
  }
  EXPECT_EQ(calendar.label_values(WindowSet::meeting_due, now), (std::vector<std::string>{"today", "tomorrow"}));
}

}  // namespace
}  // namespace kpistream
