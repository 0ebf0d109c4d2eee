// Short stories of one portal: one line an event, the expected figures beside it.
//
// A line is `day hh:mm  what  id  words ... | figure=number ...`. Days are 1 (Monday 2026-09-14), 2 and so on, in
// Moscow; the clock stands at the line's own time. `won:day` is the KPI deals_won in its window `day`, `revenue` its
// sum, `+won` and `-won` its totals; a manager's own is `won:day@7`. Every story is also told with each line twice and
// then from its beginning once more, restarted after each line, and proved by verify().
#include <gtest/gtest.h>

#include <sstream>

#include "stream/verify.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

using tests::Bench;
using tests::kNoon;

constexpr UnixSeconds kFirstMidnight = kNoon - 12 * 3'600;

struct Line {
  std::string text;
  UnixSeconds at = 0;
  std::vector<std::string> words;  // what, id, key=value ...
  std::map<std::string, std::int64_t> expected;

  [[nodiscard]] std::string word(const std::string& key, const std::string& otherwise = "") const {
    for (const auto& w : words) {
      if (w.starts_with(key + "=")) return w.substr(key.size() + 1);
    }
    return otherwise;
  }
  [[nodiscard]] UnixSeconds time(const std::string& key) const {
    const auto value = word(key);
    return value.empty() ? 0 : time_of(value.substr(0, value.find('/')), value.substr(value.find('/') + 1));
  }

  static UnixSeconds time_of(const std::string& day, const std::string& clock) {
    return kFirstMidnight + (std::stoll(day) - 1) * 86'400 + std::stoll(clock.substr(0, 2)) * 3'600 +
           std::stoll(clock.substr(3)) * 60;
  }
};

std::vector<Line> lines_of(const std::string& story) {
  std::vector<Line> lines;
  std::istringstream in(story);
  for (std::string text; std::getline(in, text);) {
    if (text.find_first_not_of(' ') == std::string::npos) continue;
    Line line;
    line.text = text;
    std::istringstream words(text.substr(0, text.find('|')));
    std::string day;
    std::string clock;
    words >> day >> clock;
    line.at = Line::time_of(day, clock);
    for (std::string word; words >> word;) line.words.push_back(word);
    if (const auto bar = text.find('|'); bar != std::string::npos) {
      std::istringstream figures(text.substr(bar + 1));
      for (std::string figure; figures >> figure;) {
        const auto equals = figure.rfind('=');
        line.expected[figure.substr(0, equals)] = std::stoll(figure.substr(equals + 1));
      }
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

const std::map<std::string, EntityKind> kKinds{{"lead", EntityKind::lead},       {"deal", EntityKind::deal},
                                               {"quote", EntityKind::quote},     {"invoice", EntityKind::invoice},
                                               {"call", EntityKind::call},       {"task", EntityKind::task},
                                               {"meeting", EntityKind::activity}};
const std::map<std::string, Outcome> kOutcomes{
    {"open", Outcome::open}, {"won", Outcome::won}, {"lost", Outcome::lost}, {"incoming", Outcome::incoming}};
const std::map<std::string, CallOutcome> kCalls{{"talk", CallOutcome::talk},
                                                {"short", CallOutcome::short_talk},
                                                {"missed", CallOutcome::missed},
                                                {"failed", CallOutcome::failed}};

Details details_of(const Line& line) {
  Details details;
  details.owner = line.word("by");
  details.direction = line.word("way") == "in" ? Direction::in : Direction::out;
  if (const auto call = kCalls.find(line.word("call")); call != kCalls.end()) details.call = call->second;
  details.seconds = std::stoll(line.word("seconds", "0"));
  details.done = line.word("done") == "yes";
  details.deadline = line.time("due");
  details.start = line.words[0] == "call" ? line.at : line.time("start");
  if (line.words[0] == "task") details.act = Act::todo;
  if (line.words[0] == "meeting") details.act = Act::meeting;
  if (details.done) details.done_at = line.at;
  for (const auto& kind : {"lead", "deal"}) {
    if (const auto id = line.word(kind); !id.empty()) details.target = {kKinds.at(kind), id};
  }
  return details;
}

StagePoint point_of(const Line& line) {
  StagePoint state;
  state.at = line.time("seen") != 0 ? line.time("seen") : line.at;
  state.entered = line.time("entered");
  state.pipeline = line.word("funnel", "5");
  state.stage = line.word("stage", line.words[2]);
  state.outcome = kOutcomes.at(line.words[2]);
  state.owner = line.word("by");
  state.amount = std::stoll(line.word("for", "0"));
  return state;
}

Observation observation_of(const Line& line) {
  Observation seen;
  seen.ref = {kKinds.at(line.words[0]), line.words[1]};
  if (line.words.size() > 2 && (line.words[2] == "gone" || line.words[2] == "back")) {
    seen.presence = line.words[2] == "gone" ? Presence::gone : Presence::present;
    return seen;
  }
  seen.version = line.at;
  seen.created = line.time("created");
  if (const auto reason = line.word("reason"); !reason.empty()) seen.loss_reason = reason;
  const auto kind = seen.ref.kind;
  if (kind == EntityKind::call || kind == EntityKind::task || kind == EntityKind::activity) {
    seen.details = details_of(line);
  } else {
    seen.point = point_of(line);
  }
  return seen;
}

const std::map<std::string, std::pair<std::string, Slot>> kFigures{{"leads", {"new_leads", kCountSlot}},
                                                                   {"converted", {"leads_converted", kCountSlot}},
                                                                   {"junked", {"leads_lost", kCountSlot}},
                                                                   {"opened", {"new_deals", kCountSlot}},
                                                                   {"won", {"deals_won", kCountSlot}},
                                                                   {"revenue", {"deals_won", kSumSlot}},
                                                                   {"lost", {"deals_lost", kCountSlot}},
                                                                   {"lost_amount", {"deals_lost", kSumSlot}},
                                                                   {"calls", {"calls", kCountSlot}},
                                                                   {"talk", {"call_talk", kSumSlot}},
                                                                   {"quotes", {"quotes_sent", kCountSlot}},
                                                                   {"quoted", {"quotes_sent", kSumSlot}},
                                                                   {"payments", {"payments", kCountSlot}},
                                                                   {"paid", {"payments", kSumSlot}},
                                                                   {"tasks", {"tasks_due", kCountSlot}},
                                                                   {"held", {"meetings_held", kCountSlot}},
                                                                   {"meetings", {"meetings_scheduled", kCountSlot}},
                                                                   {"answered", {"first_response", kCountSlot}},
                                                                   {"waited", {"first_response", kSumSlot}},
                                                                   {"cycles", {"deal_cycle", kCountSlot}},
                                                                   {"cycle", {"deal_cycle", kSumSlot}}};

std::int64_t figure(Bench& bench, std::string name) {
  const char sign = name.front();
  if (sign == '+' || sign == '-') {
    const auto& [kpi, slot] = kFigures.at(name.substr(1));
    return bench.total(kpi, sign == '-', slot);
  }
  std::string manager;
  if (const auto at = name.find('@'); at != std::string::npos) {
    manager = name.substr(at + 1);
    name.resize(at);
  }
  const auto colon = name.find(':');
  const auto& [kpi, slot] = kFigures.at(name.substr(0, colon));
  return bench.window(kpi, name.substr(colon + 1), slot, manager);
}

enum class Telling { once, each_line_twice, restarted_after_each_line };

void tell(const std::vector<Line>& lines, bool leads, Telling telling) {
  Bench bench;
  bench.settings.leads = leads;
  bench.restart();
  for (const auto& line : lines) {
    SCOPED_TRACE(line.text);
    bench.advance(line.at);
    if (!line.words.empty()) bench.tell({observation_of(line)});
    if (telling == Telling::each_line_twice && !line.words.empty()) bench.tell({observation_of(line)});
    bench.run();
    if (telling == Telling::restarted_after_each_line) bench.restart();
    for (const auto& [name, expected] : line.expected) EXPECT_EQ(figure(bench, name), expected) << name;
  }
  const auto report = bench.verify_all();
  EXPECT_TRUE(report.passed()) << testing::PrintToString(report.differences);
}

void check(const std::string& story, bool leads = true) {
  const auto lines = lines_of(story);
  ASSERT_FALSE(lines.empty());
  for (const auto telling : {Telling::once, Telling::each_line_twice, Telling::restarted_after_each_line}) {
    SCOPED_TRACE("telling " + std::to_string(static_cast<int>(telling)));
    tell(lines, leads, telling);
  }
}

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
}  // namespace kpistream
