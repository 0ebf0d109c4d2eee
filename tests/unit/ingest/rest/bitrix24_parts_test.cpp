// What the Bitrix24 reader asks for and how it reads the answers, without a network.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingest/rest/bitrix24_audit.hpp"
#include "ingest/rest/bitrix24_commands.hpp"
#include "ingest/rest/bitrix24_sweep.hpp"
#include "ingest/rest/execution_times.hpp"
#include "ingest/rest/readers.hpp"

namespace kpistream::ingest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;
using Kind = BatchPart::Kind;
using Step = Bitrix24Sweep::Step;

std::vector<WishQueue::Asked> deals(int first, int last) {
  std::vector<WishQueue::Asked> asked;
  for (int id = first; id <= last; ++id) {
    asked.push_back({"crm.deal.get?id=" + std::to_string(id), static_cast<Position>(id)});
  }
  return asked;
}

BatchPart part(Kind kind, std::string json) {
  BatchPart made;
  made.kind = kind;
  made.json = std::move(json);
  return made;
}

TEST(Bitrix24Commands, ReadsSeveralRecordsOfAKindByOneList) {
  const auto commands = commands_for(deals(1, 120), {});
  ASSERT_EQ(commands.size(), 3u);
  EXPECT_EQ(commands[0].asked.size(), 50u);
  EXPECT_EQ(commands[2].asked.size(), 20u);
  EXPECT_THAT(commands[2].text,
              StartsWith("crm.deal.list?start=-1&select%5B%5D=*&select%5B%5D=UF_*&filter%5B%40ID%5D"));
  EXPECT_THAT(commands[2].text, HasSubstr("&filter%5B%40ID%5D%5B%5D=101&filter%5B%40ID%5D%5B%5D=102"));
}

TEST(Bitrix24Commands, TheTableIsClosed) {
  for (const char* subject : {"crm.deal.get?id=7", "crm.item.get?entityTypeId=31&id=7",
                              "crm.item.get?entityTypeId=1030&id=7", "crm.invoice.get?id=7", "sale.payment.get?id=7",
                              "tasks.task.get?taskId=7", "crm.documentgenerator.document.get?id=7"}) {
    EXPECT_NE(bitrix24_kind(subject), nullptr) << subject;
  }
  for (const char* subject : {"", "crm.deal.get?id=", "crm.deal.get?id=7&x=1", "crm.deal.delete?id=7", "user.get",
                              "crm.item.get?entityTypeId=&id=7", "crm.item.get?entityTypeId=31&id=x",
                              "crm.item.get?entityTypeId=31", "crm.item.get?entityTypeId=2&id=7", "batch"}) {
    EXPECT_EQ(bitrix24_kind(subject), nullptr) << subject;
  }
}

TEST(Bitrix24Commands, AsksForFewAndForWhatAListLeftOutOneByOne) {
  EXPECT_EQ(commands_for(deals(1, 2), {})[1].text, "crm.deal.get?id=2");
  const auto commands = commands_for(deals(1, 4), {"crm.deal.get?id=2"});
  ASSERT_EQ(commands.size(), 2u);
  EXPECT_EQ(commands[0].text, "crm.deal.get?id=2");
  EXPECT_EQ(commands[1].asked.size(), 3u);
}

TEST(Bitrix24Commands, ARowOfAListIsReadAsTheRecordAlone) {
  const auto command = commands_for(deals(1, 3), {}).front();
  const auto outcome = outcome_of(command, part(Kind::result, R"([{"ID":"3","T":"a]"},{"T":"x"},{"ID":"1"}])"));
  ASSERT_EQ(outcome.readings.size(), 2u);
  EXPECT_EQ(outcome.readings[0].subject, "crm.deal.get?id=1");
  EXPECT_EQ(outcome.readings[1].body, R"({"result":{"ID":"3","T":"a]"}})");
  EXPECT_EQ(outcome.readings[1].asked, 3u);
  ASSERT_EQ(outcome.singly.size(), 1u);
  EXPECT_EQ(outcome.singly[0].subject, "crm.deal.get?id=2");
  EXPECT_THAT(outcome.again, IsEmpty());
}

TEST(Bitrix24Commands, WrapsRowsAsTheirOwnMethodsDo) {
  const auto commands = commands_for({{"crm.item.get?entityTypeId=31&id=7", 1},
                                      {"crm.item.get?entityTypeId=31&id=8", 1},
                                      {"crm.item.get?entityTypeId=31&id=9", 1}},
                                     {});
  ASSERT_EQ(commands.size(), 1u);
  const auto outcome = outcome_of(commands[0], part(Kind::result, R"({"items":[{"id":7}]})"));
  ASSERT_EQ(outcome.readings.size(), 1u);
  EXPECT_EQ(outcome.readings[0].body, R"({"result":{"item":{"id":7}}})");
}

TEST(Bitrix24Commands, WhatIsSaidOfAListIsSaidOfNoneOfItsRecords) {
  const auto command = commands_for(deals(1, 3), {}).front();
  for (const auto& answer : {part(Kind::error, R"({"error":"","error_description":"Not found"})"),
                             part(Kind::result, R"({"total":0})"), part(Kind::result, "7")}) {
    const auto outcome = outcome_of(command, answer);
    EXPECT_THAT(outcome.readings, IsEmpty());
    EXPECT_EQ(outcome.singly.size(), 3u);
  }
  EXPECT_EQ(outcome_of(command, part(Kind::limited, "{}")).again.size(), 3u);
  EXPECT_EQ(outcome_of(command, part(Kind::missing, "")).again.size(), 3u);
}

TEST(Bitrix24Audit, RecordsOfSmartProcessesAreLookedForInTheirOwnLists) {
  const std::vector<std::string> types{"128", "1036"};
  Bitrix24Audit audit(
      [](EntityKind kind, const std::string&, std::size_t) -> std::vector<std::string> {
        if (kind == EntityKind::quote) return {"128:5", "128:6", "130:1", "4", "document:7"};
        return kind == EntityKind::activity ? std::vector<std::string>{"1036:8"} : std::vector<std::string>();
      },
      types);
  const auto commands = audit.next();
  EXPECT_THAT(commands, testing::UnorderedElementsAre(
                            "crm.quote.list?start=-1&select%5B%5D=ID&filter%5B%40ID%5D%5B%5D=4",
                            "crm.item.list?entityTypeId=128&start=-1&select%5B%5D=id&filter%5B%40id%5D%5B%5D=5"
                            "&filter%5B%40id%5D%5B%5D=6",
                            "crm.item.list?entityTypeId=1036&start=-1&select%5B%5D=id&filter%5B%40id%5D%5B%5D=8"));
  std::vector<BatchPart> parts;
  for (const auto& command : commands) {
    const bool items = command.starts_with("crm.item.list?entityTypeId=128");
    parts.push_back(part(Kind::result, items                                  ? R"({"items":[{"id":6}]})"
                                       : command.starts_with("crm.item.list") ? R"({"items":[]})"
                                                                              : R"([{"ID":"4"}])"));
  }
  std::vector<std::string> subjects;
  for (const auto& missing : audit.missing(parts)) subjects.push_back(missing.subject);
  EXPECT_THAT(subjects, testing::UnorderedElementsAre("crm.item.get?entityTypeId=128&id=5",
                                                      "crm.item.get?entityTypeId=1036&id=8"));
}

TEST(Bitrix24Audit, ARoundIsNotMoreThanOneBatch) {
  std::vector<std::string> types;
  for (int type = 128; type < 168; ++type) types.push_back(std::to_string(type));
  Bitrix24Audit audit(
      [&](EntityKind, const std::string& after, std::size_t most) {
        std::vector<std::string> ids;
        for (std::size_t n = 0; n < most; ++n) ids.push_back(types[n % types.size()] + ":" + after.substr(0, 3) + "1");
        return ids;
      },
      types);
  for (int round = 0; round < 5; ++round) EXPECT_LE(audit.next().size(), kBatchCommandsMost);
}

TEST(Bitrix24Audit, GoesRoundAllThatIsKnownAndNamesWhatIsMissing) {
  std::vector<std::string> after_seen;
  Bitrix24Audit audit([&](EntityKind kind, const std::string& after, std::size_t most) -> std::vector<std::string> {
    if (kind != EntityKind::deal) return {};
    after_seen.push_back(after);
    if (!after.empty()) return {"7", "DOC:9"};
    std::vector<std::string> ids;
    for (std::size_t id = 100; ids.size() < most; ++id) ids.push_back(std::to_string(id));
    return ids;
  });
  const auto commands = audit.next();
  ASSERT_EQ(commands.size(), 2u);
  EXPECT_THAT(after_seen, ElementsAre("", "149"));
  EXPECT_EQ(commands[1], "crm.deal.list?start=-1&select%5B%5D=ID&filter%5B%40ID%5D%5B%5D=7");
  std::string all = "[";
  for (int id = 100; id < 149; ++id) all += "{\"ID\":\"" + std::to_string(id) + "\"},";
  all.back() = ']';
  const auto missing = audit.missing({part(Kind::result, all), part(Kind::limited, "{}")});
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_EQ(missing[0].subject, "crm.deal.get?id=149");
  EXPECT_THAT(audit.missing({part(Kind::error, "{}"), part(Kind::result, "7")}), IsEmpty());
}

TEST(ExecutionTimes, ABlockedMethodWaitsAsLongAsThePortalSaysButTenMinutesAtMost) {
  using std::chrono::seconds;
  ExecutionTimes times;
  const ExecutionTimes::Time now{seconds(1'000)};
  EXPECT_EQ(times.next_unblocked(now), ExecutionTimes::Time::max());
  BatchPart blocked = part(Kind::blocked, "{}");
  times.watch("a", blocked, 5'000, now);
  EXPECT_EQ(times.blocked_until("a"), now + seconds(60));
  blocked.reset_at = 5'100;
  times.watch("b", blocked, 5'000, now);
  EXPECT_EQ(times.blocked_until("b"), now + seconds(100));
  blocked.reset_at = 50'000;
  times.watch("c", blocked, 5'000, now);
  EXPECT_EQ(times.blocked_until("c"), now + seconds(600));
  EXPECT_EQ(times.blocked_until("d"), ExecutionTimes::Time::min());
  EXPECT_EQ(times.next_unblocked(now + seconds(70)), now + seconds(100));
}

const Bitrix24List& list_named(std::string_view name) {
  static const auto lists = bitrix24_lists({"128"});
  for (const auto& list : lists) {
    if (list.name == name) return list;
  }
  throw std::runtime_error("no such list");
}

std::string rows(int first, int last) {
  std::string json = "[";
  for (int id = first; id <= last; ++id)
    json += (id == first ? "{\"ID\":\"" : ",{\"ID\":\"") + std::to_string(id) + "\"}";
  return json + "]";
}

struct Swept {
  Step step;
  std::vector<std::string> subjects;
};

Swept take(Bitrix24Sweep& sweep, const std::vector<std::string>& pages, UnixSeconds now) {
  std::vector<BatchPart> parts;
  for (const auto& page : pages) parts.push_back(part(Kind::result, page));
  std::vector<Bitrix24Sweep::Reading> readings;
  Swept swept{sweep.take(parts, now, readings), {}};
  for (auto& reading : readings) swept.subjects.push_back(reading.subject);
  return swept;
}

TEST(Bitrix24Sweep, ReadsWhatChangedSinceTheLastOneBeganByThePortalsClock) {
  Bitrix24Sweep sweep(list_named("crm.deal.list"), 0, 1'700'000'000);
  EXPECT_THAT(sweep.commands(0, 1),
              ElementsAre(HasSubstr("&filter%5B%3E%3DDATE_MODIFY%5D=2023-11-14T22%3A13%3A20%2B00%3A00&filter%5B%3EID%"
                                    "5D=0")));
  const auto first = take(sweep, {rows(1, 3)}, 1'700'000'900);
  EXPECT_EQ(first.step, Step::done);
  EXPECT_THAT(first.subjects, ElementsAre("crm.deal.list?since=1700000000&after=0&upto=1700000900"));
  EXPECT_EQ(sweep.verified(), 1'700'000'900);
  EXPECT_THAT(sweep.commands(0, 1).front(), HasSubstr("2023-11-14T22%3A26%3A20"));  // two minutes before
}

TEST(Bitrix24Sweep, PagesGoOnWhereTheOneBeforeEndsAndOnlyTheLastMovesTheCursor) {
  Bitrix24Sweep sweep(list_named("crm.deal.list"), 0, 1'700'000'000);
  EXPECT_EQ(take(sweep, {rows(1, 50)}, 1'700'000'900).step, Step::more);
  EXPECT_EQ(sweep.pages(), 2u);
  const auto commands = sweep.commands(4, 2);
  EXPECT_THAT(commands[0], HasSubstr("%3EID%5D=50"));
  EXPECT_THAT(commands[1], HasSubstr("%3EID%5D=$result[w4][49][ID]"));
  // What the portal clock says meanwhile is no matter: what changed while pages were read is in the next sweep.
  const auto rest = take(sweep, {rows(51, 100), rows(101, 107)}, 1'700'000'990);
  EXPECT_EQ(rest.step, Step::done);
  EXPECT_THAT(rest.subjects, ElementsAre("crm.deal.list?since=1700000000&after=50&more=1",
                                         "crm.deal.list?since=1700000000&after=100&upto=1700000900"));
}

TEST(Bitrix24Sweep, PagesBehindTheLastAreNotRead) {
  Bitrix24Sweep sweep(list_named("crm.deal.list"), 0, 1'700'000'000);
  const auto swept = take(sweep, {rows(1, 7), rows(1, 50)}, 1'700'000'900);
  EXPECT_EQ(swept.step, Step::done);
  EXPECT_EQ(swept.subjects.size(), 1u);
}

TEST(Bitrix24Sweep, WhatAnswersAsBeforeIsNotWrittenDownAgain) {
  Bitrix24Sweep sweep(list_named("crm.deal.list"), 0, 1'700'000'000);
  EXPECT_EQ(take(sweep, {rows(1, 3)}, 1'700'000'900).subjects.size(), 1u);
  EXPECT_EQ(take(sweep, {rows(1, 3)}, 1'700'000'960).subjects.size(), 0u);
  EXPECT_EQ(sweep.verified(), 1'700'000'960);
  EXPECT_THAT(take(sweep, {"[]"}, 1'700'001'200).subjects,
              ElementsAre("crm.deal.list?since=1700000840&after=0&upto=1700001200"));
  EXPECT_EQ(take(sweep, {"[]"}, 1'700'001'500).subjects.size(), 0u);
}

TEST(Bitrix24Sweep, ThatNothingIsNewIsWrittenDownEveryTenMinutesForListsByTime) {
  Bitrix24Sweep deals(list_named("crm.deal.list"), 1'700'000'000, 1);
  EXPECT_EQ(take(deals, {"[]"}, 1'700'000'300).subjects.size(), 1u);
  EXPECT_EQ(take(deals, {"[]"}, 1'700'000'899).subjects.size(), 0u);
  EXPECT_THAT(take(deals, {"[]"}, 1'700'000'900).subjects,
              ElementsAre("crm.deal.list?since=1700000779&after=0&upto=1700000900"));
  EXPECT_EQ(take(deals, {"[]"}, 1'700'001'200).subjects.size(), 0u);
  Bitrix24Sweep calls(list_named("voximplant.statistic.get"), 7, 1);
  EXPECT_EQ(take(calls, {"[]"}, 1'700'000'300).subjects.size(), 1u);
  EXPECT_EQ(take(calls, {"[]"}, 1'700'009'000).subjects.size(), 0u);  // its cursor tells no time
}

TEST(Bitrix24Sweep, SmartProcessesHaveListsOfTheirOwn) {
  EXPECT_THAT(
      Bitrix24Sweep(list_named("crm.item.list?entityTypeId=128"), 0, 1'700'000'000).commands(0, 1),
      ElementsAre(HasSubstr("crm.item.list?entityTypeId=128&order%5Bid%5D=ASC&start=-1&filter%5B%3E%3DupdatedTime")));
  EXPECT_TRUE(list_named("crm.stagehistory.list?entityTypeId=128").by_id);
  EXPECT_THAT(bitrix24_timed_lists({"128"}),
              ElementsAre("crm.lead.list", "crm.deal.list", "crm.quote.list", "crm.item.list?entityTypeId=31",
                          "crm.activity.list", "tasks.task.list", "crm.item.list?entityTypeId=128"));
}

TEST(Bitrix24Commands, WhatIsReadWholeIsInTheTable) {
  for (const std::string subject : {"crm.currency.list", "event.offline.get", "crm.status.list", "department.get",
                                    "department.get?start=50", "crm.deal.fields", "crm.lead.fields"}) {
    ASSERT_NE(bitrix24_kind(subject), nullptr) << subject;
    EXPECT_EQ(bitrix24_kind(subject + "?id=1"), nullptr) << subject;
    const auto commands = commands_for({{subject, 4}}, {});
    ASSERT_EQ(commands.size(), 1u);
    EXPECT_EQ(commands.front().text, subject);
    // A refusal is an answer too, so that the wish does not stay open for ever.
    EXPECT_EQ(outcome_of(commands.front(), part(Kind::error, "{}")).readings.front().status, 400u);
  }
}

TEST(Bitrix24Sweep, AListByIdGoesOnFromTheGreatestId) {
  Bitrix24Sweep sweep(list_named("crm.stagehistory.list?entityTypeId=2"), 900, 1);
  EXPECT_THAT(sweep.commands(0, 2), ElementsAre(HasSubstr("%3EID%5D=880"), HasSubstr("$result[w0][items][49][ID]")));
  const auto swept = take(sweep, {"{\"items\":" + rows(890, 905) + "}"}, 1'700'000'900);
  EXPECT_THAT(swept.subjects, ElementsAre("crm.stagehistory.list?entityTypeId=2&after=880&upto=905"));
  EXPECT_EQ(take(sweep, {"{\"items\":[]}"}, 1'700'000'950).step, Step::done);
  EXPECT_THAT(sweep.commands(0, 1).front(), HasSubstr("%3EID%5D=885"));  // nothing new: the cursor stays
}

TEST(Bitrix24Sweep, AFailureLosesNothing) {
  Bitrix24Sweep sweep(list_named("crm.deal.list"), 0, 1'700'000'000);
  take(sweep, {rows(1, 50)}, 1'700'000'900);
  std::vector<Bitrix24Sweep::Reading> readings;
  const std::vector<BatchPart> broken{part(Kind::result, rows(51, 100)), part(Kind::limited, "{}")};
  EXPECT_EQ(sweep.take(broken, 1'700'000'950, readings), Step::failed);
  EXPECT_EQ(readings.size(), 1u);
  EXPECT_THAT(sweep.commands(0, 1).front(), HasSubstr("%3EID%5D=100"));
}

TEST(Bitrix24Sweep, ABackfillSaysAfterEachPageHowFarItHasCome) {
  Bitrix24Sweep sweep(list_named("crm.deal.list"), Bitrix24Sweep::Backfill{1'600'000'000});
  EXPECT_THAT(sweep.commands(0, 1).front(),
              HasSubstr("DATE_MODIFY%5D=2020-09-13T12%3A26%3A40%2B00%3A00&filter%5B%3EID%5D=0"));
  EXPECT_THAT(take(sweep, {rows(1, 50)}, 1'700'000'900).subjects,
              ElementsAre("crm.deal.list?since=1600000000&after=0&backfill=1600000000&upto=51&more=1"));
  EXPECT_FALSE(sweep.finished());
  Bitrix24Sweep resumed(list_named("crm.deal.list"), Bitrix24Sweep::Backfill{1'600'000'000, 51});
  EXPECT_THAT(resumed.commands(0, 1).front(), HasSubstr("filter%5B%3EID%5D=50"));
  EXPECT_THAT(take(resumed, {rows(51, 60)}, 1'700'000'900).subjects,
              ElementsAre("crm.deal.list?since=1600000000&after=50&backfill=1600000000&upto=9223372036854775807"));
  EXPECT_TRUE(resumed.finished());
  EXPECT_EQ(resumed.rows(), 10u);
}

TEST(Bitrix24Sweep, APortalThatIgnoresTheFilterEndsTheSweep) {
  Bitrix24Sweep sweep(list_named("crm.deal.list"), 0, 1'700'000'000);
  EXPECT_EQ(take(sweep, {rows(1, 50)}, 1'700'000'900).step, Step::more);
  EXPECT_EQ(take(sweep, {rows(1, 50)}, 1'700'000'900).step, Step::done);
}

}  // namespace
}  // namespace kpistream::ingest
