// What each kind of webhook means, beyond the sample day.
#include <gtest/gtest.h>

#include "ingest/amocrm/adapter.hpp"
#include "tests/unit/ingest/amocrm/settings.hpp"
#include "tests/unit/ingest/support/records.hpp"

namespace kpistream::ingest {
namespace {

Decoded decode(const std::string& body, const PortalSettings& settings = demo_settings()) {
  return make_amocrm_adapter(settings)->decode(delivery(body));
}

// "a=1 b=2" under a prefix: "leads[add][0][a]=1&leads[add][0][b]=2".
std::string record(const std::string& prefix, const std::string& fields) {
  std::string body;
  for (std::size_t at = 0; at < fields.size();) {
    const auto end = std::min(fields.find(' ', at), fields.size());
    const std::string field = fields.substr(at, end - at);
    const auto equals = field.find('=');
    const std::string name = field.substr(0, equals);
    const auto bracket = std::min(name.find('['), name.size());
    body += (body.empty() ? "" : "&") + prefix + "[" + name.substr(0, bracket) + "]" + name.substr(bracket) +
            field.substr(equals);
    at = end + 1;
  }
  return body;
}

std::string lead(const std::string& action, const std::string& fields) {
  return record("leads[" + action + "][0]",
                "id=5 updated_at=100 created_at=90 pipeline_id=8 responsible_user_id=7 " + fields);
}

const StagePoint& point(const Decoded& decoded, std::size_t index = 0) {
  return decoded.observations.at(index).point.value();
}
const Details& details(const Decoded& decoded) { return decoded.observations.at(0).details.value(); }

TEST(AmoLeads, EveryActionTellsTheStateOfTheLead) {
  for (const char* action : {"add", "update", "status", "responsible", "restore"}) {
    const auto decoded = decode(lead(action, "status_id=3 price=12.5"));
    EXPECT_EQ(decoded.event, std::string("leads.") + action);
    ASSERT_EQ(decoded.observations.size(), std::string(action) == "restore" ? 2U : 1U) << action;
    EXPECT_EQ(decoded.observations[0].ref, (EntityRef{EntityKind::deal, "5"}));
    EXPECT_EQ(point(decoded).at, 100);
    EXPECT_EQ(point(decoded).entered, 0);
    EXPECT_EQ(point(decoded).amount, 1250);
    EXPECT_EQ(decoded.observations[0].presence,
              std::string(action) == "restore" ? Presence::present : Presence::unchanged);
    EXPECT_TRUE(decoded.wishes.empty());
  }
}

TEST(AmoLeads, TheStatusDecidesTheOutcome) {
  struct Case {
    const char* status;
    Outcome outcome;
    bool reason_wanted;
  };
  for (const auto& [status, outcome, reason_wanted] : {Case{"142", Outcome::won, false},
                                                       {"143", Outcome::lost, true},
                                                       {"68000010", Outcome::incoming, false},
                                                       {"68000110", Outcome::incoming, false},
                                                       {"68000020", Outcome::open, false}}) {
    const auto decoded = decode(lead("update", std::string("status_id=") + status));
    EXPECT_EQ(point(decoded).outcome, outcome) << status;
    EXPECT_EQ(decoded.wishes, reason_wanted ? std::vector<std::string>{"leads"} : std::vector<std::string>{}) << status;
  }
}

TEST(AmoLeads, OlderNamesOfTheTimesAreRead) {
  const auto decoded = decode(
      "leads[add][0][id]=5&leads[add][0][status_id]=3&leads[add][0][last_modified]=100&"
      "leads[add][0][date_create]=90");
  EXPECT_EQ(point(decoded).at, 100);
  EXPECT_EQ(decoded.observations[0].created, 90);
}

TEST(AmoLeads, AnAbsentEmptyOrOddPriceIsZero) {
  for (const char* price : {"", "price=", "price=0", "price=abc"}) {
    EXPECT_EQ(point(decode(lead("update", std::string("status_id=3 ") + price))).amount, 0) << price;
  }
  EXPECT_EQ(point(decode(lead("update", "status_id=3 price=+480000+"))).amount, 48'000'000);
}

TEST(AmoLeads, NobodyIsNoOwnerAndNoCreator) {
  const auto decoded = decode(
      "leads[add][0][id]=5&leads[add][0][status_id]=3&leads[add][0][updated_at]=100&"
      "leads[add][0][responsible_user_id]=0&leads[add][0][created_user_id]=0&"
      "leads[add][0][pipeline_id]=");
  EXPECT_EQ(point(decoded).owner, "");
  EXPECT_EQ(point(decoded).pipeline, "");
  EXPECT_EQ(decoded.observations[0].creator, "");
}

TEST(AmoLeads, WhatIsNoIdNeverBecomesAnOwnerOrAPipeline) {
  const auto decoded = decode(
      "leads[add][0][id]=5&leads[add][0][status_id]=3&leads[add][0][updated_at]=100&"
      "leads[add][0][responsible_user_id]=Anna&leads[add][0][pipeline_id]=%2B79990000000");
  EXPECT_EQ(point(decoded).owner, "");
  EXPECT_EQ(point(decoded).pipeline, "");
}

TEST(AmoLeads, AChangeOfOwnerTellsWhoHadTheLeadUntilThen) {
  const auto decoded = decode(lead("responsible", "status_id=142 old_status_id=3 old_responsible_user_id=6"));
  ASSERT_EQ(decoded.observations.size(), 2U);
  EXPECT_EQ(point(decoded, 0).owner, "7");
  EXPECT_EQ(point(decoded, 0).outcome, Outcome::won);
  EXPECT_EQ(point(decoded, 1).owner, "6");
  EXPECT_EQ(point(decoded, 1).at, 99);
  EXPECT_EQ(point(decoded, 1).outcome, Outcome::open);
  EXPECT_EQ(decode(lead("update", "status_id=3 old_responsible_user_id=7")).observations.size(), 1U);
}

TEST(AmoLeads, ADigitalPipelineHookIsOnlyAWish) {
  const auto decoded = decode(
      "leads[status][0][id]=5&leads[status][0][status_id]=142&leads[status][0][pipeline_id]=8&"
      "leads[status][0][old_status_id]=3&leads[status][0][old_pipeline_id]=8&account[id]=1&"
      "account[subdomain]=x");
  EXPECT_EQ(describe(decoded), "understood leads.status\nwish leads");
}

TEST(AmoLeads, ADeletionIsReadInAllItsShapes) {
  for (const char* body : {"leads[delete][0][id]=5", "leads[delete][0][id]=5&leads[delete][0][type]=lead",
                           "leads[delete]=5", "leads[delete][17][id]=5&leads[delete][17][status_id]=3"}) {
    EXPECT_EQ(describe(decode(body)), "understood leads.delete\ndeal:5 presence=gone\nquote:lead:5 presence=gone")
        << body;
  }
}

TEST(AmoLeads, ARestoredLeadBringsItsQuoteBack) {
  EXPECT_EQ(describe(decode(lead("restore", "status_id=142").substr(0, lead("restore", "status_id=142").size()))),
            "understood leads.restore\n"
            "deal:5 presence=present version=1970-01-01T00:01:40Z created=1970-01-01T00:01:30Z | point "
            "at=1970-01-01T00:01:40Z pipeline=8 stage=142 outcome=won owner=7\n"
            "quote:lead:5 presence=present");
}

TEST(AmoLeads, WithoutQuoteStagesThereAreNoQuotes) {
  auto settings = demo_settings();
  settings.quote_stages.clear();
  for (const auto& body : {lead("status", "status_id=68000040"), lead("restore", "status_id=68000040"),
                           std::string("leads[delete][0][id]=5")}) {
    EXPECT_EQ(decode(body, settings).observations.size(), 1U) << body;
  }
}

TEST(AmoLeads, AQuoteTakesItsSumFromItsFieldElseFromThePrice) {
  const std::string base = "status_id=68000040 price=900";
  EXPECT_EQ(point(decode(lead("status", base)), 1).amount, 90'000);
  const std::string field = " custom_fields[3][id]=701001 custom_fields[3][values][0][value]=750.50";
  const auto decoded = decode(lead("status", base + field));
  EXPECT_EQ(point(decoded, 0).amount, 90'000);
  EXPECT_EQ(point(decoded, 1).amount, 75'050);
  EXPECT_EQ(point(decoded, 1).outcome, Outcome::won);
  EXPECT_EQ(decoded.observations[1].ref, (EntityRef{EntityKind::quote, "lead:5"}));
}

TEST(AmoLeads, OnlyAShortPlainUtmSourceIsKept) {
  const auto source = [](const std::string& value) {
    return decode(
               lead("add", "status_id=3 custom_fields[0][code]=UTM_SOURCE custom_fields[0][values][0][value]=" + value))
        .observations.at(0)
        .source;
  };
  EXPECT_EQ(source("yandex"), "yandex");
  EXPECT_EQ(source("Google.Ads_2-b"), "Google.Ads_2-b");
  EXPECT_EQ(source(std::string(32, 'a')), std::string(32, 'a'));
  for (const auto& odd : {std::string(33, 'a'), std::string("a%20b"), std::string("%D1%8F"), std::string("a%22"),
                          std::string("a%00"), std::string()}) {
    EXPECT_EQ(source(odd), "") << odd;
  }
}

TEST(AmoUnsorted, ArrivalIsADealWithoutAStageAndTheRestMeansNothing) {
  EXPECT_EQ(describe(decode("unsorted[add][0][category]=forms&unsorted[add][0][uid]=x&unsorted[add][0][lead_id]=5&"
                            "unsorted[add][0][date_create]=90")),
            "understood unsorted.add\ndeal:5 created=1970-01-01T00:01:30Z");
  for (const char* path : {"[data][leads][0][id]", "[data][leads][id]"}) {
    EXPECT_EQ(
        decode("unsorted[add][0][created_at]=90&unsorted[add][0]" + std::string(path) + "=5").observations.at(0).ref.id,
        "5");
  }
  for (const char* body :
       {"unsorted[delete][0][action]=accept&unsorted[delete][0][accept_result][leads][0]=5",
        "unsorted[update][0][uid]=x&unsorted[update][0][data][leads][0][id]=5", "unsorted[add][0][uid]=x"}) {
    EXPECT_EQ(decode(body).verdict, DecodeVerdict::ignored) << body;
  }
}

std::string note(const std::string& section, const std::string& text, const std::string& fields) {
  return record(section + "[note][0][note]", "id=31 created_at=100 updated_at=100 " + fields) + "&" + section +
         "[note][0][note][text]=" + text;
}

TEST(AmoCalls, DirectionAndTalkTimeDecideTheOutcome) {
  struct Case {
    const char* type;
    const char* seconds;
    Direction direction;
    CallOutcome outcome;
    std::int64_t talk;
  };
  for (const auto& [type, seconds, direction, outcome, talk] :
       {Case{"10", "184", Direction::in, CallOutcome::talk, 184},
        {"10", "10", Direction::in, CallOutcome::talk, 10},
        {"10", "9", Direction::in, CallOutcome::short_talk, 9},
        {"10", "0", Direction::in, CallOutcome::missed, 0},
        {"10", "\"65\"", Direction::in, CallOutcome::talk, 65},
        {"10", "\"\"", Direction::in, CallOutcome::missed, 0},
        {"10", "null", Direction::in, CallOutcome::missed, 0},
        {"11", "65", Direction::out, CallOutcome::talk, 65},
        {"11", "1", Direction::out, CallOutcome::short_talk, 1},
        {"11", "0", Direction::out, CallOutcome::failed, 0}}) {
    const auto decoded = decode(note("leads", std::string(R"({"UNIQ":"u1","DURATION":)") + seconds + "}",
                                     std::string("element_type=2 element_id=5 note_type=") + type));
    EXPECT_EQ(decoded.observations.at(0).ref, (EntityRef{EntityKind::call, "uniq:u1"}));
    EXPECT_EQ(details(decoded).direction, direction) << type << " " << seconds;
    EXPECT_EQ(details(decoded).call, outcome) << type << " " << seconds;
    EXPECT_EQ(details(decoded).seconds, talk) << type << " " << seconds;
    EXPECT_EQ(details(decoded).target, (EntityRef{EntityKind::deal, "5"}));
  }
}

TEST(AmoCalls, OwnerIsTheMainUserElseTheResponsibleElseTheAuthor) {
  const auto owner = [](const std::string& fields) {
    return details(decode(note("leads", R"({"UNIQ":"u"})", "note_type=10 " + fields))).owner;
  };
  EXPECT_EQ(owner("main_user_id=7 created_by=8"), "7");
  EXPECT_EQ(owner("main_user_id=0 created_by=8"), "8");
  EXPECT_EQ(owner("main_user_id=0 responsible_user_id=6 created_by=8"), "6");
  EXPECT_EQ(owner("created_by=8"), "8");
  EXPECT_EQ(owner("main_user_id=0 created_by=0"), "");
}

TEST(AmoCalls, WithoutTheTelephonysNameTheNoteIsTheCall) {
  for (const char* text : {R"({"DURATION":5})", R"({"UNIQ":"","DURATION":5})", R"({"UNIQ":null})"}) {
    EXPECT_EQ(decode(note("contacts", text, "element_type=1 note_type=10")).observations.at(0).ref.id, "note:31");
  }
}

TEST(AmoCalls, ANoteThatDoesNotTellItsCallIsReadAgain) {
  struct Case {
    const char* type;
    const char* list;
  };
  for (const auto& [type, list] : {Case{"1", "contacts/notes"}, {"2", "leads/notes"}, {"3", "companies/notes"}}) {
    const std::string fields = std::string("note_type=11 element_type=") + type;
    for (const char* text : {"", "talked for a while", "[1]", "{\"UNIQ\":\"u\"", "{%26quot;UNIQ%26quot;:1}",
                             R"({"UNIQ":"u","DURATION":-5})", R"({"UNIQ":"u","DURATION":999999999})"}) {
      EXPECT_EQ(describe(decode(note("contacts", text, fields))), std::string("understood contacts.note\nwish ") + list)
          << text;
    }
  }
  const std::string timeless =
      "leads[note][0][note][id]=31&leads[note][0][note][element_type]=2&"
      "leads[note][0][note][note_type]=10&leads[note][0][note][date_create]=2026-11-16+10:31:00"
      "&leads[note][0][note][text]={\"UNIQ\":\"u\"}";
  EXPECT_EQ(describe(decode(timeless)), "understood leads.note\nwish leads/notes");
  EXPECT_EQ(decode(note("customers", "?", "note_type=11 element_type=12")).verdict, DecodeVerdict::quarantined);
}

TEST(AmoCalls, ANoteWithoutItsElementIsReadAgainInTheListOfItsSection) {
  for (const char* section : {"leads", "contacts", "companies"}) {
    EXPECT_EQ(decode(note(section, "?", "note_type=11")).wishes,
              (std::vector<std::string>{section + std::string("/notes")}));
  }
}

TEST(AmoCalls, OtherNotesAreIgnored) {
  for (const char* type : {"1", "3", "4", "6", "13", "25", "99", "102", "103", "777", ""}) {
    const auto decoded = decode(note("leads", "personal+words", std::string("element_type=2 note_type=") + type));
    EXPECT_EQ(describe(decoded), "ignored leads.note") << type;
  }
}

std::string task(const std::string& fields) {
  return record("task[update][0]", "id=60 updated_at=100 complete_before=200 responsible_user_id=7 " + fields);
}

TEST(AmoTasks, ConfiguredTypesAreMeetings) {
  auto settings = demo_settings();
  settings.meeting_task_types = {"2", "3100001"};
  for (const char* type : {"2", "3100001"}) {
    const auto decoded = decode(task(std::string("task_type=") + type), settings);
    EXPECT_EQ(details(decoded).act, Act::meeting);
    EXPECT_EQ(details(decoded).start, 200);
    EXPECT_EQ(details(decoded).deadline, 200);
  }
  for (const char* type : {"1", "22", ""}) {
    const auto decoded = decode(task(std::string("task_type=") + type), settings);
    EXPECT_EQ(details(decoded).act, Act::todo);
    EXPECT_EQ(details(decoded).start, 0);
  }
}

TEST(AmoTasks, BelongToLeadsOnly) {
  EXPECT_EQ(details(decode(task("element_type=2 element_id=5"))).target, (EntityRef{EntityKind::deal, "5"}));
  for (const char* other : {"element_type=1 element_id=5", "element_type=12 element_id=5",
                            "element_type=2 element_id=0", "element_type= element_id="}) {
    EXPECT_EQ(details(decode(task(other))).target, EntityRef{}) << other;
  }
}

TEST(AmoTasks, WithoutAnExactTimeTheListIsRead) {
  EXPECT_EQ(describe(decode("task[add][0][id]=60&task[add][0][complete_till]=2026-11-17+14:00:00&"
                            "task[add][0][updated_at]=100")),
            "understood task.add\nwish tasks");
  EXPECT_EQ(describe(decode("task[add][0][id]=60&task[add][0][complete_before]=200&task[add][1][id]=61")),
            "understood task.add\nwish tasks");
}

TEST(AmoTasks, ADeletedTaskIsGone) {
  EXPECT_EQ(describe(decode("task[delete][0][id]=60&task[delete][0][element_type]=2")),
            "understood task.delete\ntask:60 presence=gone");
}

TEST(AmoMessages, ARobotsAnswerIsNotAHumans) {
  const std::string base = "outgoing_message[add][0][id]=m1&outgoing_message[add][0][created_at]=100";
  EXPECT_FALSE(details(decode(base)).human);
  EXPECT_FALSE(details(decode(base + "&outgoing_message[add][0][author][user_id]=0")).human);
  EXPECT_TRUE(details(decode(base + "&outgoing_message[add][0][author][user_id]=7")).human);
  EXPECT_TRUE(details(decode("message[add][0][id]=m1&message[add][0][created_at]=100")).human);
}

TEST(AmoMessages, AnIdThatIsNoIdIsNeverKept) {
  for (const char* id : {"", "%D0%90%D0%BD%D0%BD%D0%B0", "two+words", "%2B79990000000", "m%001", "a_b"}) {
    const auto decoded = decode(std::string("message[add][0][created_at]=100&message[add][0][id]=") + id);
    EXPECT_EQ(decoded.verdict, DecodeVerdict::quarantined) << id;
    EXPECT_TRUE(decoded.observations.empty()) << id;
  }
  const auto verdict = [](std::size_t length) {
    return decode("message[add][0][created_at]=100&message[add][0][id]=" + std::string(length, 'a')).verdict;
  };
  EXPECT_EQ(verdict(64), DecodeVerdict::understood);
  EXPECT_EQ(verdict(65), DecodeVerdict::quarantined);
}

TEST(AmoMessages, AMessageWithoutItsSectionIsKnownByItsChat) {
  const std::string bare = "add[0][id]=m1&add[0][created_at]=100&add[0][entity_type]=lead&add[0][entity_id]=5";
  for (const char* mark : {"&add[0][chat_id]=c", "&add[0][talk_id]=3301"}) {
    EXPECT_EQ(describe(decode(bare + mark + "&add[0][type]=outgoing&add[0][author][user_id]=7")),
              "understood message.add\n"
              "message:m1 version=1970-01-01T00:01:40Z | details owner=7 direction=out start=1970-01-01T00:01:40Z "
              "target=deal:5");
  }
  EXPECT_EQ(describe(decode(bare)), "unknown other");
}

std::string invoice(const std::string& fields) {
  return record("catalogs[update][0]", "id=80 updated_at=100 custom_fields[0][code]=BILL_STATUS " + fields);
}

TEST(AmoInvoices, TheConfiguredChoiceMeansPaidElseTheWord) {
  const auto outcome = [](const PortalSettings& settings, const std::string& choice, const std::string& word) {
    return point(decode(invoice("custom_fields[0][values][0][enum]=" + choice +
                                " custom_fields[0][values][0][value]=" + word),
                        settings))
        .outcome;
  };
  EXPECT_EQ(outcome(demo_settings(), "4600002", "whatever"), Outcome::won);
  EXPECT_EQ(outcome(demo_settings(), "4600001", "Оплачен"), Outcome::open);
  auto unset = demo_settings();
  unset.paid_values.clear();
  EXPECT_EQ(outcome(unset, "1", "Оплачен"), Outcome::won);
  for (const char* word : {"paid", "Paid", "PAID"}) EXPECT_EQ(outcome(unset, "1", word), Outcome::won) << word;
  for (const char* word : {"Unpaid", "pai", ""}) EXPECT_EQ(outcome(unset, "1", word), Outcome::open) << word;
  EXPECT_EQ(outcome(unset, "4600002", "Создан"), Outcome::open);
}

TEST(AmoInvoices, WithoutTimesTheArrivalCounts) {
  Record record = delivery(
      "catalogs[update][0][id]=80&catalogs[update][0][custom_fields][0][code]=BILL_STATUS&"
      "catalogs[update][0][custom_fields][0][values][0][enum]=4600002");
  record.arrived = 1'000;
  const auto decoded = make_amocrm_adapter(demo_settings())->decode(record);
  EXPECT_EQ(point(decoded).at, 1'000);
  EXPECT_EQ(point(decoded).entered, 0);
}

TEST(AmoInvoices, OtherListsAreIgnoredAndADeletedInvoiceIsGone) {
  EXPECT_EQ(describe(decode("catalogs[add][0][id]=9&catalogs[add][0][custom_fields][0][code]=SKU")),
            "ignored catalogs.add");
  EXPECT_EQ(describe(decode("catalogs[delete][0][id]=80")), "understood catalogs.delete\ninvoice:80 presence=gone");
}

}  // namespace
}  // namespace kpistream::ingest
