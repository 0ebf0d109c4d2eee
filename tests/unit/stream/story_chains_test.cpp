// Stories in which one record's figures depend on another's: inquiries and their deals, calls on one line, acts on a
// deal, sales of a client. See story.hpp.
#include "tests/unit/stream/story.hpp"

#include <gtest/gtest.h>

namespace kpistream::tests {
namespace {

TEST(Story, AnInquiryLeavesOnceWhateverGrewFromIt) {  // K3, K27
  check_story(R"(
    1 09:00 lead 1 open by=7 created=1/09:00                     | leads:day=1 waiting=1
    1 10:00 lead 1 won  by=7                                     | inquiries_won:day=0 inquiries_lost:day=0
    1 10:00 deal 5 open by=7 created=1/10:00 from=1              | inquiries_won:day=0
    1 10:01 deal 6 open by=7 created=1/10:01 from=1              |
    1 11:00 deal 5 lost by=7 from=1                              | lost:day=1 inquiries_lost:day=0
    1 12:00 deal 6 lost by=9 from=1                              | lost:day=2 inquiries_lost:day=1 inquiries_lost:day@9=1
    2 12:00 deal 6 open by=9 from=1                              | inquiries_lost:day_prev=0
    2 13:00 deal 6 won  by=9 from=1                              | inquiries_won:day=1 inquiries_lost:week=0
    2 14:00 deal 5 won  by=7 from=1                              | won:day=2 inquiries_won:day=1
    2 15:00 deal 6 gone                                          | won:day=1 inquiries_won:day=1 inquiries_won:day@7=1)",
              with_leads());
}

TEST(Story, ADealBelongsToItsNewestLeadAndClientInWhateverOrderItIsTold) {  // K2, K4, K13
  check_story(R"(
    1 09:00 lead 1 open by=7 created=1/09:00 source=WEB                                          | leads:day=1
    1 09:01 lead 2 open by=7 created=1/09:01 source=CALL                                         | leads:day=2
    1 12:00 deal 5 won  by=7 for=100 created=1/10:00 from=2 client=company:2                     | won_so_far:day#CALL=1
    1 12:10 deal 5 open by=7 for=100 seen=1/10:00 from=1 client=company:1                        | won_so_far:day#CALL=1
    1 12:20 deal 6 won  by=7 for=50  created=1/10:00 client=company:2                            | acquired:day=1
    1 12:30 deal 5 won  by=7 for=100 from=1 client=company:1                                     | won_so_far:day#CALL=0 won_so_far:day#WEB=1 acquired:day=2
    1 14:00 deal 5 won  by=7 for=100 from=none client=none                                       | won_so_far:day=0 acquired:day=1 clients:active=1
    1 14:10 deal 5 won  by=7 for=100 seen=1/13:00 from=2 client=company:1                        | won_so_far:day=0 acquired:day=1 won:day=2)",
              with_leads());
}

TEST(Story, AnUnansweredLeadWaitsAndThenIsOverdue) {  // K12, T6
  check_story(R"(
    1 09:00 lead 1 open by=7 created=1/09:00                 | waiting=1 waiting@7=1 overdue=0
    1 09:16                                                  | waiting=1 overdue=1 overdue@7=1
    1 09:20 lead 2 open by=9 created=1/09:20                 | waiting=2 overdue=1
    1 09:25 message m way=out by=9 lead=2                    | waiting=1 answered:day=1 waited:day=300
    1 10:00 lead 1 lost by=7                                 | waiting=0 overdue=0
    1 17:59 lead 3 open by=7 created=1/17:59                 | waiting=1 overdue=0
    2 08:00                                                  | waiting=1 overdue=0
    2 09:15                                                  | overdue=1)",
              with_leads());
}

TEST(Story, AMissedCallIsReturnedOrNot) {  // K10, K11, T2
  check_story(R"(
    1 09:00 call a call=missed way=in number=n1                     | unreturned=0 returned:day=0
    1 09:10 call b call=missed way=in number=n1                     | calls:day=2
    1 11:01                                                         | unreturned=1
    1 11:11                                                         | unreturned=2
    1 11:30 call c call=talk seconds=5 by=7 way=out number=n1       | unreturned=2
    1 12:00 call d call=talk seconds=60 by=7 way=out number=n2      | unreturned=2
    1 13:00 call e call=talk seconds=60 by=7 way=in number=n1       | unreturned=0 returned:day=2 return_time:day=28200
    1 13:01 call e gone                                             | unreturned=2 returned:day=0
    1 13:02 call e back                                             | unreturned=0 returned:day=2
    1 14:00 call f call=missed way=in number=n1                     | unreturned=0
    1 16:01                                                         | unreturned=1)",
              with_leads());
}

TEST(Story, ATalkThatIsToldLateReturnsWhatLiesBeforeIt) {
  check_story(R"(
    1 09:00 call a call=missed way=in number=n1                     |
    1 15:00 call c call=talk seconds=60 by=7 way=out number=n1      | returned:day=1 return_time:day=21600
    1 10:00 call b call=talk seconds=60 by=7 way=out number=n1      | returned:day=1 return_time:day=3600
    1 12:30 call d call=missed way=in number=n1                     | returned:day=2 return_time:day=12600)",
              with_leads());
}

TEST(Story, AnActOnADealKeepsItAlive) {  // K18
  check_story(R"(
    1 12:00 deal 1 open by=7 for=100 created=1/12:00                     | in_work=1 in_work_amount=100 no_step=1 stuck=0
    1 13:00 task 1 by=7 due=3/18:00 deal=1                               | no_step=0
    5 12:00 note n by=7 deal=1                                           | stuck=0 acts:day=1
    8 12:01                                                              | stuck=0
    12 11:59                                                             | stuck=0
    12 12:02                                                             | stuck=1 stuck@7=1
    12 13:00 task 1 by=7 due=3/18:00 deal=1 done=yes closer=7            | stuck=0 no_step=1 acts:day=1
    12 14:00 deal 1 won by=7 for=100                                     | in_work=0 no_step=0 stuck=0)",
              without_leads());
}

TEST(Story, ActionsAreOfPeopleAndRepeatsAreOne) {  // K5
  auto settings = without_leads();
  settings.robots = {"99"};
  check_story(R"(
    1 12:00 deal 1 open by=7 created=1/12:00 maker=7                   | acts:day=1 acts:day@7=1
    1 12:01 message a way=out by=7 author=7 deal=1                     | acts:day=2
    1 12:02 message b way=out by=7 author=7 deal=1                     | acts:day=2
    1 12:05 message c way=out by=7 author=7 deal=1                     | acts:day=3
    1 12:05 message d way=out by=9 author=9 deal=1                     | acts:day=4 acts:day@9=1
    1 12:06 message e way=in  by=7 deal=1                              | acts:day=4
    1 12:07 message f way=out by=99 author=99 deal=1                   | acts:day=4
    1 12:08 note x by=7 author=7                                       | acts:day=5
    1 12:10 deal 1 open by=7 stage=next mover=9                        | acts:day=6 acts:day@9=2
    1 12:12 deal 1 open by=7 stage=last mover=99                       | acts:day=6
    1 12:13 call k call=missed way=in by=7                             | acts:day=6
    1 12:14 call l call=failed way=out by=7                            | acts:day=7
    1 12:15 message a gone                                             | acts:day=7)",
              settings);
}

TEST(Story, AChangeOfAListedFieldIsAnActionOfWhoeverMadeIt) {  // K5
  auto settings = without_leads();
  settings.robots = {"99"};
  settings.action_fields = {"amount", "cost"};
  check_story(R"(
    1 10:00 deal 1 open by=7 for=100 cost=5 created=1/10:00            | acts:day=0
    1 10:05 deal 1 open by=7 for=120 cost=5 author=7                   | acts:day=1 acts:day@7=1
    1 10:10 deal 1 open by=7 for=120 cost=6 author=9                   | acts:day=2 acts:day@9=1
    1 10:15 deal 1 open by=7 for=120 cost=7 author=99                  | acts:day=2
    1 10:16 deal 1 open by=8 for=120 cost=7 author=9                   | acts:day=2
    1 10:20 deal 1 open by=8 for=130 cost=8 author=9                   | acts:day=3
    1 10:21 deal 1 open by=8 for=140 cost=8 author=9                   | acts:day=3
    1 10:30 deal 1 open by=8 for=140 cost=8                            | acts:day=3
    1 10:40 deal 1 open by=7 for=110 cost=5 seen=1/10:02 author=9      | acts:day=4 acts:day@9=3
    1 10:50 deal 1 gone                                                | acts:day=0)",
              settings);
}

TEST(Story, WhereNoFieldIsListedNoChangeIsAnAction) {  // K5
  check_story(R"(
    1 10:00 deal 1 open by=7 for=100 cost=5 created=1/10:00            | acts:day=0
    1 10:05 deal 1 open by=9 for=120 cost=6 author=7                   | acts:day=0)",
              without_leads());
}

TEST(Story, ARepeatWithinAMinuteIsOneAcrossMidnightInUtcToo) {  // K5
  check_story(R"(
    2 02:59 message a way=out by=7 author=7 deal=1                     | acts:day=1
    2 03:00 message b way=out by=7 author=7 deal=1                     | acts:day=1
    2 03:01 message c way=out by=7 author=7 deal=1                     | acts:day=2
    2 03:02 message a gone                                             | acts:day=1
    2 03:03 message a back                                             | acts:day=2
    2 03:04 message z start=2/02:58 way=out by=7 author=7 deal=1       | acts:day=2
    2 03:05 message b gone                                             | acts:day=2
    3 03:00 message e way=out by=7 author=7 deal=1                     | acts:day=1
    3 03:05 message d start=3/02:59 way=out by=7 author=7 deal=1       | acts:day=1
    3 03:06 message d start=3/02:59 way=out by=9 author=9 deal=1       | acts:day=2
    3 03:07 message d start=3/02:57 way=out by=7 author=7 deal=1       | acts:day=2)",
              without_leads());
}

TEST(Story, ACallThatIsNotedOnOtherCardsTooStaysTheAnswerToItsLead) {  // K12
  check_story(R"(
    1 09:00 lead 1 open by=7 created=1/09:00                                       | waiting=1
    1 09:10 call c start=1/09:05 call=talk seconds=60 by=7 way=out number=n lead=1 | waiting=0 answered:day=1 acts:day=1
    1 09:11 call c start=1/09:05 call=talk seconds=60 by=7 way=out number=n        | waiting=0 answered:day=1 acts:day=1
    1 09:20 lead 2 open by=7 created=1/09:20                                       | waiting=1
    1 09:31 call d start=1/09:30 call=talk seconds=60 by=7 way=out number=m        | waiting=1
    1 09:32 call d seen=1/09:30 start=1/09:30 call=talk seconds=60 by=7 way=out number=m lead=2 | waiting=0 answered:day=2)",
              with_leads());
}

TEST(Story, AClientIsAcquiredOnceAndGrowsCold) {  // K2, K7, K16
  check_story(R"(
    1 10:00 deal 1 won by=7 for=100 created=1/09:00 client=company:3  | acquired:day=1 clients:active=1
    2 10:00 deal 2 won by=9 for=50  created=2/09:00 client=company:3  | acquired:day=0 acquired:week=1 clients:active=1
    2 11:00 deal 1 open by=7 for=100 client=company:3                 | acquired:day=1 acquired:day_prev=0 acquired:day@9=1
    2 12:00 deal 2 gone                                               | acquired:week=0 clients:active=0
    3 10:00 deal 1 won by=7 for=100 client=company:3                  | clients:active=1
    368 12:00                                                         | clients:active=1 clients:dormant=0
    369 12:00                                                         | clients:active=0 clients:dormant=1)",
              without_leads());
}

TEST(Story, EachStayInAStageHasItsTime) {  // K17
  check_story(R"(
    1 10:00 deal 1 open by=7 stage=new created=1/10:00    | stage_left:day=0
    1 11:00 deal 1 open by=7 stage=offer                  | stage_left:day=1 stage_time:day=3600
    1 13:00 deal 1 open by=7 stage=new                    | stage_left:day=2 stage_time:day=10800
    1 14:00 deal 1 won  by=7 stage=won                    | stage_left:day=3 stage_time:day=14400 cycle:day=14400)",
              without_leads());
}

TEST(Story, WhatAStageMeansIsMapping) {  // K20, K21, K14
  auto settings = without_leads();
  settings.quote_stages = {"offer"};
  settings.payment_stages = {"paid"};
  settings.meeting_stages = {"met"};
  settings.complaint_fields = {{"tag", "8"}};
  check_story(R"(
    1 10:00 deal 1 open by=7 for=100 stage=new created=1/10:00  | quotes:day=0
    1 11:00 deal 1 open by=7 for=100 stage=offer                | quotes:day=1 quoted:day=100
    1 12:00 deal 1 open by=9 for=120 stage=met                  | held:day=1 held:day@9=1 quoted:day=100
    1 13:00 deal 1 open by=9 for=120 stage=offer                | quotes:day=1 quoted:day=120
    1 14:00 deal 1 open by=9 for=120 stage=paid                 | payments:day=1 paid:day=120 complaints:day=0
    1 15:00 deal 1 open by=9 for=120 stage=paid tag=8           | complaints:day=1)",
              settings);
}

TEST(Story, OtherMoneyIsConvertedAtTheRateOfItsDay) {
  auto settings = without_leads();
  settings.rates["USD"] = {{20'700, 90'000'000}, {20'711, 80'500'000}};  // 2026-09-15 is day 20711
  check_story(R"(
    1 10:00 deal 1 won by=7 for=100 currency=USD created=1/09:00  | revenue:day=9000
    2 10:00 deal 2 won by=7 for=100 currency=USD created=2/09:00  | revenue:day=8050 revenue:week=17050
    2 11:00 deal 3 won by=7 for=100 currency=EUR created=2/09:00  | won:day=2 revenue:day=8050)",
              settings);
}

TEST(Story, TheWeekBeforeIsCutAtTheSameWorkingTime) {  // T13
  check_story(R"(
    1 10:00 deal 1 won by=7 created=1/09:00  | won:week=1
    3 10:00 deal 2 won by=7 created=1/09:00  | won:week=2
    5 17:00 deal 3 won by=7 created=1/09:00  | won:week=3
    8 09:30                                  | won:week=0 won:week_prev=3 won:week_prev_same_point=0
    8 10:01                                  | won:week_prev_same_point=1
    10 12:00                                 | won:week_prev_same_point=2
    14 12:00                                 | won:week_prev_same_point=3)",
              without_leads());
}

TEST(Story, MonthsAndQuartersAreThoseOfTheCalendar) {  // T12
  check_story(R"(
    1 10:00  deal 1 won by=7 for=10 created=1/09:00                    | won:month=1 won:quarter=1
    17 12:00                                                           | won:month=1 won:28d=1
    18 00:00                                                           | won:month=0 won:month_prev=1 won:quarter=0 won:quarter_prev=1
    30 10:00 deal 2 won by=7 for=5 seen=2/10:00 created=1/09:00        | won:month=0 won:month_prev=2 won:28d=0
    50 10:00                                                           | won:month_prev=0 won:quarter_prev=2)",
              without_leads());
}

}  // namespace
}  // namespace kpistream::tests
