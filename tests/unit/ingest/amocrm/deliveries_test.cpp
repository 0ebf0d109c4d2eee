// What webhooks of leads and invoices mean, beyond the sample day.
#include <gtest/gtest.h>

#include "ingest/amocrm/adapter.hpp"
#include "tests/unit/ingest/amocrm/bodies.hpp"
#include "tests/unit/ingest/amocrm/settings.hpp"
#include "tests/unit/ingest/support/records.hpp"

namespace kpistream::ingest {
namespace {

Decoded decode(const std::string& body, const PortalSettings& settings = demo_settings()) {
  return make_amocrm_adapter(settings)->decode(delivery(body));
}

std::string lead(const std::string& action, const std::string& fields) {
  return record("leads[" + action + "][0]",
                "id=5 updated_at=100 created_at=90 pipeline_id=8 responsible_user_id=7 " + fields);
}

const StagePoint& point(const Decoded& decoded, std::size_t index = 0) {
  return decoded.observations.at(index).point.value();
}

TEST(AmoLeads, EveryActionTellsTheStateOfTheLead) {
  for (const char* action : {"add", "update", "status", "responsible", "restore"}) {
    const auto decoded = decode(lead(action, "status_id=3 price=12.5"));
    EXPECT_EQ(decoded.event, std::string("leads.") + action);
    ASSERT_EQ(decoded.observations.size(), 1U) << action;
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
  for (const auto& [status, outcome, reason_wanted] :
       {Case{"142", Outcome::won, false},
        {"143", Outcome::lost, true},
        {"68000010", Outcome::open, false},  // incoming only to derivation
        {"68000040", Outcome::open, false},
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

TEST(AmoLeads, WhenLinksHaveChangedTheLeadIsRead) {
  EXPECT_EQ(decode(lead("update", "status_id=3 link_changed=1")).wishes, std::vector<std::string>{"leads"});
  EXPECT_EQ(decode(lead("update", "status_id=3 link_changed=0")).wishes, std::vector<std::string>{});
}

TEST(AmoLeads, ADeletionIsReadInAllItsShapes) {
  for (const char* body : {"leads[delete][0][id]=5", "leads[delete][0][id]=5&leads[delete][0][type]=lead",
                           "leads[delete]=5", "leads[delete][17][id]=5&leads[delete][17][status_id]=3"}) {
    EXPECT_EQ(describe(decode(body)), "understood leads.delete\nwish leads/5\ndeal:5 presence=gone") << body;
  }
}

TEST(AmoLeads, WhoMovedALeadIsKnownOnlyWhenItsStatusHasChanged) {
  struct Case {
    const char* action;
    const char* old;
    const char* mover;
  };
  for (const auto& [action, old, mover] : {Case{"status", "", "9"},
                                           {"status", " old_status_id=2", "9"},
                                           {"status", " old_status_id=3", ""},
                                           {"update", " old_status_id=2", "9"},
                                           {"update", " old_status_id=3", ""},
                                           {"update", " old_status_id=", ""},
                                           {"update", "", ""},
                                           {"responsible", " old_status_id=2", "9"},
                                           {"add", "", ""}}) {
    const auto seen = point(decode(lead(action, std::string("status_id=3 modified_user_id=9") + old)));
    EXPECT_EQ(seen.mover, mover) << action << old;
    EXPECT_EQ(seen.author, "9") << action << old;
  }
  EXPECT_EQ(point(decode(lead("status", "status_id=3 modified_user_id=0"))).mover, "0");
  EXPECT_EQ(point(decode(lead("status", "status_id=3 modified_user_id=0"))).author, "0");
  EXPECT_EQ(point(decode(lead("status", "status_id=3"))).mover, "");
}

TEST(AmoLeads, WhoChangedTheOwnerDidNotMakeTheStateBefore) {
  const auto decoded =
      decode(lead("responsible", "status_id=142 old_status_id=3 old_responsible_user_id=6 modified_user_id=9"));
  EXPECT_EQ(point(decoded, 0).mover, "9");
  EXPECT_EQ(point(decoded, 1).mover, "");
  EXPECT_EQ(point(decoded, 1).author, "");
  EXPECT_FALSE(decoded.observations.at(1).fields.has_value());
}

std::vector<Field> fields(const std::string& told) {
  return decode(lead("update", "status_id=3 " + told)).observations.at(0).fields.value();
}

TEST(AmoFields, ConfiguredOnesAreKeptUnderOurNamesAndTagsUnderTheirs) {
  EXPECT_EQ(fields("custom_fields[3][id]=701007 custom_fields[3][values][0][value]=Кухни"
                   " custom_fields[3][values][0][enum]=430102 custom_fields[3][values][1][value]=Шкафы"
                   " custom_fields[3][values][1][enum]=430101 custom_fields[7][id]=701001"
                   " custom_fields[7][values][0][value]=750.50 custom_fields[8][id]=701099"
                   " custom_fields[8][values][0][value]=no tags[0][id]=5500002 tags[0][name]=Иван tags[4][id]=5500001"),
            (std::vector<Field>{{"product", "430101"},
                                {"product", "430102"},
                                {"quote_sum", "750.50"},
                                {"tag", "5500001"},
                                {"tag", "5500002"}}));
  EXPECT_EQ(fields(""), std::vector<Field>{});  // all that are filled would be there
}

TEST(AmoFields, ADateStandsWithoutBracketsAndWhatIsNoTagIsNone) {
  EXPECT_EQ(fields("custom_fields[0][id]=701001 custom_fields[0][values][0]=1794776400"),
            (std::vector<Field>{{"quote_sum", "1794776400"}}));
  EXPECT_EQ(fields("tags[0][id]=0 tags[1][id]=Иван tags[2][name]=Иван"), std::vector<Field>{});
  EXPECT_EQ(fields("custom_fields[0][id]=701001 custom_fields[0][values][0][value]="), std::vector<Field>{});
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

std::string incoming(const std::string& action, const std::string& fields) {
  return record("unsorted[" + action + "][0]", "uid=x created_at=90 " + fields);
}

TEST(AmoUnsorted, ArrivalIsADealWithoutAStageOfWhateverCategory) {
  for (const char* category : {"forms", "mail", "chats", "sip", ""}) {
    EXPECT_EQ(describe(decode(incoming("add", "lead_id=5 category=" + std::string(category)))),
              "understood unsorted.add\ndeal:5 created=1970-01-01T00:01:30Z")
        << category;
  }
  for (const char* lead : {"data[leads][0][id]=5", "data[leads][id]=5"}) {
    EXPECT_EQ(decode(incoming("add", lead)).observations.at(0).ref.id, "5") << lead;
  }
  EXPECT_EQ(describe(decode("unsorted[add][0][uid]=x&unsorted[add][0][lead_id]=5&unsorted[add][0][date_create]=90")),
            "understood unsorted.add\ndeal:5 created=1970-01-01T00:01:30Z");
  for (const char* body :
       {"unsorted[update][0][uid]=x&unsorted[update][0][data][leads][0][id]=5", "unsorted[add][0][uid]=x"}) {
    EXPECT_EQ(decode(body).verdict, DecodeVerdict::ignored) << body;
  }
}

TEST(AmoUnsorted, ItsContactsAreThoseOfTheLead) {
  EXPECT_EQ(describe(decode(incoming("add", "lead_id=5 data[contacts][0][id]=8 data[contacts][1][id]=9"))),
            "understood unsorted.add\n"
            "deal:5 created=1970-01-01T00:01:30Z\n"
            "deal:5 version=1970-01-01T00:01:30Z card=contact:8\n"
            "deal:5 version=1970-01-01T00:01:30Z card=contact:9");
}

TEST(AmoUnsorted, TheCallThatMadeItIsACallWhoeverTellsItAgain) {
  const std::string call =
      "lead_id=5 category=sip source_data[phone]=79000000001 source_data[called_at]=80 source_data[duration]=30"
      " source_data[call_responsible]=7 ";
  EXPECT_EQ(describe(decode(incoming("add", call + "source_data[uniq]=u1"))),
            "understood unsorted.add\n"
            "deal:5 created=1970-01-01T00:01:30Z\n"
            "call:uniq:u1 version=1970-01-01T00:01:20Z | details owner=7 direction=in call=talk seconds=30 "
            "start=1970-01-01T00:01:20Z target=deal:5 line=b4640c8e1bedf65f");
  EXPECT_EQ(decode(incoming("add", call)).observations.size(), 1U) << "a note of it could not be known again";
}

TEST(AmoUnsorted, WhatBecameOfItWhenItIsAcceptedOrDeclinedHasToBeRead) {
  for (const char* action : {"accept", "decline"}) {
    const std::string told = std::string("action=") + action + " " + action + "_result[leads][0]=5 modified_user_id=7";
    EXPECT_EQ(describe(decode(incoming("delete", told))), "understood unsorted.delete\nwish leads") << action;
  }
}

std::string invoice(const std::string& fields) {
  return record("catalogs[update][0]", "id=80 updated_at=100 custom_fields[0][code]=BILL_STATUS " + fields);
}

TEST(AmoInvoices, TheNameOfTheStatusMeansPaidAndItsChoiceIsTheStage) {
  const auto seen = [](const std::string& word) {
    return point(decode(
        invoice("updated_by=9 custom_fields[0][values][0][enum]=4600002 custom_fields[0][values][0][value]=" + word)));
  };
  for (const char* word : {"Оплачен", "paid", "Paid", "PAID"}) EXPECT_EQ(seen(word).outcome, Outcome::won) << word;
  for (const char* word : {"Создан", "Unpaid", "pai", ""}) EXPECT_EQ(seen(word).outcome, Outcome::open) << word;
  EXPECT_EQ(seen("Создан").stage, "4600002");
  EXPECT_EQ(seen("Создан").author, "9");
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
