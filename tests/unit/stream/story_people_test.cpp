// Stories of hands: when people are at work, and what they make by the hundred. See story.hpp.
#include "tests/unit/stream/story.hpp"

#include <gtest/gtest.h>

namespace kpistream::tests {
namespace {

PortalSettings with_active_time() {
  auto settings = without_leads();
  settings.active_time = true;
  settings.robots = {"99"};
  return settings;
}

TEST(Story, TimeAtWorkIsTheTimeBetweenActs) {  // K32
  check_story(R"(
    1 09:00 note a by=7 author=7                          | active:day@7=0 days:day@7=1 begin:day@7=32400 end:day@7=32400
    1 09:08 message b way=out by=7 author=7 deal=1        | active:day@7=480 days:day@7=1 end:day@7=32880
    1 09:18 call c call=talk seconds=60 by=7 way=out      | active:day@7=1080
    1 09:29 note d by=7 author=7                          | active:day@7=1080 end:day@7=34140
    1 09:31 note e by=9 author=9                          | active:day@7=1080 active:day@9=0 days:day=2
    1 09:32 note f by=99 author=99                        | active:day@7=1080 days:day=2
    1 09:33 message g way=in by=7 deal=1                  | active:day@7=1080
    1 09:34 deal 1 open by=9 created=1/09:34 maker=7      | active:day@7=1380
    1 09:36 deal 1 open by=9 stage=next mover=7           | active:day@7=1500
    1 09:36 quote 4 won by=9 mover=7                      | active:day@7=1500 end:day@7=34560)",
              with_active_time());
}

TEST(Story, ActsThatAreToldLateOrTakenBackMoveTheTimeAtWork) {  // K32
  check_story(R"(
    1 09:30 note c by=7 author=7                 | active:day@7=0 begin:day@7=34200
    1 09:15 note b by=7 author=7                 | active:day@7=0 begin:day@7=33300
    1 09:23 note d by=7 author=7                 | active:day@7=900
    1 09:10 note a by=7 author=7                 | active:day@7=1200 begin:day@7=33000 end:day@7=34200
    1 12:00 note d gone                          | active:day@7=300 days:day@7=1
    1 12:01 note a gone                          | active:day@7=0 begin:day@7=33300
    1 12:02 note d back                          | active:day@7=900
    1 12:03 note b by=9 author=9                 | active:day@7=420 active:day@9=0 days:day=2)",
              with_active_time());
}

TEST(Story, ADayAtWorkIsALocalDayAndItsHoursFallIntoTheirOwnWindows) {  // K32, T11
  check_story(R"(
    1 23:50 note a by=7 author=7                 | active:day@7=0
    1 23:58 note b by=7 author=7                 | active:day@7=480 active:1h@7=480
    2 00:01 note c by=7 author=7                 | active:day@7=0 active:day_prev@7=480 begin:day@7=60 days:week@7=2
    2 09:58 note d by=7 author=7                 |
    2 10:04 note e by=7 author=7                 | active:day@7=360
    2 10:59 note f by=7 author=7                 | active:1h@7=360 active:day@7=360
    2 12:30                                      | active:1h@7=0 active:day@7=360)",
              with_active_time());
}

TEST(Story, WhereTimeAtWorkIsNotMeasuredThereIsNone) {  // K32
  check_story(R"(
    1 09:00 note a by=7 author=7                 | acts:day=1 days:day=0
    1 09:05 note b by=7 author=7                 | acts:day=2 days:day=0 active:day=0)",
              without_leads());
}

PortalSettings small_bulk() {
  auto settings = with_leads();
  settings.bulk_per_minute = 3;
  return settings;
}

TEST(Story, WhatOneHandMakesByTheHundredIsAnImport) {  // K1, K5, T26
  check_story(R"(
    1 09:00 lead 1 open by=7 created=1/09:00 maker=5 repeat=yes    | leads:day=1 imported:day=0 acts:day=1
    1 09:00 lead 2 open by=7 created=1/09:00 maker=5               | leads:day=2
    1 09:00 lead 3 open by=7 created=1/09:00 maker=5               | leads:day=3 imported:day=0 waiting=3
    1 09:00 lead 4 open by=7 created=1/09:00 maker=8               | leads:day=4
    1 09:00 deal 5 open by=7 created=1/09:00 maker=5               | leads:day=4
    1 09:00 lead 6 open by=7 created=1/09:00 maker=5               | leads:day=1 imported:day=4 acts:day=2 acts:day@5=1
    1 09:01 lead 7 open by=7 created=1/09:01 maker=5               | leads:day=2 acts:day=3
    1 09:02 lead 6 gone                                            | leads:day=2 imported:day=3
    1 09:03 lead 6 back                                            | leads:day=2 imported:day=4
    2 09:03 lead 1 open by=9                                       | leads:day_prev=2 imported:day_prev=4)",
              small_bulk());
}

TEST(Story, AnImportIsOneInWhateverOrderItIsTold) {  // T26
  check_story(R"(
    1 12:00 lead 4 open by=7 created=1/09:00 maker=5               | leads:day=1
    1 12:00 lead 3 open by=7                                       | leads:day=1
    1 12:01 lead 2 open by=7 created=1/09:00                       | leads:day=2
    1 12:02 lead 1 open by=7 created=1/09:00 maker=5               | leads:day=3
    1 12:03 lead 3 open by=7 created=1/09:00 maker=5               | leads:day=4
    1 12:04 lead 2 open by=7 created=1/09:00 maker=5               | leads:day=0 imported:day=4
    1 12:05 lead 3 open by=7 created=1/08:00                       | leads:day=4 imported:day=0)",
              small_bulk());
}

}  // namespace
}  // namespace kpistream::tests
