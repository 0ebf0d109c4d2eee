// Stories of measures: medians, cohorts, votes, working hours, sources. See story.hpp.
#include "tests/unit/stream/story.hpp"

#include <gtest/gtest.h>

namespace kpistream::tests {
namespace {

TEST(Story, TheMedianOfSalesIsNotTheirMean) {  // K7, T6
  check_story(R"(
    1 10:00 deal 1 won by=7 for=5 created=1/09:00              | median:day=5 revenue:day=5
    1 10:01 deal 2 won by=7 for=15 created=1/09:00             | median:day=5
    1 10:02 deal 3 won by=7 for=1024 created=1/09:00           | median:day=15 revenue:day=1044
    1 10:03 deal 4 won by=7 for=9 currency=EUR created=1/09:00 | median:day=15 won:day=4
    1 10:04 deal 2 open by=7 for=15                            | median:day=5
    2 10:00 deal 3 won by=7 for=4                              | median:day_prev=4 median:day=-1)",
              without_leads());
}

TEST(Story, ACohortIsCountedWhereItBegan) {  // K4, K13
  check_story(R"(
    1 09:00 lead 1 open by=7 created=1/09:00                      | leads:week=1 won_so_far:week=0
    1 10:00 lead 2 open by=7 created=1/10:00                      | leads:week=2
    8 10:00 deal 5 won by=7 created=8/09:00 from=1                | won_so_far:week_prev=1 won_so_far:week=0 inquiries_won:week=1
    9 10:00 lead 2 lost by=7                                      | lost_so_far:week_prev=1 inquiries_lost:week=1
    9 11:00 deal 5 open by=7 from=1                               | won_so_far:week_prev=0 inquiries_won:week=0)",
              with_leads());
}

TEST(Story, EveryWeekHasItsCohortAndEveryMonthItsClients) {  // K4, K13, K16
  check_story(R"(
    1 09:00 lead 1 open by=7 created=1/09:00                        | cohort:0=1 cohort_won:0=0
    7 23:59 lead 2 open by=7 created=7/23:59                        | cohort:0=2
    8 00:00                                                         | cohort:0=0 cohort:1=2
    8 10:00 deal 5 won by=7 for=100 created=8/09:00 from=1 client=company:1 | cohort_won:1=1 cohort_won:0=0 cohort_revenue:0=100
    18 10:00 deal 6 won by=7 for=50 created=18/09:00 client=company:1       | cohort_revenue:0=0 cohort_revenue:1=150 cohort:2=2
    77 23:59                                                        | cohort:10=2 cohort_won:10=1
    78 00:00                                                        | cohort:11=2 cohort_won:11=1
    85 00:00                                                        | cohort:11=0 cohort_won:11=0
    85 10:00 deal 5 open by=7 for=100 from=1 client=company:1       | cohort_revenue:2=50 cohort_sales:2=1 cohort_sales:3=0)",
              with_leads());
}

TEST(Story, CallsOfWorkingHoursStandApart) {  // K10
  check_story(R"(
    1 08:59 call a call=missed way=in                  | calls:day=1 in_hours:day=0 missed_in_hours:day=0
    1 09:00 call b call=missed way=in                  | calls:day=2 in_hours:day=1 missed_in_hours:day=1
    1 17:59 call c call=talk seconds=60 by=7 way=in    | calls:day=3 in_hours:day=2 missed_in_hours:day=1
    1 18:00 call d call=missed way=in                  | calls:day=4 in_hours:day=2 missed_in_hours:day=1
    6 12:00 call e call=missed way=in                  | calls:day=1 in_hours:day=0 in_hours:week=2)",
              with_leads());
}

TEST(Story, VotesOfClientsAreCountedByTheirNumber) {  // K14
  check_story(R"(
    1 10:00 call a call=talk seconds=60 by=7 way=in           | votes:day=0
    1 10:05 call a call=talk seconds=60 by=7 way=in vote=2    | votes:day=1 bad_votes:day@7=1
    1 10:06 call b call=talk seconds=60 by=9 way=in vote=3    | votes:day=2 bad_votes:day=1
    1 10:07 call a call=talk seconds=60 by=7 way=in vote=5    | votes:day=2 bad_votes:day=0)",
              with_leads());
}

TEST(Story, AnInquiryIsProcessedWhenItLeavesTheIntake) {  // K15
  auto settings = with_leads();
  settings.qualified_stages = {"good"};
  check_story(R"(
    1 09:00 lead 1 open by=7 created=1/09:00              | processed:day=0
    1 09:10 lead 1 open by=7 stage=good                   | processed:day=1 processing:day=600
    1 10:00 lead 1 won  by=7                              | processed:day=1 processing:day=600
    1 10:00 lead 2 open by=9 created=1/10:00              |
    1 11:00 lead 2 lost by=9                              | processed:day=2 processed:day@9=1 processing:day=4200
    1 12:00 lead 2 gone                                   | processed:day=1)",
              settings);
}

TEST(Story, SourcesAreKeptApart) {  // K33
  check_story(R"(
    1 09:00 lead 1 open by=7 created=1/09:00 source=WEB      | leads:day=1 leads:day#WEB=1 leads:day#CALL=0
    1 09:05 lead 2 open by=7 created=1/09:05 source=CALL     | leads:day=2 leads:day#CALL=1
    1 09:06 lead 3 open by=7 created=1/09:06                 | leads:day=3 leads:day#none=1
    1 09:07 lead 1 gone                                      | leads:day=2 leads:day#WEB=0)",
              with_leads());
}

TEST(Story, WhatIsMergedCountsOnce) {  // T25
  check_story(R"(
    2 10:00 lead 1 open by=7 created=2/10:00     | leads:day=1
    2 11:00 lead 2 open by=7 created=1/11:00     | leads:day=1 leads:day_prev=1
    2 12:00 lead 2 gone                          | leads:day=1 leads:day_prev=0
    2 12:01 lead 1 open by=7 created=1/11:00     | leads:day=0 leads:day_prev=1 waiting=1)",
              with_leads());
}

}  // namespace
}  // namespace kpistream::tests
