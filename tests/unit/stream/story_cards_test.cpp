// Stories of what is noted on a contact or company: whose of their deals it is, in whatever order it is told.
#include <gtest/gtest.h>

#include "tests/unit/stream/story.hpp"

namespace kpistream::tests {
namespace {

TEST(Story, ACallOnAContactAnswersTheContactsDeal) {  // K12, K18
  check_story(R"(
    1 09:00 deal 1 open by=7 created=1/09:00 cards=contact:5                              | waiting=1 stuck=0
    1 09:10 call c start=1/09:10 call=talk seconds=60 by=7 way=out number=n on=contact:5  | waiting=0 answered:day=1 waited:day=600 acts:day=1
    8 09:05                                                                               | stuck=0
    8 09:15                                                                               | stuck=1
    8 10:00 call d start=8/09:30 call=talk seconds=60 by=7 way=out number=n on=contact:5  | stuck=0 answered:week=0)",
              without_leads());
}

TEST(Story, CallContactAndLinkMayBeToldInAnyOrder) {  // K12
  check_story(R"(
    1 09:30 call c start=1/09:10 call=talk seconds=60 by=7 way=out number=n on=contact:5 | answered:day=0 acts:day=1 calls:day=1
    1 09:40 deal 1 x seen=1/09:05 card=contact:5                                         | answered:day=0
    1 09:50 deal 1 open by=7 seen=1/09:00 created=1/09:00                                | waiting=0 answered:day=1 waited:day=600)",
              without_leads());
  check_story(R"(
    1 09:00 deal 1 open by=7 created=1/09:00                                              | waiting=1
    1 09:30 call c start=1/09:10 call=talk seconds=60 by=7 way=out number=n on=contact:5  | waiting=1
    9 09:40 deal 1 x seen=1/09:05 card=contact:5                                          | waiting=0 answered:week_prev=1 waited:week_prev=600)",
              without_leads());
}

TEST(Story, AnActOnAContactIsThatOfTheNewestDealThatWasOpen) {  // K12
  check_story(R"(
    1 09:00 deal 1 open by=7 created=1/09:00 cards=contact:5                             | waiting=1
    1 10:00 deal 2 open by=9 created=1/10:00 cards=contact:5                             | waiting=2
    1 10:10 call c start=1/10:10 call=talk seconds=60 by=9 way=out number=n on=contact:5 | waiting=1 answered:day=1 answered:day@9=1
    1 10:20 call d start=1/09:30 call=talk seconds=60 by=7 way=out number=n on=contact:5 | waiting=0 answered:day=2 answered:day@7=1
    1 11:00 deal 2 gone                                                                  | waiting=0 answered:day=1
    1 12:00 deal 3 lost by=9 created=1/10:05 cards=contact:5 entered=1/10:08             | answered:day=1
    1 13:00 deal 1 lost by=7 entered=1/10:07 cards=contact:5                             | answered:day=2 waited:day=2100)",
              without_leads());
}

TEST(Story, WithoutAnOpenDealItIsThatOfTheLastOneForThirtyDays) {  // K12
  check_story(R"(
    1 09:00 deal 1 lost by=7 created=1/09:00 entered=1/10:00 cards=contact:5             | answered:day=0
    31 10:00 call c start=31/09:59 call=talk by=7 way=out number=n on=contact:5          | answered:day=1
    31 10:30 call c start=31/10:01 call=talk by=7 way=out number=n on=contact:5          | answered:day=0)",
              without_leads());
}

TEST(Story, ACallOfAClientThatMakesADealIsItsAnswer) {  // K12
  check_story(R"(
    1 08:00 deal 1 open by=7 created=1/08:00 cards=contact:5                              | waiting=1
    1 09:00 call c start=1/09:00 call=talk seconds=60 by=7 way=in number=n on=contact:5   | waiting=1
    1 09:01 deal 2 open by=7 created=1/09:01 cards=contact:5                              | waiting=1 answered:day=1 waited:day=0
    1 10:00 call d start=1/10:00 call=talk seconds=60 by=7 way=in number=n on=contact:6   | answered:day=1
    1 10:02 deal 3 open by=7 created=1/10:02 cards=contact:6                              | waiting=2 answered:day=1)",
              without_leads());
}

TEST(Story, ATaskOnAContactIsAStepOfTheDealItWasMadeFor) {  // K18, K22
  check_story(R"(
    1 09:00 deal 1 open by=7 created=1/09:00 cards=contact:5                       | no_step=1
    1 09:30 task t due=2/10:00 created=1/09:30 by=7 author=7 on=contact:5          | no_step=0 tasks:tomorrow=1
    1 10:00 deal 2 open by=7 created=1/10:00 cards=contact:5                       | no_step=1
    1 10:30 task u due=2/10:00 created=1/10:30 by=7 author=7 on=contact:5          | no_step=0
    2 10:00 task u done=yes due=2/10:00 created=1/10:30 by=7 author=7 on=contact:5 | no_step=1)",
              without_leads());
}

TEST(Story, ACallOnTheLeadAndOnItsContactIsTheLeads) {  // K12
  check_story(R"(
    1 09:00 deal 1 open by=7 created=1/09:00 cards=contact:5                             | waiting=1
    1 09:05 deal 2 open by=7 created=1/09:05 cards=contact:5                             | waiting=2
    1 09:10 call c start=1/09:10 call=talk seconds=60 by=7 way=out number=n deal=1       | waiting=1
    1 09:12 call c start=1/09:10 call=talk seconds=60 by=7 way=out number=n on=contact:5 | waiting=1 answered:day=1 waited:day=600 acts:day=1 calls:day=1)",
              without_leads());
}

TEST(Story, AContactThatLeavesADealTakesItsCallsAlong) {  // K12
  check_story(R"(
    1 09:00 deal 1 open by=7 created=1/09:00 cards=contact:5,company:3                   | waiting=1
    1 09:10 call c start=1/09:10 call=talk seconds=60 by=7 way=out number=n on=company:3 | waiting=0
    1 09:20 deal 1 open by=7 cards=contact:5                                             | waiting=1
    1 09:30 deal 1 x seen=1/09:15 card=company:3                                         | waiting=1
    1 09:40 deal 1 x seen=1/09:21 card=company:3                                         | waiting=0
    1 09:50 deal 1 open by=7 cards=none                                                  | waiting=1)",
              without_leads());
}

}  // namespace
}  // namespace kpistream::tests
