// Webhook bodies beyond the sample day: every event name, odd ids, every kind of call.
#include <gtest/gtest.h>

#include <map>

#include "ingest/bitrix24/adapter.hpp"
#include "tests/unit/ingest/bitrix24/support.hpp"

namespace kpistream::ingest {
namespace {

std::string decode(const std::string& body) {
  return describe(make_bitrix24_adapter(PortalSettings{})->decode(delivery(body)));
}

TEST(Bitrix24Deliveries, WishForTheRecordOfEveryChange) {
  struct Case {
    const char* event;
    const char* subject;
  };
  for (const auto& [event, subject] : {Case{"ONCRMLEADDELETE", "crm.lead.get?id=5"},
                                       {"ONCRMACTIVITYDELETE", "crm.activity.get?id=5"},
                                       {"ONCRMQUOTEUPDATE", "crm.quote.get?id=5"},
                                       {"ONCRMQUOTEDELETE", "crm.quote.get?id=5"},
                                       {"ONCRMTIMELINECOMMENTADD", "crm.timeline.comment.get?id=5"},
                                       {"ONCRMTIMELINECOMMENTUPDATE", "crm.timeline.comment.get?id=5"},
                                       {"ONCRMTIMELINECOMMENTDELETE", "crm.timeline.comment.get?id=5"},
                                       {"ONCRMINVOICEADD", "crm.invoice.get?id=5"},
                                       {"ONCRMINVOICEUPDATE", "crm.invoice.get?id=5"},
                                       {"ONCRMINVOICEDELETE", "crm.invoice.get?id=5"},
                                       {"ONCRMINVOICESETSTATUS", "crm.invoice.get?id=5"}}) {
    EXPECT_EQ(decode(std::string("event=") + event + "&data[FIELDS][ID]=5"),
              std::string("understood ") + event + "\nwish " + subject);
  }
}

TEST(Bitrix24Deliveries, EventNamesAreReadInAnyCase) {
  EXPECT_EQ(decode("event=onCrmDealUpdate&data[FIELDS][ID]=5"), "understood ONCRMDEALUPDATE\nwish crm.deal.get?id=5");
}

TEST(Bitrix24Deliveries, TasksAreFoundOnEitherSideOfTheChange) {
  EXPECT_EQ(decode("event=ONTASKUPDATE&data[FIELDS_BEFORE][ID]=41&data[FIELDS_AFTER][ID]=41"),
            "understood ONTASKUPDATE\nwish tasks.task.get?taskId=41");
  EXPECT_EQ(decode("event=ONTASKDELETE&data[FIELDS_BEFORE][ID]=41&data[FIELDS_AFTER]=undefined"),
            "understood ONTASKDELETE\nwish tasks.task.get?taskId=41");
}

TEST(Bitrix24Deliveries, AnIdMayAlsoStandBare) {
  EXPECT_EQ(decode("event=onCrmTimelineCommentAdd&data[ID]=999"),
            "understood ONCRMTIMELINECOMMENTADD\nwish crm.timeline.comment.get?id=999");
  EXPECT_EQ(decode("event=ONCRMTIMELINECOMMENTADD&data[ID]=0"), "quarantined ONCRMTIMELINECOMMENTADD");
  EXPECT_EQ(decode("event=ONCRMTIMELINECOMMENTADD&data[FIELDS][ID]=5&data[ID]=6"),
            "understood ONCRMTIMELINECOMMENTADD\nwish crm.timeline.comment.get?id=5");
}

TEST(Bitrix24Deliveries, IdsThatAreNoneAreQuarantined) {
  for (const char* id : {"", "0", "-5", "5x", "12345678901234567890", "5 ", "%D9%A7", "5%26a=1"}) {
    EXPECT_EQ(decode(std::string("event=ONCRMDEALADD&data[FIELDS][ID]=") + id), "quarantined ONCRMDEALADD") << id;
  }
  EXPECT_EQ(decode("event=ONCRMDEALADD"), "quarantined ONCRMDEALADD");
  EXPECT_EQ(decode("event=ONCRMDEALADD&data[FIELDS][ID][]=5"), "quarantined ONCRMDEALADD");
  EXPECT_EQ(decode("event=ONTASKADD&data[FIELDS_BEFORE]=undefined"), "quarantined ONTASKADD");
  EXPECT_EQ(decode("event=ONCRMDEALADD&data[FIELDS][ID]=9223372036854775807"),
            "understood ONCRMDEALADD\nwish crm.deal.get?id=9223372036854775807");
}

PortalSettings mapped() {
  PortalSettings settings;
  settings.quote_types = {"DYNAMIC_128", "DOCUMENT_12"};
  settings.payment_types = {"PAYMENT"};
  return settings;
}

std::string decode(const PortalSettings& settings, const std::string& body) {
  return describe(make_bitrix24_adapter(settings)->decode(delivery(body)));
}

TEST(Bitrix24Deliveries, DynamicItemsAreReadWhereTheyMeanSomething) {
  EXPECT_EQ(decode("event=ONCRMDYNAMICITEMADD&data[FIELDS][ID]=5&data[FIELDS][ENTITY_TYPE_ID]=31"),
            "understood ONCRMDYNAMICITEMADD\nwish crm.item.get?entityTypeId=31&id=5");
  for (const char* event : {"ONCRMDYNAMICITEMADD", "ONCRMDYNAMICITEMUPDATE", "ONCRMDYNAMICITEMDELETE"}) {
    EXPECT_EQ(decode(std::string("event=") + event + "_31&data[FIELDS][ID]=5"),
              std::string("understood ") + event + "\nwish crm.item.get?entityTypeId=31&id=5");
  }
  for (const char* body : {"event=ONCRMDYNAMICITEMADD&data[FIELDS][ID]=5&data[FIELDS][ENTITY_TYPE_ID]=128",
                           "event=onCrmDynamicItemAdd_128&data[FIELDS][ID]=5"}) {
    EXPECT_EQ(decode(body), "ignored ONCRMDYNAMICITEMADD");
    EXPECT_EQ(decode(mapped(), body), "understood ONCRMDYNAMICITEMADD\nwish crm.item.get?entityTypeId=128&id=5");
  }
  for (const char* body :
       {"event=ONCRMDYNAMICITEMADD&data[FIELDS][ID]=5", "event=ONCRMDYNAMICITEMADD_&data[FIELDS][ID]=5",
        "event=ONCRMDYNAMICITEMADD_x&data[FIELDS][ID]=5", "event=ONCRMDYNAMICITEMADD_31&data[FIELDS][ID]=x"}) {
    EXPECT_EQ(decode(body), "quarantined ONCRMDYNAMICITEMADD") << body;
  }
}

TEST(Bitrix24Deliveries, DocumentsAndPaymentsAreReadWhereTheyCount) {
  const std::string document = "event=ONCRMDOCUMENTGENERATORDOCUMENTUPDATE&data[FIELDS][ID]=5";
  EXPECT_EQ(decode(document), "ignored ONCRMDOCUMENTGENERATORDOCUMENTUPDATE");
  EXPECT_EQ(decode(mapped(), document),
            "understood ONCRMDOCUMENTGENERATORDOCUMENTUPDATE\nwish crm.documentgenerator.document.get?id=5");
  for (const std::string event : {"ONPAYMENTENTITYSAVED", "ONPAYMENTDELETED"}) {
    EXPECT_EQ(decode("event=" + event + "&data[FIELDS][ID]=5"), "ignored " + event);
    EXPECT_EQ(decode(mapped(), "event=" + event + "&data[FIELDS][ID]=5"),
              "understood " + event + "\nwish sale.payment.get?id=5");
  }
}

TEST(Bitrix24Deliveries, ATaskCommentIsAboutItsTaskAndNotAboutItself) {
  EXPECT_EQ(decode("event=ONTASKCOMMENTADD&data[FIELDS_BEFORE]=undefined&data[FIELDS_AFTER][ID]=0&"
                   "data[FIELDS_AFTER][MESSAGE_ID]=9&data[FIELDS_AFTER][TASK_ID]=41"),
            "understood ONTASKCOMMENTADD\nwish tasks.task.get?taskId=41");
  EXPECT_EQ(decode("event=ONTASKCOMMENTDELETE&data[FIELDS_BEFORE][ID]=7&data[FIELDS_BEFORE][TASK_ID]=41"),
            "understood ONTASKCOMMENTDELETE\nwish tasks.task.get?taskId=41");
  EXPECT_EQ(decode("event=ONTASKCOMMENTADD&data[FIELDS_AFTER][ID]=7"), "quarantined ONTASKCOMMENTADD");
}

TEST(Bitrix24Deliveries, ANewEmployeeIsNamedByTheEventItself) {
  EXPECT_EQ(decode("event=ONUSERADD&data[ID]=12&data[ACTIVE]=1&data[NAME]=%D0%98%D0%B2%D0%B0%D0%BD&data[LAST_NAME]=&"
                   "data[EMAIL]=i@example.com&data[UF_DEPARTMENT][0]=5"),
            "understood ONUSERADD\nmanager:12 name=Иван");
  EXPECT_EQ(decode("event=ONUSERADD&data[FIELDS][ID]=12"), "quarantined ONUSERADD");
}

TEST(Bitrix24Deliveries, WhatIsNoRecordIsReadWhole) {
  for (const char* event : {"ONCRMCURRENCYADD", "ONCRMCURRENCYUPDATE", "ONCRMCURRENCYDELETE"}) {
    EXPECT_EQ(decode(std::string("event=") + event + "&data[FIELDS][ID]=USD"),
              std::string("understood ") + event + "\nwish crm.currency.list");
  }
  EXPECT_EQ(decode("event=ONOFFLINEEVENT&ts=1"), "understood ONOFFLINEEVENT\nwish event.offline.get");
}

TEST(Bitrix24Deliveries, EventsWithoutMeaningAreKnownAndIgnored) {
  for (const char* event :
       {"ONCRMCONTACTADD", "ONCRMCOMPANYUPDATE", "ONCRMDOCUMENTGENERATORDOCUMENTADD", "ONCALENDARENTRYADD",
        "ONPAYMENTENTITYSAVED", "ONORDERENTITYSAVED", "ONSALEORDERSAVED", "ONSHIPMENTENTITYSAVED", "ONBOOKINGADD",
        "ONOPENLINEMESSAGEADD", "ONSESSIONSTART", "ONSESSIONFINISH", "ONVOXIMPLANTCALLINIT", "ONVOXIMPLANTCALLSTART",
        "ONEXTERNALCALLSTART", "ONEXTERNALCALLBACKSTART", "ONAPPINSTALL", "ONAPPUPDATE", "ONAPPUNINSTALL"}) {
    const auto decoded = make_bitrix24_adapter(PortalSettings{})
                             ->decode(delivery(std::string("event=") + event + "&data[FIELDS][ID]=5"));
    EXPECT_EQ(decoded.verdict, DecodeVerdict::ignored) << event;
    EXPECT_TRUE(decoded.wishes.empty() && decoded.observations.empty()) << event;
    EXPECT_TRUE(std::string_view(event).starts_with(decoded.event)) << event;
  }
}

TEST(Bitrix24Deliveries, AnythingElseIsUnknownAndCountedUnderOneName) {
  for (const char* body : {"", "event=", "event=ONSOMETHINGNEW", "event[]=ONCRMDEALADD", "data[FIELDS][ID]=5",
                           "event=ONCRMDEALADD2&data[FIELDS][ID]=5"}) {
    EXPECT_EQ(decode(body), "unknown other") << body;
  }
}

TEST(Bitrix24Deliveries, BodiesBeyondTheLimitsAreQuarantined) {
  EXPECT_EQ(decode(std::string(300, 'k') + "=1"), "quarantined other");
}

TEST(Bitrix24Deliveries, SayWhyTheyCannotBeRead) {
  const auto why = [](const std::string& body) {
    return make_bitrix24_adapter(PortalSettings{})->decode(delivery(body)).failure;
  };
  EXPECT_EQ(why(std::string(300, 'k') + "=1"), DecodeFailure::syntax);
  EXPECT_EQ(why("event=ONCRMDEALADD&data[FIELDS][ID]=x"), DecodeFailure::content);
}

TEST(Bitrix24Deliveries, TellWhenThePortalSentThem) {
  const auto sent = [](const std::string& body) {
    return make_bitrix24_adapter(PortalSettings{})->decode(delivery(body)).happened;
  };
  EXPECT_EQ(sent("event=ONCRMDEALADD&data[FIELDS][ID]=5&ts=1789369205"), 1'789'369'205);
  EXPECT_EQ(sent("event=ONCRMDEALADD&data[FIELDS][ID]=5&ts=soon"), 0);
  EXPECT_EQ(sent("event=ONCRMDEALADD&data[FIELDS][ID]=5"), 0);
}

TEST(Bitrix24Deliveries, EveryEventIsAboutSomething) {
  const auto adapter = make_bitrix24_adapter(PortalSettings{});
  const std::map<std::string, Topic> topics{{"ONCRMLEADUPDATE", Topic::lead},
                                            {"ONCRMDEALMOVETOCATEGORY", Topic::deal},
                                            {"ONCRMCONTACT", Topic::contact},
                                            {"ONCRMCOMPANY", Topic::company},
                                            {"ONVOXIMPLANTCALLEND", Topic::call},
                                            {"ONTASKCOMMENTADD", Topic::task},
                                            {"ONCRMACTIVITYADD", Topic::activity},
                                            {"ONCRMQUOTEADD", Topic::quote},
                                            {"ONCRMINVOICESETSTATUS", Topic::payment},
                                            {"ONPAYMENTENTITYSAVED", Topic::payment},
                                            {"ONOPENLINE", Topic::message},
                                            {"ONCRMTIMELINECOMMENTADD", Topic::note},
                                            {"ONCRMDYNAMICITEMADD", Topic::other},
                                            {"other", Topic::other}};
  for (const auto& [event, topic] : topics) EXPECT_EQ(adapter->topic(event), topic) << event;
}

std::string call(const std::string& type, const std::string& code, int seconds, const std::string& user = "7") {
  return "event=ONVOXIMPLANTCALLEND&data[CALL_ID]=c1&data[CALL_TYPE]=" + type + "&data[PORTAL_USER_ID]=" + user +
         "&data[CALL_DURATION]=" + std::to_string(seconds) +
         "&data[CALL_START_DATE]=2026-09-14T10:00:00%2B03:00&data[CALL_FAILED_CODE]=" + code;
}

Details decode_call(const std::string& body) {
  const auto decoded = make_bitrix24_adapter(PortalSettings{})->decode(delivery(body));
  return decoded.observations.size() == 1 ? decoded.observations[0].details.value_or(Details{}) : Details{};
}

TEST(Bitrix24Calls, DirectionAndCodeAreReadTogether) {
  using enum CallOutcome;
  struct Case {
    const char* code;
    CallOutcome out;
    CallOutcome in;
  };
  for (const auto& [code, out, in] : {Case{"304", failed, missed},
                                      {"480", failed, missed},
                                      {"486", failed, missed},
                                      {"603", failed, missed},
                                      {"603-S", failed, missed},
                                      {"402", failed, failed},
                                      {"402-B24", failed, failed},
                                      {"403", failed, failed},
                                      {"404", failed, failed},
                                      {"423", failed, failed},
                                      {"484", failed, failed},
                                      {"503", failed, failed},
                                      {"OTHER", unknown, unknown},
                                      {"500", unknown, unknown},
                                      {"", unknown, unknown},
                                      {"2000", unknown, unknown}}) {
    EXPECT_EQ(decode_call(call("1", code, 30)).call, out) << code;
    EXPECT_EQ(decode_call(call("2", code, 30)).call, in) << code;
    EXPECT_EQ(decode_call(call("3", code, 30)).call, in) << code;
    EXPECT_EQ(decode_call(call("1", code, 30)).seconds, 0) << code;
  }
}

TEST(Bitrix24Calls, AnAnsweredCallIsATalkHoweverShort) {
  for (const int seconds : {0, 1, 9, 10, 86'400}) {
    EXPECT_EQ(decode_call(call("1", "200", seconds)).call, CallOutcome::talk) << seconds;
    EXPECT_EQ(decode_call(call("2", "200", seconds)).seconds, seconds);
  }
}

TEST(Bitrix24Calls, TheClientsNumberIsKeptAsTheHashOfItsLine) {
  const std::string line = "b4640c8e1bedf65f";
  for (const char* number : {"%2B79000000001", "89000000001", "9000000001"}) {
    EXPECT_EQ(decode_call(call("2", "304", 0) + "&data[PHONE_NUMBER]=" + number).line, line) << number;
  }
  for (const char* hidden : {"", "anonymous", "101"}) {
    EXPECT_EQ(decode_call(call("2", "304", 0) + "&data[PHONE_NUMBER]=" + hidden).line, "") << hidden;
  }
  EXPECT_EQ(decode_call(call("2", "304", 0) + "&data[PORTAL_NUMBER]=%2B79000000001").line, "");
}

TEST(Bitrix24Calls, AVoteIsOneToFiveOrNone) {
  for (const auto& [vote, rating] :
       std::map<std::string, int>{{"1", 1}, {"5", 5}, {"0", 0}, {"6", 0}, {"-1", 0}, {"", 0}, {"good", 0}}) {
    EXPECT_EQ(decode_call(call("2", "200", 30) + "&data[CALL_VOTE]=" + vote).rating, rating) << vote;
  }
}

TEST(Bitrix24Calls, EveryTypeHasItsDirection) {
  EXPECT_EQ(decode_call(call("1", "200", 30)).direction, Direction::out);
  EXPECT_EQ(decode_call(call("2", "200", 30)).direction, Direction::in);
  EXPECT_EQ(decode_call(call("3", "200", 30)).direction, Direction::in);
  EXPECT_EQ(decode_call(call("4", "200", 30)).direction, Direction::callback);
  EXPECT_EQ(decode(call("5", "200", 30)), "ignored ONVOXIMPLANTCALLEND");
}

TEST(Bitrix24Calls, ACallNobodyTookHasNoOwner) {
  for (const char* user : {"0", "", "robot"}) EXPECT_EQ(decode_call(call("2", "304", 0, user)).owner, "") << user;
}

TEST(Bitrix24Calls, WithoutIdStartTypeOrPossibleLengthAreQuarantined) {
  const std::string quarantined = "quarantined ONVOXIMPLANTCALLEND";
  EXPECT_EQ(decode("event=ONVOXIMPLANTCALLEND"), quarantined);
  EXPECT_EQ(decode(call("", "200", 30)), quarantined);
  EXPECT_EQ(decode(call("6", "200", 30)), quarantined);
  EXPECT_EQ(decode(call("1", "200", -1)), quarantined);
  EXPECT_EQ(decode(call("1", "200", 86'401)), quarantined);
  EXPECT_EQ(decode("event=ONVOXIMPLANTCALLEND&data[CALL_ID]=c1&data[CALL_TYPE]=1&data[CALL_START_DATE]=yesterday"),
            quarantined);
  EXPECT_EQ(decode("event=ONVOXIMPLANTCALLEND&data[CALL_ID]=" + std::string(129, 'c') +
                   "&data[CALL_TYPE]=1&data[CALL_START_DATE]=2026-09-14T10:00:00Z"),
            quarantined);
}

}  // namespace
}  // namespace kpistream::ingest
