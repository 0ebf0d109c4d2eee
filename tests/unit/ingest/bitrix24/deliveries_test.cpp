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
                                       {"ONCRMDYNAMICITEMADD_31", "crm.item.get?entityTypeId=31&id=5"},
                                       {"ONCRMDYNAMICITEMUPDATE_31", "crm.item.get?entityTypeId=31&id=5"},
                                       {"ONCRMDYNAMICITEMDELETE_31", "crm.item.get?entityTypeId=31&id=5"}}) {
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

TEST(Bitrix24Deliveries, OnlyInvoicesAmongDynamicItemsAreRead) {
  EXPECT_EQ(decode("event=ONCRMDYNAMICITEMADD&data[FIELDS][ID]=5&data[FIELDS][ENTITY_TYPE_ID]=128"),
            "ignored ONCRMDYNAMICITEM");
  EXPECT_EQ(decode("event=ONCRMDYNAMICITEMADD_128&data[FIELDS][ID]=5"), "ignored ONCRMDYNAMICITEM");
  EXPECT_EQ(decode("event=ONCRMDYNAMICITEMADD&data[FIELDS][ID]=5"), "quarantined ONCRMDYNAMICITEMADD");
}

TEST(Bitrix24Deliveries, EventsWithoutMeaningAreKnownAndIgnored) {
  for (const char* event : {"ONCRMCONTACTADD",       "ONCRMCOMPANYUPDATE",    "ONCRMDOCUMENTGENERATORDOCUMENTADD",
                            "ONCRMCURRENCYUPDATE",   "ONCALENDARENTRYADD",    "ONUSERADD",
                            "ONCRMINVOICESETSTATUS", "ONPAYMENTENTITYSAVED",  "ONORDERENTITYSAVED",
                            "ONSALEORDERSAVED",      "ONSHIPMENTENTITYSAVED", "ONBOOKINGADD",
                            "ONOPENLINEMESSAGEADD",  "ONSESSIONSTART",        "ONVOXIMPLANTCALLINIT",
                            "ONVOXIMPLANTCALLSTART", "ONEXTERNALCALLSTART",   "ONTASKCOMMENTADD",
                            "ONAPPINSTALL",          "ONAPPUNINSTALL",        "ONOFFLINEEVENT"}) {
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
