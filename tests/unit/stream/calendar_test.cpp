#include "stream/kpi/calendar.hpp"

#include <date/date.h>
#include <gtest/gtest.h>

#include <sstream>

namespace kpistream {
namespace {

UnixSeconds at(const std::string& text) {
  std::istringstream in(text);
  date::sys_seconds time;
  in >> date::parse("%FT%T%Ez", time);
  EXPECT_FALSE(in.fail()) << text;
  return time.time_since_epoch().count();
}

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

TEST(Calendar, ADayWithoutMidnightBeginsWhenTheClocksJump) {
  const Windows jump("America/Sao_Paulo", "2018-11-04T12:00:00-02:00");
  EXPECT_EQ(jump.rolling[3], between("2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"));
  EXPECT_EQ(jump.rolling[4].last, jump.rolling[3].first);
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
