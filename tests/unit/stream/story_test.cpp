// What KPIs follow from what happened: one line an event, the expected figures beside it. See story.hpp.
#include "tests/unit/stream/story.hpp"

#include <gtest/gtest.h>

namespace kpistream::tests {
namespace {

void check(const std::string& story, bool leads = true) { check_story(story, leads ? with_leads() : without_leads()); }

TEST(Story, WonReopenedAndWonAgain) {
  check(R"(
    1 09:00 deal 1 open by=7 for=100 created=1/09:00 | opened:day=1 won:day=0
    1 10:00 deal 1 won  by=7 for=100                 | won:day=1 revenue:day=100 won:day@7=1 cycle:day=3600 +won=1 -won=0
    1 11:00 deal 1 open by=7 for=100                 | won:day=0 revenue:day=0 cycles:day=0 +won=1 -won=1
    1 12:00 deal 1 won  by=9 for=120                 | won:day=1 revenue:day=120 won:day@7=0 won:day@9=1 +won=2 -won=1
    2 00:00                                          | won:day=0 won:day_prev=1 revenue:day_prev=120 won:week=1)");
}

TEST(Story, SalesThatStandForMinutesOnly) {  // K6: S, P, S within minutes
  check(R"(
    1 09:00 deal 1 won  by=7 for=50 entered=1/09:00 created=1/08:00 | won:1h=1
    1 09:02 deal 1 open by=7 for=50 entered=1/09:02                 | won:1h=0 revenue:1h=0
    1 09:03 deal 1 won  by=7 for=50 entered=1/09:03                 | won:1h=1 revenue:1h=50 cycle:1h=3780)");
}

TEST(Story, RepricedNextDayCorrectsTheDayOfTheSale) {
  check(R"(
    1 10:00 deal 1 won by=7 for=100 created=1/09:00 | revenue:day=100
    2 10:00 deal 1 won by=7 for=130                 | revenue:day=0 revenue:day_prev=130 won:day_prev=1 +won=1 +revenue=130
    2 11:00 deal 1 won by=7 for=90                  | revenue:day_prev=90 +revenue=130 -revenue=40 -won=0)");
}

TEST(Story, ReassigningKeepsPastSales) {  // T5
  check(R"(
    1 10:00 deal 1 won by=7 for=100 created=1/09:00 | won:week@7=1
    4 10:00 deal 1 won by=9 for=100                 | won:week@7=1 won:week@9=0 revenue:week@7=100 -won=0)");
}

TEST(Story, DeletedRestoredAndDeletedAgain) {  // T1
  check(R"(
    1 10:00 deal 1 won by=7 for=100 created=1/09:00 | won:day=1 opened:day=1
    1 11:00 deal 1 gone                             | won:day=0 opened:day=0 revenue:day=0 -won=1
    1 12:00 deal 1 back                             | won:day=1 opened:day=1 revenue:day=100 +won=2
    1 13:00 deal 1 gone                             | won:day=0 -won=2 -revenue=200 +revenue=200)");
}

TEST(Story, AConvertedLeadIsNoSaleUntilItsDealIsWon) {  // T18
  check(R"(
    1 09:00 lead 1 open by=7 created=1/09:00          | leads:day=1 opened:day=0
    1 10:00 lead 1 won  by=7                          | converted:day=1 won:day=0 leads:day=1
    1 10:00 deal 5 open by=7 for=100 created=1/10:00  | leads:day=1 opened:day=1 won:day=0
    1 12:00 deal 5 won  by=7 for=100                  | won:day=1 converted:day=1 cycle:day=7200)");
}

TEST(Story, ALeadIsJunkedAndADealIsLost) {  // K3
  check(R"(
    1 09:00 lead 1 open by=7 created=1/09:00                      | leads:day=1
    1 10:00 lead 1 lost by=7                                      | junked:day=1 lost:day=0
    1 11:00 deal 5 open by=7 for=70 created=1/11:00               |
    1 12:00 deal 5 lost by=7 for=70 stage=LOSE entered=1/12:00    | lost:day=1 lost_amount:day=70 junked:day=1
    2 12:00 deal 5 lost by=9 for=70 stage=APOLOGY entered=2/12:00 reason=price | lost:day=0 lost:day_prev=1 lost:day_prev@7=1
    2 13:00 deal 5 open by=9 for=70                               | lost:day_prev=0 lost_amount:week=0)");
}

TEST(Story, ANewsOfYesterdayCountsYesterday) {  // T17: told late, across midnight
  check(R"(
    1 23:58 call c call=talk seconds=40 by=7 way=in | calls:day=1 talk:day=40
    2 00:03 deal 1 won by=7 for=100 seen=1/23:59 created=1/09:00 | won:day=0 won:day_prev=1)");
}

TEST(Story, CallsByTheirOutcome) {  // K8, K9: ringing is no talk
  check(R"(
    1 09:00 call a call=talk   seconds=60 by=7 way=in  | calls:day=1 talk:day=60 talk:day@7=60
    1 09:10 call b call=missed seconds=0       way=in  | calls:day=2 calls:day@queue=1 talk:day=60
    1 09:20 call c call=failed seconds=0  by=7 way=out | calls:day@7=2 talk:day=60
    1 09:30 call d call=short  seconds=4  by=7 way=out | calls:day=4 talk:day=64
    1 10:31 task x by=7                                | calls:1h=0 calls:24h=4 talk:1h=0)");
}

TEST(Story, TheFirstAnswerToAnInquiry) {  // K12
  check(R"(
    1 09:00 lead 1 open by=7 created=1/09:00                     | answered:day=0
    1 09:05 call a call=talk seconds=60 by=9 way=in lead=1       | answered:day=0
    1 09:20 call b call=failed seconds=0 by=9 way=out lead=1     | answered:day=1 waited:day=1200 answered:day@7=1
    1 09:30 call c call=talk seconds=60 by=9 way=out lead=1      | answered:day=1 waited:day=1200
    1 10:00 lead 1 open by=9 created=1/09:00                     | answered:day@7=1 answered:day@9=0
    1 10:01 lead 2 open by=9 created=1/10:01                     |
    1 10:01 call d call=talk seconds=60 by=9 way=in lead=2       | answered:day=2 waited:day=1200)");
}

TEST(Story, QuotesSentOnceAndCorrected) {  // K20
  check(R"(
    1 09:00 quote 1 open by=7 for=100 | quotes:day=0
    1 10:00 quote 1 won  by=7 for=100 | quotes:day=1 quoted:day=100 quotes:day@7=1
    1 11:00 quote 1 open by=7 for=90  | quotes:day=1 quoted:day=90
    2 10:00 quote 1 won  by=7 for=80  | quotes:day=0 quotes:day_prev=1 quoted:day_prev=80 +quotes=1)");
}

TEST(Story, PaymentsComeAndGo) {  // K21
  check(R"(
    1 09:00 invoice 1 open by=7 for=100 | payments:day=0
    1 10:00 invoice 1 won  by=7 for=100 | payments:day=1 paid:day=100
    1 11:00 invoice 1 open by=7 for=100 | payments:day=0 paid:day=0 -payments=1 -paid=100)");
}

TEST(Story, TasksWalkFromTomorrowToOverdueOnTheirOwn) {  // K22, T14
  check(R"(
    1 12:00 task 1 by=7 due=2/18:00          | tasks:tomorrow=1 tasks:today=0
    1 12:01 task 2 by=7                      | tasks:none=1
    1 12:02 task 3 by=9 due=9/10:00          | tasks:later=1
    1 23:59                                  | tasks:tomorrow@7=1
    2 00:00                                  | tasks:tomorrow=0 tasks:today@7=1
    2 18:01                                  | tasks:today=0 tasks:overdue=1
    2 19:00 task 1 by=7 due=3/18:00          | tasks:overdue=0 tasks:tomorrow=1
    2 20:00 task 1 by=7 due=3/18:00 done=yes | tasks:tomorrow=0 tasks:later=1 tasks:none=1
    2 21:00 task 3 gone                      | tasks:later=0)");
}

TEST(Story, MeetingsArePlannedThenHeld) {  // K23, K24
  check(R"(
    1 12:00 meeting 1 by=7 start=2/10:00          | meetings:tomorrow=1 held:day=0
    2 00:00                                       | meetings:tomorrow=0 meetings:today@7=1
    2 11:00 meeting 1 by=7 start=2/10:00 done=yes | meetings:today=0 held:day=1 held:day@7=1
    2 12:00 meeting 2 by=7 start=3/10:00          | meetings:tomorrow=1
    2 13:00 meeting 2 gone                        | meetings:tomorrow=0 held:day=1)");
}

TEST(Story, AMeetingAnswersAndIsHeldWhenItWasDueOrBefore) {  // K12, K23
  auto settings = with_leads();
  settings.meeting_types = {"2"};
  check_story(R"(
    1 09:00 lead 1 open by=7 created=1/09:00                       |
    1 09:30 task 1 type=2 by=7 due=1/12:00 lead=1                  | answered:day=0 held:day=0
    1 15:00 task 1 type=2 by=7 due=1/12:00 lead=1 done=yes         | answered:day=1 waited:day=10800 held:day=1
    1 15:30 lead 2 open by=7 created=1/15:30                       |
    1 16:00 task 2 type=2 by=7 due=3/12:00 lead=2                  | answered:day=1
    1 16:30 task 2 type=2 by=7 due=3/12:00 lead=2 done=yes         | answered:day=2 waited:day=14400 held:day=2
    2 00:00                                                        | held:day=0
    2 10:00 task 3 type=2 by=7 due=1/18:00 lead=2 done=yes         | held:day=0 held:7d=3)",
              settings);
}

TEST(Story, InASimplePortalTheDealIsTheInquiry) {  // K1
  check(R"(
    1 09:00 deal 1 incoming created=1/09:00                   | leads:day=0 opened:day=0
    1 09:10 deal 1 open by=7 created=1/09:00                  | leads:day=1 opened:day=1 leads:day@7=1
    1 09:20 call a call=talk seconds=60 by=7 way=out deal=1   | answered:day=1 waited:day=1200
    1 10:00 deal 1 open by=9 created=1/09:00 funnel=6         | leads:day@7=1 leads:day@9=0)",
        false);
}

TEST(Story, TheWeekBeginsOnMonday) {
  check(R"(
    1 00:00 deal 1 won by=7 for=1 created=1/00:00 | won:week=1 won:day=1
    7 23:59                                       | won:week=1 won:7d=1
    8 00:00                                       | won:week=0 won:7d=0)");
}

}  // namespace
}  // namespace kpistream::tests
