#include "stream/periods/schedule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/unit/stream/support.hpp"

namespace kpistream::periods {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::at;

Calendar calendar_in(const std::string& zone) {
  PortalSettings settings;
  settings.zone = zone;
  return Calendar(settings);
}

// The first `count` dues after a moment, as what the UTC clock shows.
std::vector<std::string> dues(const std::string& zone, const std::string& schedule, const std::string& after,
                              int count) {
  const Calendar calendar = calendar_in(zone);
  const Calendar utc = calendar_in("UTC");
  const Schedule when(schedule);
  std::vector<std::string> all;
  UnixSeconds due = at(after);
  for (int i = 0; i < count; ++i) {
    due = when.next_due(calendar, due);
    const int minute = utc.minute_of_day(due);
    char clock[32];
    std::snprintf(clock, sizeof clock, " %02d:%02d", minute / 60, minute % 60);
    all.push_back(Calendar::text(utc.day_of(due)) + clock);
  }
  return all;
}

std::string mistake(const std::string& schedule) {
  try {
    const Schedule taken(schedule);
    return "none";
  } catch (const ScheduleError& error) {
    return error.what();
  }
}

TEST(Schedule, TheWordsInMoscow) {
  const std::string noon = "2026-09-15T12:00:00+03:00";  // a Tuesday
  EXPECT_THAT(dues("Europe/Moscow", "10m", noon, 2), ElementsAre("2026-09-15 09:10", "2026-09-15 09:20"));
  EXPECT_THAT(dues("Europe/Moscow", "hourly", noon, 2), ElementsAre("2026-09-15 10:00", "2026-09-15 11:00"));
  EXPECT_THAT(dues("Europe/Moscow", "daily", noon, 2), ElementsAre("2026-09-16 06:00", "2026-09-17 06:00"));
  EXPECT_THAT(dues("Europe/Moscow", "weekly", noon, 2), ElementsAre("2026-09-21 06:00", "2026-09-28 06:00"));
  EXPECT_THAT(dues("Europe/Moscow", "monthly", noon, 2), ElementsAre("2026-10-01 06:00", "2026-11-01 06:00"));
  EXPECT_THAT(dues("Europe/Moscow", "quarterly", noon, 2), ElementsAre("2026-10-01 06:00", "2027-01-01 06:00"));
}

TEST(Schedule, ListsRangesStepsAndNames) {
  const std::string friday = "2026-09-18T18:00:00+03:00";
  EXPECT_THAT(dues("Europe/Moscow", "30 9,18 * * mon-fri", friday, 3),
              ElementsAre("2026-09-18 15:30", "2026-09-21 06:30", "2026-09-21 15:30"));
  EXPECT_THAT(dues("Europe/Moscow", "5-59/25 */12 * * *", friday, 4),
              ElementsAre("2026-09-18 21:05", "2026-09-18 21:30", "2026-09-18 21:55", "2026-09-19 09:05"));
  EXPECT_THAT(dues("Europe/Moscow", "0 9 29 feb *", friday, 2), ElementsAre("2028-02-29 06:00", "2032-02-29 06:00"));
  const std::vector<std::string> sunday{"2026-09-20 06:00"};
  for (const auto* text : {"0 9 * * 0", "0 9 * * 7", "0 9 * * sun"}) {
    EXPECT_EQ(dues("Europe/Moscow", text, friday, 1), sunday) << text;
  }
  EXPECT_THAT(dues("Europe/Moscow", "0 9 * * sat-sun", friday, 3),
              ElementsAre("2026-09-19 06:00", "2026-09-20 06:00", "2026-09-26 06:00"));
  EXPECT_THAT(dues("Europe/Moscow", "0 9 * * 0-2", friday, 4),
              ElementsAre("2026-09-20 06:00", "2026-09-21 06:00", "2026-09-22 06:00", "2026-09-27 06:00"));
}

TEST(Schedule, EitherDayIsEnoughWhereBothAreRestricted) {
  EXPECT_THAT(dues("Europe/Moscow", "0 9 20 * mon", "2026-09-18T18:00:00+03:00", 3),
              ElementsAre("2026-09-20 06:00", "2026-09-21 06:00", "2026-09-28 06:00"));
}

TEST(Schedule, InBerlinATimeThatIsSkippedHappensAtTheJump) {
  EXPECT_THAT(dues("Europe/Berlin", "30 2 * * *", "2026-03-28T12:00:00+01:00", 2),
              ElementsAre("2026-03-29 01:00", "2026-03-30 00:30"));
  EXPECT_THAT(dues("Europe/Berlin", "0,15,30 2,3 * * *", "2026-03-28T12:00:00+01:00", 3),
              ElementsAre("2026-03-29 01:00", "2026-03-29 01:15", "2026-03-29 01:30"))
      << "several at the jump are one";
  EXPECT_THAT(dues("Europe/Berlin", "*/30 * * * *", "2026-03-29T01:10:00+01:00", 3),
              ElementsAre("2026-03-29 00:30", "2026-03-29 01:00", "2026-03-29 01:30"));
}

TEST(Schedule, InBerlinATimeThatComesTwiceHappensOnce) {
  EXPECT_THAT(dues("Europe/Berlin", "30 2 * * *", "2026-10-24T12:00:00+02:00", 2),
              ElementsAre("2026-10-25 00:30", "2026-10-26 01:30"));
  EXPECT_THAT(
      dues("Europe/Berlin", "0,30 1,2,3 * * *", "2026-10-25T01:10:00+02:00", 5),
      ElementsAre("2026-10-24 23:30", "2026-10-25 00:00", "2026-10-25 00:30", "2026-10-25 02:00", "2026-10-25 02:30"));
}

TEST(Schedule, OfEveryHourHappensInTheHourThatComesTwice) {
  EXPECT_THAT(dues("Europe/Berlin", "hourly", "2026-10-25T01:10:00+02:00", 4),
              ElementsAre("2026-10-25 00:00", "2026-10-25 01:00", "2026-10-25 02:00", "2026-10-25 03:00"));
}

TEST(Schedule, InSaoPauloMidnightItselfMayBeSkippedOrComeTwice) {
  EXPECT_THAT(dues("America/Sao_Paulo", "0 0 * * *", "2018-11-03T12:00:00-03:00", 2),
              ElementsAre("2018-11-04 03:00", "2018-11-05 02:00"));
  EXPECT_THAT(dues("America/Sao_Paulo", "30 23 * * *", "2018-02-17T12:00:00-02:00", 2),
              ElementsAre("2018-02-18 01:30", "2018-02-19 02:30"));
}

// A due is the next one of every moment since the last one, and the last one of every moment until the next.
TEST(Schedule, NextAndLastAgreeEverywhere) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (const auto* zone : {"Europe/Moscow", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"}) {
    const Calendar calendar = calendar_in(zone);
    for (const auto* text : {"10m", "hourly", "daily", "weekly", "quarterly", "*/7 0-3 * * *", "30 2 * * sun"}) {
      const Schedule schedule(text);
      for (int i = 0; i < 60; ++i) {
        const UnixSeconds now = at("2010-01-01T00:00:00+00:00") + static_cast<UnixSeconds>(random() % 630'000'000);
        SCOPED_TRACE(std::string(zone) + " " + text + " at " + std::to_string(now));
        const UnixSeconds last = schedule.last_due(calendar, now);
        const UnixSeconds next = schedule.next_due(calendar, now);
        ASSERT_LE(last, now);
        ASSERT_GT(next, now);
        ASSERT_EQ(schedule.next_due(calendar, last), next);
        ASSERT_EQ(schedule.last_due(calendar, next - 1), last);
        ASSERT_EQ(schedule.last_due(calendar, next), next);
      }
    }
  }
}

TEST(Schedule, TellsWhatIsWrong) {
  EXPECT_THAT(mistake("sometimes"), HasSubstr("neither 10m, hourly"));
  EXPECT_THAT(mistake(""), HasSubstr("nor five fields"));
  EXPECT_THAT(mistake("0 9 * *"), HasSubstr("nor five fields"));
  EXPECT_EQ(mistake("0 25 * * *"), "schedule '0 25 * * *': hour: '25' is not in 0..23");
  EXPECT_THAT(mistake("0 9 0 * *"), HasSubstr("day of month: '0' is not in 1..31"));
  EXPECT_THAT(mistake("0 9 * * monday"), HasSubstr("weekday: 'monday' is not a number or a name"));
  EXPECT_THAT(mistake("0,,5 9 * * *"), HasSubstr("minute: '' is not a number"));
  EXPECT_THAT(mistake("0 18-9 * * *"), HasSubstr("hour: '18-9' runs backwards"));
  EXPECT_THAT(mistake("*/0 * * * *"), HasSubstr("a step is at least 1"));
  EXPECT_THAT(mistake("5/10 * * * *"), HasSubstr("a step needs a range or *"));
  EXPECT_THAT(mistake("99999999999 9 * * *"), HasSubstr("is not a number"));
  EXPECT_THAT(mistake("0 9 31 feb,apr *"), HasSubstr("never happens"));
  EXPECT_EQ(mistake("0 9 31 feb mon"), "none") << "Mondays in February";
}

TEST(Schedule, ThePeriodThatItsReaderWants) {
  const auto usual = [](const char* text) { return std::string(period_name(Schedule(text).usual_period())); };
  EXPECT_EQ(usual("10m"), "10m");
  EXPECT_EQ(usual("hourly"), "hour");
  EXPECT_EQ(usual("0 */2 * * *"), "hour");
  EXPECT_EQ(usual("daily"), "day");
  EXPECT_EQ(usual("0 9,18 * * mon-fri"), "day");
  EXPECT_EQ(usual("0 9 1,15 * *"), "day");
  EXPECT_EQ(usual("weekly"), "week");
  EXPECT_EQ(usual("0 8 * * sun"), "week");
  EXPECT_EQ(usual("monthly"), "month");
  EXPECT_EQ(usual("quarterly"), "quarter");
}

TEST(Period, IsTheLastOneThatIsOver) {
  const auto range = [](Period period, const std::string& now) {
    return closed_period(period, calendar_in("Europe/Moscow"), at(now));
  };
  const auto between = [](const std::string& from, const std::string& to) {
    return Range{minute_of(at(from + "+03:00")), minute_of(at(to + "+03:00"))};
  };
  const std::string monday = "2026-09-14T09:05:30+03:00";
  EXPECT_EQ(range(Period::ten_minutes, monday), between("2026-09-14T08:50:00", "2026-09-14T09:00:00"));
  EXPECT_EQ(range(Period::hour, monday), between("2026-09-14T08:00:00", "2026-09-14T09:00:00"));
  EXPECT_EQ(range(Period::day, monday), between("2026-09-13T00:00:00", "2026-09-14T00:00:00"));
  EXPECT_EQ(range(Period::day, "2026-09-14T00:00:00+03:00"), range(Period::day, monday));
  EXPECT_EQ(range(Period::week, monday), between("2026-09-07T00:00:00", "2026-09-14T00:00:00"));
  EXPECT_EQ(range(Period::month, monday), between("2026-08-01T00:00:00", "2026-09-01T00:00:00"));
  EXPECT_EQ(range(Period::quarter, monday), between("2026-04-01T00:00:00", "2026-07-01T00:00:00"));
  for (std::size_t i = 0; i <= static_cast<std::size_t>(kLastPeriod); ++i) {
    const auto period = static_cast<Period>(i);
    EXPECT_EQ(period_of(period_name(period)), period);
  }
  EXPECT_FALSE(period_of("year"));
}

// What a schedule of every hour covers: no gap, no overlap, through both changes of the clocks.
TEST(Period, HoursAndTenMinutesTileTheDaysTheClocksChange) {
  const Calendar calendar = calendar_in("Europe/Berlin");
  for (const auto* day : {"2026-03-28T22:00:00+01:00", "2026-10-24T22:00:00+02:00"}) {
    for (const auto& [text, period] : {std::pair{"10m", Period::ten_minutes}, std::pair{"hourly", Period::hour}}) {
      const Schedule schedule(text);
      UnixSeconds due = schedule.next_due(calendar, at(day));
      Range before = closed_period(period, calendar, due);
      while (due < at(day) + 30 * 3'600) {
        due = schedule.next_due(calendar, due);
        const Range range = closed_period(period, calendar, due);
        ASSERT_EQ(range.first, before.last) << text << " at " << due;
        ASSERT_EQ(range.last, minute_of(due));
        before = range;
      }
    }
  }
}

}  // namespace
}  // namespace kpistream::periods
