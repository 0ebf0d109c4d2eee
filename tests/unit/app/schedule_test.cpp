// When a portal's people work, and who they are.
#include "app/days.hpp"
#include "config_fixture.hpp"
#include "stream/kpi/calendar.hpp"

namespace kpistream::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

using ScheduleFile = ConfigFile;

std::int64_t day(std::string_view text) {
  std::int64_t day = 0;
  EXPECT_EQ(read_day(text, day), "");
  return day;
}

TEST_F(ScheduleFile, HasHoursByDayOfTheWeekAndNoneOnDaysThatAreNotNamed) {
  const auto work = settings("work: {hours: {mon-thu: '09:00-18:00', fri: 09:00-16:45, sat: off}}").work;
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(work.week[i], (WorkHours{540, 1080}));
  EXPECT_EQ(work.week[4], (WorkHours{540, 1005}));
  EXPECT_EQ(work.week[5], WorkHours{});
  EXPECT_EQ(work.week[6], WorkHours{});
  EXPECT_EQ(settings("work: {hours: {mon-sun: 00:00-24:00}}").work.week[6], (WorkHours{0, 1440}));
  EXPECT_EQ(settings("work: {holidays: []}").work, WorkSchedule{});
}

TEST_F(ScheduleFile, HasHolidaysOneByOneAndInSpansAndDaysWorkedLikeOthers) {
  const auto s = settings(
      "work: {holidays: [2026-12-31/2027-01-02, 2026-11-04], transferred: {2026-11-07: mon, 2026-12-26: fri}}");
  EXPECT_THAT(s.work.holidays, ElementsAre(day("2026-11-04"), day("2026-12-31"), day("2027-01-01"), day("2027-01-02")));
  EXPECT_THAT(s.work.transferred, ElementsAre(Pair(day("2026-11-07"), 0), Pair(day("2026-12-26"), 4)));
  const Calendar calendar(s);
  EXPECT_TRUE(calendar.working_day(day("2026-11-07")));  // a Saturday
  EXPECT_FALSE(calendar.working_day(day("2027-01-01")));
}

TEST_F(ScheduleFile, KnowsTeamsNewcomersAndAbsences) {
  const auto s = settings(R"(managers:
  "7": {team: sales, since: 2026-09-01, absent: [2026-10-01, 2026-07-01/2026-07-14]}
  9: {team: sales}
)");
  ASSERT_EQ(s.managers.size(), 2u);
  const auto& seven = s.managers.at("7");
  EXPECT_EQ(seven.team, "sales");
  EXPECT_EQ(seven.since_day, day("2026-09-01"));
  EXPECT_THAT(seven.absences, ElementsAre(DayRange{day("2026-07-01"), day("2026-07-14")},
                                          DayRange{day("2026-10-01"), day("2026-10-01")}));
  EXPECT_EQ(s.managers.at("9"), (ManagerSettings{"sales", 0, {}}));
}

TEST_F(ScheduleFile, RefusesHoursThatAreNoneOverlapOrRunBackwards) {
  EXPECT_THAT(
      wrong("work: {hours: {mon-wed: 9-18, wed: 09:00-18:00, thu: 18:00-09:00, fri: 09:00-24:01, sun-mon: off,"
            " saturday: off, sat: }}"),
      ElementsAre(HasSubstr("5:29: portals.acme.work.hours.mon-wed: '9-18' are no hours; write for example "
                            "09:00-18:00, or off"),
                  HasSubstr("5:35: portals.acme.work.hours.wed: overlaps 'mon-wed'"),
                  HasSubstr("5:58: portals.acme.work.hours.thu: 18:00-09:00 runs backwards"),
                  HasSubstr("5:76: portals.acme.work.hours.fri: '09:00-24:01' are no hours"),
                  HasSubstr("5:89: portals.acme.work.hours.sun-mon: sun-mon runs backwards; the week begins with "
                            "mon"),
                  HasSubstr("5:103: portals.acme.work.hours.saturday: 'saturday' is none of: mon, tue"),
                  HasSubstr("5:118: portals.acme.work.hours.sat: has no hours")));
  EXPECT_THAT(wrong("work: {hours: {mon-sun: off}}"),
              ElementsAre(HasSubstr("5:19: portals.acme.work.hours: nobody ever works")));
}

TEST_F(ScheduleFile, RefusesDaysThatAreNone) {
  EXPECT_THAT(
      wrong("work: {holidays: [2026-02-29, 4.11.2026, 2026-11-4, 1026-11-04, 2027-01-08/2026-12-31, "
            "2026-01-01/2027-01-08]}"),
      ElementsAre(
          HasSubstr("5:23: portals.acme.work.holidays[0]: the calendar has no 2026-02-29"),
          HasSubstr("5:35: portals.acme.work.holidays[1]: '4.11.2026' is not a day; write for example 2026-11-04"),
          HasSubstr("5:46: portals.acme.work.holidays[2]: '2026-11-4' is not a day"),
          HasSubstr("5:57: portals.acme.work.holidays[3]: the year of 1026-11-04 must be from 2000 to 2199"),
          HasSubstr("5:69: portals.acme.work.holidays[4]: 2027-01-08/2026-12-31 runs backwards"),
          HasSubstr("5:22: portals.acme.work.holidays: 2026-01-01/2027-01-08 is longer than 100 days")));
}

TEST_F(ScheduleFile, RefusesDaysNamedTwice) {
  EXPECT_THAT(wrong("work: {holidays: [2026-11-02/2026-11-05, 2026-11-04]}"),
              ElementsAre(HasSubstr("5:46: portals.acme.work.holidays[1]: 2026-11-04 overlaps 2026-11-02/2026-11-05")));
  EXPECT_THAT(wrong("work: {holidays: [2026-11-04], transferred: {2026-11-04: mon}}"),
              ElementsAre(HasSubstr("5:50: portals.acme.work.transferred.2026-11-04: is one of `holidays` too")));
  EXPECT_THAT(wrong("work: {transferred: {2026-11-32: mon, 2026-11-07: monday, 2026-11-08: }}"),
              ElementsAre(HasSubstr("5:26: portals.acme.work.transferred.2026-11-32: the calendar has no"),
                          HasSubstr("5:55: portals.acme.work.transferred.2026-11-07: 'monday' is none of: mon"),
                          HasSubstr("5:63: portals.acme.work.transferred.2026-11-08: like which day is it worked?")));
}

TEST_F(ScheduleFile, RefusesManagersTwiceOrWithNothingOrThatAreNone) {
  EXPECT_THAT(
      wrong("managers:\n  '7': {team: a}\n  7: {team: b}\n  queue: {team: a}\n  '8':\n  '9': {taem: a, team: ''}\n"
            "  '10': {since: 2026-13-01, absent: [2026-07-14/2026-07-01]}"),
      testing::UnorderedElementsAre(
          HasSubstr("7:7: portals.acme.managers.7: this key stands here twice; remove one"),
          HasSubstr("8:7: portals.acme.managers.queue: 'queue' is no id of a manager"),
          HasSubstr("9:7: portals.acme.managers.8: says nothing; give team, since or absent"),
          HasSubstr("10:13: portals.acme.managers.9.taem: unknown key; did you mean 'team'?"),
          HasSubstr("10:28: portals.acme.managers.9.team: must have from 1 to 64 bytes"),
          HasSubstr("11:21: portals.acme.managers.10.since: the calendar has no 2026-13-01"),
          HasSubstr("11:42: portals.acme.managers.10.absent[0]: 2026-07-14/2026-07-01 runs backwards")));
}

}  // namespace
}  // namespace kpistream::app
