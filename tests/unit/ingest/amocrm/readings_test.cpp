// REST answers beyond the sample day.
#include <gtest/gtest.h>

#include <map>

#include "ingest/amocrm/adapter.hpp"
#include "tests/unit/ingest/amocrm/settings.hpp"
#include "tests/unit/ingest/support/records.hpp"

namespace kpistream::ingest {
namespace {

Decoded decode(const std::string& subject, const std::string& body, std::uint16_t status = 200) {
  return make_amocrm_adapter(demo_settings())->decode(reading(subject, body, status));
}

std::string list(const std::string& name, const std::string& items) {
  return R"({"_page":1,"_embedded":{")" + name + R"(":[)" + items + "]}}";
}

TEST(AmoReadings, AnEmptyListIsUnderstoodHoweverItIsTold) {
  for (const char* subject : {"leads", "tasks", "leads/notes", "contacts/notes", "companies/notes", "users"}) {
    EXPECT_EQ(describe(decode(subject, "", 204)), std::string("understood ") + subject);
    EXPECT_EQ(describe(decode(subject, "", 200)), std::string("understood ") + subject);
  }
  EXPECT_EQ(describe(decode("leads", list("leads", ""))), "understood leads");
}

TEST(AmoReadings, OnlyTheLastPageMovesTheCursor) {
  const std::string body = list("tasks", R"({"id":1,"updated_at":300},{"id":2,"updated_at":200})");
  EXPECT_EQ(decode("tasks?page=1", body).observations.size(), 2U);
  const auto last = decode("tasks", body);
  ASSERT_EQ(last.observations.size(), 3U);
  EXPECT_EQ(describe(last.observations[2]), "cursor:tasks cursor=300");
}

TEST(AmoReadings, DirectoriesHaveNoCursor) {
  EXPECT_EQ(describe(decode("users?page=1", list("users", R"({"id":7,"name":"A B","email":"a@b","updated_at":5})"))),
            "understood users\nmanager:7 name=A B");
  EXPECT_EQ(describe(decode("leads/pipelines", list("pipelines", R"({"id":8,"name":"P","_embedded":{"statuses":[
                            {"id":68,"name":"First","type":0},{"name":"nothing"}]}})"))),
            "understood leads/pipelines\npipeline:8 name=P\nstage:8/68 name=First fields=of:deal/8");
  EXPECT_EQ(describe(decode("leads/pipelines", list("pipelines", R"({"id":8,"name":"P"})"))),
            "understood leads/pipelines\npipeline:8 name=P");
  EXPECT_EQ(describe(decode("leads/loss_reasons", list("loss_reasons", R"({"id":15,"name":"Дорого","sort":1})"))),
            "understood leads/loss_reasons\nloss_reason:15 name=Дорого");
}

TEST(AmoReadings, WhatIsNoListOfOursIsQuarantined) {
  EXPECT_EQ(describe(decode("leads", "<html>", 502)), "quarantined leads");
  EXPECT_EQ(describe(decode("leads", R"({"title":"Unauthorized","status":401})", 401)), "quarantined leads");
  EXPECT_EQ(describe(decode("leads", list("leads", ""), 403)), "quarantined leads");
  EXPECT_EQ(describe(decode("leads", "{}")), "quarantined leads");
  EXPECT_EQ(describe(decode("leads", list("tasks", ""))), "quarantined leads");
  EXPECT_EQ(describe(decode("leads", std::string(200, '['))), "quarantined leads");
  for (const char* subject : {"", "account", "leads/", "leads2", "Leads", "contacts", "customers"}) {
    EXPECT_EQ(describe(decode(subject, list("leads", ""))), "quarantined other") << subject;
  }
}

TEST(AmoReadings, AnUnreadableItemIsQuarantinedAndTheOthersAreSeen) {
  const auto decoded =
      decode("tasks", list("tasks", R"({"id":"x","updated_at":5},{"id":2,"updated_at":200},{"id":3},7)"));
  EXPECT_EQ(decoded.verdict, DecodeVerdict::quarantined);
  ASSERT_EQ(decoded.observations.size(), 2U);
  EXPECT_EQ(decoded.observations[0].ref.id, "2");
  EXPECT_EQ(decode("leads", list("leads", R"({"id":5,"updated_at":100})")).verdict, DecodeVerdict::quarantined);
  EXPECT_EQ(decode("leads/notes", list("notes", R"({"id":5,"note_type":"call_in","params":[]})")).verdict,
            DecodeVerdict::quarantined);
}

TEST(AmoReadings, ALeadInTheBinIsGone) {
  EXPECT_EQ(describe(decode("leads?page=1", list("leads", R"({"id":5,"status_id":68000040,"updated_at":100,
                            "is_deleted":true,"price":1.5,"loss_reason_id":null,"updated_by":0})"))),
            "understood leads\n"
            "deal:5 presence=gone version=1970-01-01T00:01:40Z loss_reason='' | point at=1970-01-01T00:01:40Z "
            "stage=68000040 outcome=open amount=150 author=0");
}

Observation lead(const std::string& fields) {
  return decode("leads?page=1", list("leads", R"({"id":5,"status_id":3,"updated_at":100,)" + fields + "}"))
      .observations.at(0);
}

TEST(AmoReadings, AListTellsWhoChangedALeadAndNotWhoMovedIt) {
  EXPECT_EQ(lead(R"("updated_by":9)").point->author, "9");
  EXPECT_EQ(lead(R"("updated_by":9)").point->mover, "");
  EXPECT_EQ(lead(R"("price":9)").point->author, "");
}

TEST(AmoReadings, TheClientIsTheCompanyElseTheMainContactElseTheFirst) {
  const auto client = [](const std::string& embedded) { return lead(R"("_embedded":)" + embedded).client; };
  EXPECT_EQ(client(R"({"companies":[{"id":3}],"contacts":[{"id":61,"is_main":true}]})"),
            (EntityRef{EntityKind::client, "company:3"}));
  EXPECT_EQ(client(R"({"companies":[],"contacts":[{"id":60,"is_main":false},{"id":61,"is_main":true},{"id":62}]})"),
            (EntityRef{EntityKind::client, "contact:61"}));
  EXPECT_EQ(client(R"({"contacts":[{"id":60},{"id":61}]})"), (EntityRef{EntityKind::client, "contact:60"}));
  EXPECT_EQ(client(R"({"contacts":[{"id":61,"is_main":true},{"id":60}]})"),
            (EntityRef{EntityKind::client, "contact:61"}));
  EXPECT_EQ(client(R"({"companies":[],"contacts":[]})"), EntityRef{});
  EXPECT_EQ(client(R"({"companies":[]})"), std::nullopt) << "not told";
  EXPECT_EQ(client("[]"), std::nullopt);
}

TEST(AmoReadings, KeptFieldsAreChoicesElseTextsNumbersAndTrue) {
  const auto fields = [](const std::string& values) {
    return lead(R"("custom_fields_values":[{"field_id":1,"values":[{"value":"8"}]},{"field_id":701001,"values":)" +
                values + "}]")
        .fields.value();
  };
  for (const auto& [json, value] : std::map<std::string, std::string>{
           {R"("750.50")", "750.50"}, {"750.5", "750.5"}, {"1794776400", "1794776400"}, {"true", "1"}}) {
    EXPECT_EQ(fields(R"([{"value":)" + json + "}]"), (std::vector<Field>{{"quote_sum", value}})) << json;
    EXPECT_EQ(fields(R"([{"enum_id":null,"value":)" + json + "}]"), (std::vector<Field>{{"quote_sum", value}}));
  }
  EXPECT_EQ(fields(R"([{"value":"Б","enum_id":2},{"value":"А","enum_id":1}])"),
            (std::vector<Field>{{"quote_sum", "1"}, {"quote_sum", "2"}}));
  EXPECT_EQ(fields("[]"), std::vector<Field>{});
  EXPECT_EQ(lead(R"("custom_fields_values":null)").fields, std::vector<Field>{});
  EXPECT_EQ(lead(R"("_embedded":{"tags":[{"id":9,"name":"Иван"},{"id":8}]})").fields,
            (std::vector<Field>{{"tag", "8"}, {"tag", "9"}}));
}

TEST(AmoReadings, AHookAndAnAnswerAboutOneLeadAgree) {
  const auto hook =
      make_amocrm_adapter(demo_settings())
          ->decode(delivery(
              "leads[status][0][id]=5&leads[status][0][status_id]=68000040&leads[status][0][updated_at]=100&"
              "leads[status][0][created_at]=90&leads[status][0][created_user_id]=6&leads[status][0][responsible_user_"
              "id]=7&"
              "leads[status][0][modified_user_id]=4&leads[status][0][tags][0][id]=2&"
              "leads[status][0][pipeline_id]=8&leads[status][0][price]=9&leads[status][0][custom_fields][0][id]=701001&"
              "leads[status][0][custom_fields][0][values][0][value]=8&leads[status][0][custom_fields][1][id]=3&"
              "leads[status][0][custom_fields][1][code]=UTM_SOURCE&leads[status][0][custom_fields][1][values][0][value]"
              "=vk"));
  const auto answer = decode("leads?page=1", list("leads", R"({"id":5,"status_id":68000040,"updated_at":100,
      "created_at":90,"created_by":6,"updated_by":4,"_embedded":{"tags":[{"id":2}]},"responsible_user_id":7,"pipeline_id":8,"price":9,"closed_at":null,
      "custom_fields_values":[{"field_id":701001,"field_code":null,"values":[{"value":"8"}]},
      {"field_id":3,"field_code":"UTM_SOURCE","values":[{"value":"vk"}]}]})"));
  ASSERT_EQ(hook.observations.size(), 1U);
  ASSERT_EQ(answer.observations.size(), 1U);
  EXPECT_EQ(hook.observations[0].point->mover, "4");  // a list does not tell that the status has changed
  auto point = hook.observations[0].point.value();
  point.mover = "";
  EXPECT_EQ(point, answer.observations[0].point);
  EXPECT_EQ(hook.observations[0].fields, answer.observations[0].fields);
  EXPECT_EQ(hook.observations[0].fields, (std::vector<Field>{{"quote_sum", "8"}, {"tag", "2"}}));
  EXPECT_EQ(hook.observations[0].source, answer.observations[0].source);
  EXPECT_EQ(hook.observations[0].creator, answer.observations[0].creator);
  EXPECT_EQ(hook.observations[0].created, answer.observations[0].created);
}

// KPI.md K8, whole: direction x call_status x talk time.
TEST(AmoReadings, DirectionStatusAndTalkTimeDecideACallsOutcome) {
  constexpr auto kTalk = CallOutcome::talk;
  constexpr auto kMissed = CallOutcome::missed;
  constexpr auto kFailed = CallOutcome::failed;
  constexpr auto kUnknown = CallOutcome::unknown;
  struct Case {
    const char* status;
    int seconds;
    CallOutcome in;
    CallOutcome out;
  };
  for (const auto& [status, seconds, in, out] : {Case{"null", 65, kTalk, kTalk},
                                                 {"null", 9, kTalk, kTalk},
                                                 {"null", 0, kMissed, kFailed},
                                                 {"1", 30, kMissed, kFailed},
                                                 {"2", 30, kMissed, kFailed},
                                                 {"3", 30, kMissed, kFailed},
                                                 {"4", 65, kTalk, kTalk},
                                                 {"4", 9, kTalk, kTalk},
                                                 {"4", 0, kTalk, kTalk},
                                                 {"\"4\"", 65, kTalk, kTalk},
                                                 {"5", 30, kMissed, kFailed},
                                                 {"6", 30, kMissed, kFailed},
                                                 {"7", 30, kMissed, kFailed},
                                                 {"8", 30, kUnknown, kUnknown},
                                                 {"9", 30, kUnknown, kUnknown},
                                                 {"-1", 30, kUnknown, kUnknown}}) {
    for (const bool incoming : {true, false}) {
      const auto decoded = decode(
          "contacts/notes?page=1",
          list("notes", R"({"id":31,"created_at":100,"updated_at":100,"note_type":")" +
                            std::string(incoming ? "call_in" : "call_out") + R"(","params":{"uniq":"u","duration":)" +
                            std::to_string(seconds) + R"(,"call_status":)" + status + "}}"));
      const auto& details = decoded.observations.at(0).details.value();
      const auto expected = incoming ? in : out;
      EXPECT_EQ(details.call, expected) << status << " " << seconds << " " << incoming;
      EXPECT_EQ(details.seconds, expected == kTalk ? seconds : 0) << status << " " << seconds;
      EXPECT_EQ(details.direction, incoming ? Direction::in : Direction::out);
    }
  }
}

TEST(AmoReadings, ACallIsItsResponsiblesElseItsAuthors) {
  const auto owner = [](const std::string& people) {
    const auto decoded =
        decode("contacts/notes?page=1", list("notes", R"({"id":31,"created_at":100,"params":{"uniq":"u"},
                                "note_type":"call_in",)" + people +
                                                          "}"));
    return decoded.observations.at(0).details.value().owner;
  };
  EXPECT_EQ(owner(R"("responsible_user_id":7,"created_by":8)"), "7");
  EXPECT_EQ(owner(R"("responsible_user_id":0,"created_by":8)"), "8");
  EXPECT_EQ(owner(R"("responsible_user_id":null,"created_by":0)"), "");
}

TEST(AmoReadings, ACallsNumberIsKeptAsTheHashOfItsLine) {
  const auto line = [](const std::string& phone) {
    const auto decoded =
        decode("contacts/notes?page=1", list("notes", R"({"id":31,"created_at":100,"note_type":"call_in",
                                     "params":{"uniq":"u","phone":)" +
                                                          phone + "}}"));
    return decoded.observations.at(0).details.value().line;
  };
  EXPECT_EQ(line(R"("+79000000001")"), "b4640c8e1bedf65f");
  EXPECT_EQ(line("79000000001"), "b4640c8e1bedf65f");
  EXPECT_EQ(line("null"), "");
}

TEST(AmoReadings, TasksTellWhoMadeThemAndWhoCompletedThem) {
  const auto task = [](const std::string& fields) {
    return decode("tasks?page=1", list("tasks", R"({"id":60,"updated_at":100,"created_at":90,"task_type_id":3100001,
                                                 "created_by":0,"updated_by":9,)" +
                                                    fields + "}"))
        .observations.at(0)
        .details.value();
  };
  const auto open = task(R"("is_completed":false)");
  EXPECT_EQ(open.author, "0");
  EXPECT_EQ(open.closer, "");
  EXPECT_EQ(open.created, 90);
  EXPECT_EQ(open.type, "3100001");
  EXPECT_EQ(open.act, Act::todo);
  EXPECT_EQ(task(R"("is_completed":true)").closer, "9");
}

TEST(AmoReadings, CommonNotesAreCommentsAsFromWebhooks) {
  EXPECT_EQ(describe(decode("leads/notes?page=1", list("notes", R"({"id":31,"entity_id":5,"note_type":"common",
                            "created_by":7,"created_at":100,"updated_at":100,"responsible_user_id":6,
                            "params":{"text":"words"}})"))),
            "understood leads/notes\n"
            "note:31 version=1970-01-01T00:01:40Z | details owner=7 act=comment start=1970-01-01T00:01:40Z "
            "target=deal:5 author=7 created=1970-01-01T00:01:40Z");
  const auto robot = decode("contacts/notes?page=1", list("notes", R"({"id":31,"entity_id":5,"note_type":"common",
                            "created_by":0,"created_at":100})"))
                         .observations.at(0)
                         .details.value();
  EXPECT_FALSE(robot.human);
  EXPECT_EQ(robot.target, (EntityRef{EntityKind::card, "contact:5"}));
  EXPECT_EQ(decode("leads/notes", list("notes", R"({"id":31,"note_type":"common"})")).verdict,
            DecodeVerdict::quarantined);
}

TEST(AmoReadings, OtherNotesAreNotLookedAt) {
  EXPECT_EQ(describe(decode("leads/notes?page=1", list("notes", R"({"id":1,"note_type":"attachment","updated_at":5,
                            "params":{"text":"words"}},{"id":2,"note_type":"geolocation"})"))),
            "understood leads/notes");
}

// As the webhook tells the same note: an incoming one is the client's, an outgoing one its author's.
TEST(AmoReadings, TextMessagesAreNotesToo) {
  EXPECT_EQ(describe(decode("contacts/notes?page=1", list("notes", R"({"id":31,"entity_id":5,"note_type":"sms_in",
                            "created_by":7,"created_at":100,"updated_at":100},{"id":32,"entity_id":5,
                            "note_type":"sms_out","created_by":7,"created_at":101,"updated_at":101})"))),
            "understood contacts/notes\n"
            "message:note:31 version=1970-01-01T00:01:40Z | details act=chat direction=in "
            "start=1970-01-01T00:01:40Z target=contact:5 created=1970-01-01T00:01:40Z\n"
            "message:note:32 version=1970-01-01T00:01:41Z | details owner=7 act=chat direction=out "
            "start=1970-01-01T00:01:41Z target=contact:5 author=7 created=1970-01-01T00:01:41Z");
  EXPECT_EQ(decode("leads/notes", list("notes", R"({"id":2,"note_type":"sms_in"})")).verdict,
            DecodeVerdict::quarantined);
}

TEST(AmoReadings, APageSaysHowFarItsListWasRead) {
  EXPECT_EQ(describe(decode("leads?page=2&from=5&upto=900", "", 204)), "understood leads\ncursor:leads cursor=900");
  EXPECT_EQ(describe(decode("leads?page=1&from=5&more=1", list("leads", ""))), "understood leads");
  EXPECT_EQ(describe(decode("tasks?page=1&from=5&backfill=5&upto=251", "", 204)),
            "understood tasks\ncursor:backfill/5/tasks cursor=251");
  EXPECT_EQ(describe(decode("tasks?page=1&backfill=x&upto=251", "", 204)), "understood tasks");
  EXPECT_TRUE(decode("leads?page=2&from=5&upto=900", "", 204).heals);
  EXPECT_FALSE(decode("leads?page=2&backfill=5&upto=900", "", 204).heals);
}

TEST(AmoReadings, ABackfillIsBegunAndWhole) {
  EXPECT_EQ(describe(decode("backfill?cursor=backfill/5/leads", "{}")),
            "understood backfill\ncursor:backfill/5/leads cursor=1");
  EXPECT_EQ(decode("backfill?since=1789000000", "{}").known_since, 1'789'000'000);
}

TEST(AmoReadings, ALeadThatWasToldToBeDeletedMayBeThere) {
  const auto seen = decode("leads/5", list("leads", R"({"id":5,"status_id":3,"updated_at":100})"));
  EXPECT_EQ(seen.observations.at(0).presence, Presence::present);
  EXPECT_EQ(describe(decode("leads/5", "", 204)), "understood leads");
  EXPECT_EQ(describe(decode("leads/5", "{}", 200)), "quarantined leads");
}

TEST(AmoReadings, WhatIsInTheBinIsGone) {
  const auto seen = decode("leads/bin?page=1", list("leads", R"({"id":5,"status_id":3,"updated_at":100})"));
  EXPECT_EQ(seen.observations.at(0).presence, Presence::gone);
}

TEST(AmoReadings, AnInvoiceIsReadAsItsWebhookTellsIt) {
  const auto seen = decode("catalogs/elements?page=1", list("elements", R"({"id":80,"created_by":7,"updated_by":8,
      "created_at":90,"updated_at":100,"is_deleted":null,"custom_fields_values":[
      {"field_code":"BILL_STATUS","values":[{"value":"Оплачен","enum_id":4600002,"enum_code":"paid"}]},
      {"field_code":"BILL_PAYMENT_DATE","values":[{"value":95}]},
      {"field_code":"BILL_PRICE","values":[{"value":"480000"}]}]},{"id":81,"updated_at":100})"));
  const auto hook =
      make_amocrm_adapter(demo_settings())
          ->decode(delivery(
              "catalogs[update][0][id]=80&catalogs[update][0][created_by]=7&catalogs[update][0][updated_by]=8&"
              "catalogs[update][0][created_at]=90&catalogs[update][0][updated_at]=100&"
              "catalogs[update][0][custom_fields][0][id]=1&catalogs[update][0][custom_fields][0][code]=BILL_STATUS&"
              "catalogs[update][0][custom_fields][0][values][0][value]=Оплачен&"
              "catalogs[update][0][custom_fields][0][values][0][enum]=4600002&"
              "catalogs[update][0][custom_fields][1][id]=2&catalogs[update][0][custom_fields][1][code]=BILL_PAYMENT_"
              "DATE&"
              "catalogs[update][0][custom_fields][1][values][0]=95&"
              "catalogs[update][0][custom_fields][2][id]=3&catalogs[update][0][custom_fields][2][code]=BILL_PRICE&"
              "catalogs[update][0][custom_fields][2][values][0][value]=480000"));
  ASSERT_EQ(seen.observations.size(), 1U);
  ASSERT_EQ(hook.observations.size(), 1U);
  EXPECT_EQ(seen.observations[0].point, hook.observations[0].point);
  EXPECT_EQ(seen.observations[0].point->outcome, Outcome::won);
  EXPECT_EQ(seen.observations[0].point->amount, 48'000'000);
}

// ---- the account's log

std::string event(const std::string& type, const std::string& about, const std::string& more,
                  const std::string& id = "e1") {
  return R"({"id":")" + id + R"(","type":")" + type + R"(","created_at":100,"created_by":9,)" + about + "," + more +
         "}";
}
const std::string kLead = R"("entity_type":"lead","entity_id":5)";

Decoded events(const std::string& items) { return decode("events?page=1&from=1&more=1", list("events", items)); }

TEST(AmoEvents, AMoveTellsBothStagesAndTheHand) {
  const auto seen =
      events(event("lead_status_changed", kLead, R"("value_after":[{"lead_status":{"id":142,"pipeline_id":8}}],
      "value_before":[{"lead_status":{"id":3,"pipeline_id":8}}])"));
  ASSERT_EQ(seen.observations.size(), 1U);
  const Observation& move = seen.observations[0];
  EXPECT_EQ(move.ref, (EntityRef{EntityKind::deal, "5"}));
  EXPECT_EQ(move.point->stage, "142");
  EXPECT_EQ(move.point->outcome, Outcome::won);
  EXPECT_EQ(move.point->mover, "9");
  EXPECT_EQ(move.point->author, "9");
  EXPECT_EQ(move.point->at, 100);
  EXPECT_EQ(move.point->entered, 100);
  EXPECT_EQ(move.before->stage, "3");
  EXPECT_EQ(move.before->outcome, Outcome::open);
  EXPECT_EQ(move.before->entered, 0);
  EXPECT_EQ(move.before->author, "");
  EXPECT_EQ(move.point->row, move.before->row + 1);
  EXPECT_EQ(move.point->row % 2, 1U);
}

TEST(AmoEvents, ChangesOfOwnerAndAmount) {
  const auto owner = events(event("entity_responsible_changed", kLead, R"("value_after":[{"responsible_user":{"id":7}}],
      "value_before":[{"responsible_user":{"id":6}}])"))
                         .observations.at(0);
  EXPECT_EQ(owner.point->tells, RowTells::owner);
  EXPECT_EQ(owner.point->owner, "7");
  EXPECT_EQ(owner.before->owner, "6");
  const auto amount = events(event("sale_field_changed", kLead, R"("value_after":[{"sale_field_value":{"sale":480000}}],
      "value_before":[{"sale_field_value":{"sale":0}}])"))
                          .observations.at(0);
  EXPECT_EQ(amount.point->tells, RowTells::amount);
  EXPECT_EQ(amount.point->amount, 48'000'000);
  EXPECT_EQ(amount.before->amount, 0);
  EXPECT_TRUE(events(event("entity_responsible_changed", R"("entity_type":"contact","entity_id":5)",
                           R"("value_after":[{"responsible_user":{"id":7}}],"value_before":[])"))
                  .observations.empty());
}

TEST(AmoEvents, ARobotIsAHandToo) {
  const auto seen = decode("events?page=1", list("events", R"({"id":"e1","type":"lead_status_changed","created_at":100,
      "created_by":0,"entity_type":"lead","entity_id":5,"value_after":[{"lead_status":{"id":4,"pipeline_id":8}}],
      "value_before":[]})"))
                        .observations.at(0);
  EXPECT_EQ(seen.point->mover, "0");
  EXPECT_FALSE(seen.before);
}

TEST(AmoEvents, WhatIsGoneAndWhatCameBack) {
  const std::string none = R"("value_after":[],"value_before":[])";
  EXPECT_EQ(describe(events(event("lead_deleted", kLead, none))), "understood events\ndeal:5 presence=gone");
  EXPECT_EQ(describe(events(event("lead_restored", kLead, none))), "understood events\ndeal:5 presence=present");
  EXPECT_EQ(describe(events(event("task_deleted", R"("entity_type":"task","entity_id":6)", none))),
            "understood events\ntask:6 presence=gone");
  EXPECT_EQ(
      describe(events(event("common_note_deleted", kLead, R"("value_after":[],"value_before":[{"note":{"id":31}}])"))),
      "understood events\nnote:31 presence=gone");
}

TEST(AmoEvents, OfLongAgoTellChangesAndNotWhatIsThereNow) {
  const std::string none = R"("value_after":[],"value_before":[])";
  const auto seen =
      decode("events?page=1&from=1&backfill=1&upto=9", list("events", event("lead_deleted", kLead, none)));
  ASSERT_EQ(seen.observations.size(), 1U);
  EXPECT_EQ(seen.observations[0].ref.kind, EntityKind::cursor);
}

TEST(AmoEvents, AreTakenInTheOrderInWhichTheyHappened) {
  const std::string none = R"("value_after":[],"value_before":[])";
  const auto seen = events(event("lead_restored", kLead, none, "b") + "," + event("lead_deleted", kLead, none, "a"));
  EXPECT_EQ(seen.observations.at(0).presence, Presence::gone);
  EXPECT_EQ(seen.observations.at(1).presence, Presence::present);
}

TEST(AmoEvents, IdsThatSortByTimeGiveRowsThatDo) {
  const auto row = [](const std::string& id) {
    return events(event("sale_field_changed", kLead,
                        R"("value_after":[{"sale_field_value":{"sale":1}}],"value_before":[])", id))
        .observations.at(0)
        .point->row;
  };
  EXPECT_LT(row("01m7j5y680sz7cwttshp1vtz0n"), row("01m7j5y680sz7cwvtshp1vtz0n"));
  EXPECT_LT(row("01m7j5y680zzzcwttshp1vtz0n"), row("01m7j5y6810z7cwttshp1vtz0n"));
  EXPECT_NE(row("5f0c2a9e7b3d41c6"), row("5f0c2a9e7b3d41c7"));
}

TEST(AmoEvents, AMessageIsTheOneThatItsWebhookTells) {
  const auto hook =
      make_amocrm_adapter(demo_settings())
          ->decode(delivery("outgoing_message[add][0][id]=0b8a-1&outgoing_message[add][0][type]=outgoing&"
                            "outgoing_message[add][0][created_at]=100&"
                            "outgoing_message[add][0][entity_type]=lead&outgoing_message[add][0][entity_id]=5&"
                            "outgoing_message[add][0][author][user_id]=9"));
  const auto logged =
      events(event("outgoing_chat_message", kLead, R"("value_after":[{"message":{"id":"0b8a-1"}}],"value_before":[])"));
  ASSERT_EQ(hook.observations.size(), 1U);
  ASSERT_EQ(logged.observations.size(), 1U);
  EXPECT_EQ(hook.observations[0].ref, logged.observations[0].ref);
  EXPECT_EQ(hook.observations[0].details, logged.observations[0].details);
  const auto other = events(event("conversation_answered", kLead, R"("value_after":[],"value_before":[])"));
  EXPECT_EQ(other.observations.at(0).ref, (EntityRef{EntityKind::message, "event:e1"}));
}

TEST(AmoEvents, WhatCannotBeReadIsQuarantinedAndTheOthersAreSeen) {
  const std::string none = R"("value_after":[],"value_before":[])";
  const auto seen = events(event("lead_status_changed", kLead, none) + "," + event("lead_deleted", kLead, none, "a"));
  EXPECT_EQ(seen.verdict, DecodeVerdict::quarantined);
  EXPECT_EQ(seen.observations.size(), 1U);
  EXPECT_EQ(events("7").verdict, DecodeVerdict::quarantined);
  EXPECT_EQ(events(event("entity_tag_added", kLead, none)).verdict, DecodeVerdict::understood);
}

}  // namespace
}  // namespace kpistream::ingest
