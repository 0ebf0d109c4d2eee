// Pages of lists: the same rows as single answers, and the cursor that the last page moves.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "ingest/bitrix24/adapter.hpp"
#include "stream/facts/entity.hpp"
#include "tests/unit/ingest/bitrix24/support.hpp"

namespace kpistream::ingest {
namespace {

Decoded decode(const std::string& subject, const std::string& body, std::uint16_t status = 200) {
  return make_bitrix24_adapter(PortalSettings{})->decode(reading(subject, body, status));
}

std::string cursor_of(const Decoded& decoded) {
  std::string text;
  for (const auto& seen : decoded.observations) {
    if (seen.ref.kind == EntityKind::cursor) text += seen.ref.id + "=" + std::to_string(seen.cursor) + ";";
  }
  return text;
}

// The `result` of a sample answer as the only row of a page.
std::string page_of(const std::string& subject, int step, const char* inside, const char* list) {
  std::string body = sample_answer(subject, step).body;
  const std::string head = std::string("{\"result\":") + inside;
  body = body.substr(head.size(), body.find(",\"time\":") - head.size());
  if (*inside != '\0') body.pop_back();
  return std::string("{\"result\":") + (*list == '\0' ? "" : "{\"" + std::string(list) + "\":") + "[" + body + "]" +
         (*list == '\0' ? "" : "}") + "}";
}

TEST(Bitrix24Lists, ARowTellsWhatTheSingleAnswerTells) {
  struct Case {
    const char* one;
    int step;
    const char* inside;
    const char* list;
    const char* rows;
  };
  const auto adapter = make_bitrix24_adapter(PortalSettings{});
  for (const auto& [one, step, inside, list, rows] :
       {Case{"crm.lead.get?id=501", 4, "", "crm.lead.list", ""},
        {"crm.deal.get?id=701", 11, "", "crm.deal.list", ""},
        {"crm.quote.get?id=301", 7, "", "crm.quote.list", ""},
        {"crm.activity.get?id=9003", 13, "", "crm.activity.list", ""},
        {"tasks.task.get?taskId=4001", 9, "{\"task\":", "tasks.task.list", "tasks"},
        {"crm.item.get?entityTypeId=31&id=88", 10, "{\"item\":", "crm.item.list?entityTypeId=31", "items"}}) {
    const auto expected = adapter->decode(sample_answer(one, step));
    const auto decoded = decode(list, page_of(one, step, inside, rows));
    ASSERT_EQ(decoded.observations.size(), 2U) << list << describe(decoded);
    EXPECT_EQ(describe(decoded.observations[0]), describe(expected.observations.at(0))) << list;
    EXPECT_EQ(cursor_of(decoded), std::string(list) + "=" + std::to_string(expected.observations[0].version) + ";");
    EXPECT_EQ(decoded.verdict, DecodeVerdict::understood);
    EXPECT_TRUE(std::string(list).starts_with(decoded.event));
  }
}

constexpr const char* kDeals = R"({"result":[{"ID":"5","DATE_MODIFY":"2026-09-14T10:00:02Z"},
                                            {"ID":"6","DATE_MODIFY":"2026-09-14T10:00:01Z"}]})";

TEST(Bitrix24Lists, OnlyTheLastPageMovesTheCursorAsFarAsTheReadCame) {
  EXPECT_EQ(cursor_of(decode("crm.deal.list?more=1", kDeals)), "");
  EXPECT_EQ(decode("crm.deal.list?more=1", kDeals).observations.size(), 2U);
  EXPECT_EQ(cursor_of(decode("crm.deal.list", kDeals)), "crm.deal.list=1789380002;");
  EXPECT_EQ(cursor_of(decode("crm.deal.list?upto=1789380100", kDeals)), "crm.deal.list=1789380100;");
  EXPECT_EQ(cursor_of(decode("crm.deal.list?upto=7&more=1", kDeals)), "");
  EXPECT_EQ(cursor_of(decode("crm.deal.list?upto=x", kDeals)), "crm.deal.list=1789380002;");
}

TEST(Bitrix24Lists, EveryPageOfABackfillMovesACursorOfItsOwn) {
  EXPECT_EQ(cursor_of(decode("crm.deal.list?since=9&after=0&backfill=9&upto=7&more=1", kDeals)),
            "backfill/9/crm.deal.list=7;");
  EXPECT_EQ(cursor_of(decode("crm.item.list?entityTypeId=31&backfill=9&upto=9223372036854775807", R"({"result":[]})")),
            "backfill/9/crm.item.list?entityTypeId=31=9223372036854775807;");
  EXPECT_EQ(cursor_of(decode("crm.deal.list?backfill=9", kDeals)), "");
  EXPECT_EQ(cursor_of(decode("crm.deal.list?backfill=x&upto=7", kDeals)), "");
}

TEST(Bitrix24Lists, AnEmptyLastPageMovesTheCursorOnlyWhereItIsToldHowFar) {
  EXPECT_EQ(cursor_of(decode("crm.deal.list", R"({"result":[]})")), "");
  EXPECT_EQ(cursor_of(decode("crm.deal.list?upto=8", R"({"result":[]})")), "crm.deal.list=8;");
  EXPECT_EQ(describe(decode("crm.item.list?entityTypeId=31&upto=8", R"({"result":[]})")),
            "understood crm.item.list\ncursor:crm.item.list?entityTypeId=31 cursor=8");
}

TEST(Bitrix24Lists, EachPageOfABackfillMovesACursorOfItsOwn) {
  EXPECT_EQ(cursor_of(decode("crm.deal.list?since=5&after=0&backfill=5&upto=51&more=1", R"({"result":[]})")),
            "backfill/5/crm.deal.list=51;");
  EXPECT_EQ(cursor_of(decode("backfill?cursor=backfill/5/crm.stagehistory.list?entityTypeId=2", "{}")),
            "backfill/5/crm.stagehistory.list?entityTypeId=2=1;");
}

TEST(Bitrix24Lists, ARowThatCannotBeReadHidesNoOther) {
  const auto decoded = decode("crm.deal.list", R"({"result":[{"ID":"5"},7,
                                              {"ID":"6","DATE_MODIFY":"2026-09-14T10:00:00Z"}]})");
  EXPECT_EQ(decoded.verdict, DecodeVerdict::quarantined);
  ASSERT_EQ(decoded.observations.size(), 2U);
  EXPECT_EQ(decoded.observations[0].ref, (EntityRef{EntityKind::deal, "6"}));
}

TEST(Bitrix24Lists, ARefusalIsNoPageAndMovesNothing) {
  struct Case {
    std::uint16_t status;
    const char* body;
  };
  for (const char* subject : {"crm.lead.list?upto=9", "crm.item.list?entityTypeId=31&upto=9", "tasks.task.list?upto=9",
                              "voximplant.statistic.get?upto=9", "crm.stagehistory.list?entityTypeId=2&upto=9"}) {
    for (const auto& [status, body] : {Case{401, R"({"error":"insufficient_scope"})"},
                                       {200, R"({"error":"ACCESS_DENIED","result":[]})"},
                                       {400, R"({"result":[]})"},
                                       {200, R"({"result":null})"},
                                       {200, R"({"result":{"total":0}})"},
                                       {200, "<html>"}}) {
      const auto decoded = decode(subject, body, status);
      EXPECT_EQ(decoded.verdict, DecodeVerdict::quarantined) << subject << body;
      EXPECT_TRUE(decoded.observations.empty());
    }
  }
}

TEST(Bitrix24History, RowsAreStagesAndNothingElse) {
  Record deals =
      sample_answer(R"(crm.stagehistory.list?entityTypeId=2&filter={"OWNER_ID":701}&order={"ID":"ASC"})", 11);
  deals.subject = "crm.stagehistory.list?entityTypeId=2";
  const auto adapter = make_bitrix24_adapter(PortalSettings{});
  EXPECT_EQ(describe(adapter->decode(deals)),
            "understood crm.stagehistory.list\n"
            "deal:701 | point at=2026-09-14T07:20:11Z entered=2026-09-14T07:20:11Z pipeline=5 stage=C5:NEW "
            "outcome=open row=9101\n"
            "deal:701 | point at=2026-09-14T08:30:01Z entered=2026-09-14T08:30:01Z pipeline=5 stage=C5:PREPARATION "
            "outcome=open row=9105\n"
            "deal:701 | point at=2026-09-14T12:02:05Z entered=2026-09-14T12:02:05Z pipeline=5 stage=C5:WON "
            "outcome=won row=9109\n"
            "cursor:crm.stagehistory.list?entityTypeId=2 cursor=9109");
  Record leads = sample_answer(R"(crm.stagehistory.list?entityTypeId=1&filter={"OWNER_ID":501}&order={"ID":"ASC"})", 4);
  leads.subject = "crm.stagehistory.list?entityTypeId=1&more=1";
  EXPECT_EQ(
      describe(adapter->decode(leads)),
      "understood crm.stagehistory.list\n"
      "lead:501 | point at=2026-09-14T07:00:03Z entered=2026-09-14T07:00:03Z stage=NEW outcome=open row=5101\n"
      "lead:501 | point at=2026-09-14T07:20:11Z entered=2026-09-14T07:20:11Z stage=CONVERTED outcome=won row=5102");
}

std::string history_row(const std::string& fields) {
  return R"({"result":{"items":[{"ID":7,"OWNER_ID":5,"CREATED_TIME":"2026-09-14T10:00:00Z",)" + fields + "}]}}";
}

TEST(Bitrix24History, IsThatOfTheKindTheSubjectNames) {
  const std::string stage = history_row(R"("STAGE_ID":"DT31_3:P","CATEGORY_ID":3,"STAGE_SEMANTIC_ID":"S")");
  const auto ref = [&](const char* type) {
    const auto decoded = decode(std::string("crm.stagehistory.list?more=1&entityTypeId=") + type, stage);
    return decoded.observations.empty() ? EntityRef{} : decoded.observations[0].ref;
  };
  EXPECT_EQ(ref("31"), (EntityRef{EntityKind::invoice, "5"}));
  EXPECT_EQ(ref("5"), (EntityRef{EntityKind::invoice, "5:5"}));
  EXPECT_EQ(ref("2"), (EntityRef{EntityKind::deal, "5"}));
  EXPECT_EQ(ref("128"), EntityRef{});
  EXPECT_EQ(ref(""), EntityRef{});
}

TEST(Bitrix24History, ARowWithoutAStageOrATimeOrAnIdIsQuarantined) {
  for (const char* row :
       {R"({"ID":7,"OWNER_ID":5,"STAGE_ID":"NEW"})", R"({"ID":7,"OWNER_ID":5,"CREATED_TIME":"2026-09-14T10:00:00Z"})",
        R"({"OWNER_ID":5,"STAGE_ID":"NEW","CREATED_TIME":"2026-09-14T10:00:00Z"})",
        R"({"ID":-7,"OWNER_ID":5,"STAGE_ID":"NEW","CREATED_TIME":"2026-09-14T10:00:00Z"})",
        R"({"ID":7,"OWNER_ID":0,"STAGE_ID":"NEW","CREATED_TIME":"2026-09-14T10:00:00Z"})"}) {
    const auto decoded =
        decode("crm.stagehistory.list?entityTypeId=2&more=1", std::string(R"({"result":{"items":[)") + row + "]}}");
    EXPECT_EQ(describe(decoded), "quarantined crm.stagehistory.list") << row;
  }
}

// The sample day's deal 701, as its readings and its history tell it.
TEST(Bitrix24History, AgreesWithTheReadingsOfTheSampleDayInAnyOrder) {
  const auto adapter = make_bitrix24_adapter(PortalSettings{});
  std::vector<Observation> told;
  for (const int step : {5, 11}) {
    for (auto& seen : adapter->decode(sample_answer("crm.deal.get?id=701", step)).observations) told.push_back(seen);
  }
  Record rows = sample_answer(R"(crm.stagehistory.list?entityTypeId=2&filter={"OWNER_ID":701}&order={"ID":"ASC"})", 11);
  rows.subject = "crm.stagehistory.list?entityTypeId=2&more=1";
  for (auto& seen : adapter->decode(rows).observations) told.push_back(seen);
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 50; ++round) {
    std::shuffle(told.begin(), told.end(), random);
    Entity entity;
    for (const auto& seen : told) entity.observe(seen);
    std::string stages;
    for (const auto& point : entity.points) stages += point.stage + " " + point.owner + ", ";
    ASSERT_EQ(stages, "C5:NEW 7, C5:PREPARATION 7, C5:WON 7, ") << "round " << round;
    ASSERT_EQ(entity.points[1].amount, 25'000'000);
  }
}

TEST(Bitrix24Statistics, ACallIsTheSameCallAsAtItsEndAndKnowsWhoseItIs) {
  const auto adapter = make_bitrix24_adapter(PortalSettings{});
  const auto ended = adapter->decode(delivery(sample_form("02.ONVOXIMPLANTCALLEND.form"))).observations.at(0);
  Record rows =
      sample_answer(R"(voximplant.statistic.get?FILTER={"CALL_ID":"5E316880469A6376.1789369770.8740011"})", 2);
  rows.subject = "voximplant.statistic.get";
  const auto decoded = adapter->decode(rows);
  ASSERT_EQ(decoded.observations.size(), 2U) << describe(decoded);
  const Observation& listed = decoded.observations[0];
  EXPECT_EQ(listed.ref, ended.ref);
  EXPECT_EQ(listed.version, ended.version);
  EXPECT_EQ(cursor_of(decoded), "voximplant.statistic.get=61;");
  for (const bool listed_first : {true, false}) {
    Entity call;
    call.observe(listed_first ? listed : ended);
    call.observe(listed_first ? ended : listed);
    EXPECT_EQ(call.details.target, (EntityRef{EntityKind::lead, "501"}));
    EXPECT_EQ(call.details.seconds, 185);
    EXPECT_EQ(call.details.owner, "7");
  }
}

TEST(Bitrix24Statistics, AMissedCallIsMissedAndAnAnnouncementIsNobodys) {
  Record rows = sample_answer(
      R"(voximplant.statistic.get?FILTER={"CALL_ID":"externalCall.7b0c7de811455ef32b18dc5917e4306a.1789377300"})", 8);
  rows.subject = "voximplant.statistic.get?more=1";
  const auto missed = make_bitrix24_adapter(PortalSettings{})->decode(rows).observations.at(0);
  EXPECT_EQ(missed.details->call, CallOutcome::missed);
  EXPECT_EQ(missed.details->target, EntityRef{});
  EXPECT_EQ(describe(decode("voximplant.statistic.get", R"({"result":[{"ID":"70","CALL_ID":"c","CALL_TYPE":"5"}]})")),
            "understood voximplant.statistic.get\ncursor:voximplant.statistic.get cursor=70");
  EXPECT_EQ(describe(decode("voximplant.statistic.get?more=1", R"({"result":[{"ID":"70","CALL_TYPE":"1"}]})")),
            "quarantined voximplant.statistic.get");
}

}  // namespace
}  // namespace kpistream::ingest
