// Shapes of bodies: batches, mixtures, sparse and repeated indices, the unknown and the unreadable.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <thread>

#include "ingest/amocrm/adapter.hpp"
#include "tests/unit/ingest/amocrm/settings.hpp"
#include "tests/unit/ingest/support/records.hpp"

namespace kpistream::ingest {
namespace {

Decoded decode(const std::string& body) { return make_amocrm_adapter(demo_settings())->decode(delivery(body)); }

std::string lead(const std::string& place, const std::string& id) {
  std::string body;
  for (const auto& field : {"[id]=" + id, std::string("[status_id]=142"), std::string("[updated_at]=100")}) {
    body += (body.empty() ? "leads" : "&leads") + place + field;
  }
  return body;
}

std::vector<std::string> ids(const Decoded& decoded) {
  std::vector<std::string> out;
  for (const auto& seen : decoded.observations) out.push_back(seen.ref.id);
  return out;
}

TEST(AmoBodies, FiftyEntitiesInOneBodyAreFiftyObservations) {
  std::string body;
  std::vector<std::string> expected;
  for (int i = 0; i < 50; ++i) {
    expected.push_back(std::to_string(1'000 + i));
    body += (i == 0 ? "" : "&") + lead("[status][" + std::to_string(i) + "]", expected.back());
  }
  const auto decoded = decode(body);
  EXPECT_EQ(decoded.verdict, DecodeVerdict::understood);
  EXPECT_EQ(ids(decoded), expected);
}

TEST(AmoBodies, SectionsAndActionsMayBeMixedAndInterleaved) {
  const auto decoded = decode(
      "leads[update][0][id]=1&task[delete][0][id]=2&leads[status][0][id]=1&leads[update][0][status_id]=3&"
      "leads[status][0][status_id]=142&leads[update][0][updated_at]=100&leads[status][0][updated_at]=101&"
      "leads[delete][0][id]=4");
  EXPECT_EQ(describe(decoded),
            "understood leads.update\n"
            "wish leads/4\n"
            "deal:1 version=1970-01-01T00:01:40Z | point at=1970-01-01T00:01:40Z stage=3 outcome=open\n"
            "task:2 presence=gone\n"
            "deal:1 version=1970-01-01T00:01:41Z | point at=1970-01-01T00:01:41Z stage=142 outcome=won\n"
            "deal:4 presence=gone");
}

TEST(AmoBodies, IndicesMayBeSparseRepeatedIdsOrNested) {
  EXPECT_EQ(ids(decode(lead("[add][7]", "1") + "&" + lead("[add][3]", "2"))), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(ids(decode(lead("[add][40100001]", "40100001"))), (std::vector<std::string>{"40100001"}));
  EXPECT_EQ(ids(decode(lead("[add][0][0]", "1") + "&" + lead("[add][0][1]", "2"))),
            (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(ids(decode("task[update][0][0][id]=60&task[update][0][0][complete_before]=200&"
                       "task[update][0][0][updated_at]=100")),
            (std::vector<std::string>{"60"}));
}

TEST(AmoBodies, TheAccountMayStandFirstLastInTheMiddleOrNowhere) {
  const std::string account = "account[subdomain]=x&account[id]=1&account[_links][self]=https://x.amocrm.ru";
  const std::string body = lead("[add][0]", "1");
  const auto expected = describe(decode(body));
  EXPECT_EQ(describe(decode(account + "&" + body)), expected);
  EXPECT_EQ(describe(decode(body + "&" + account)), expected);
  EXPECT_EQ(describe(decode("leads[add][0][id]=1&" + account + "&" + body)), expected);
}

TEST(AmoBodies, AScalarAndASubtreeUnderOneKeyDoNoHarm) {
  EXPECT_EQ(describe(decode("leads[note][0][note][id]=9&leads[note][0][note][note_type]=5&leads[note][0][note][type]=3&"
                            "leads[note][0][note][type][message_uuid]=u")),
            "ignored leads.note");
  EXPECT_EQ(ids(decode(lead("[add][0]", "1") + "&leads[add][0][price]=5&leads[add][0][price][x]=6")),
            (std::vector<std::string>{"1"}));
}

TEST(AmoBodies, TheEventsOfABodyAreNamedEachOnce) {
  const auto decoded = decode(
      "leads[update][0][id]=1&leads[update][1][id]=2&leads[status][0][id]=1&nps[rate][0][id]=5&"
      "contacts[update][0][id]=3&contacts[update][0][type]=company");
  EXPECT_EQ(decoded.event, "leads.update");
  EXPECT_EQ(decoded.other_events, (std::vector<std::string>{"leads.status", "companies.update", "other"}));
}

TEST(AmoBodies, WhatNoFigureNeedsIsIgnored) {
  for (const char* body : {"contacts[add][0][id]=1&contacts[add][0][type]=contact", "companies[update][0][id]=1",
                           "customers[update][0][id]=1", "customers[delete][0][id]=1", "talk[add][0][talk_id]=1",
                           "contacts[delete][0][id]=1", "chat_template_review[add][0][id]=1",
                           "contacts[restore][0][id]=1", "contacts[responsible][0][id]=1"}) {
    EXPECT_EQ(decode(body).verdict, DecodeVerdict::ignored) << body;
    EXPECT_NE(decode(body).event, "other") << body;
  }
}

TEST(AmoBodies, TheUnknownIsCountedAsSuchAndTheKnownBesideItIsStillSeen) {
  for (const char* body : {"nps[rate][0][id]=5", "leads[merged][0][id]=5", "hello=world", "leads=5", "", "&&&",
                           "account[id]=1", "leads[add", "=", "%00=%00"}) {
    EXPECT_EQ(describe(decode(body)), "unknown other") << body;
  }
  const auto decoded = decode("nps[rate][0][id]=5&" + lead("[add][0]", "1"));
  EXPECT_EQ(decoded.verdict, DecodeVerdict::unknown);
  EXPECT_EQ(ids(decoded), (std::vector<std::string>{"1"}));
}

TEST(AmoBodies, OursButUnreadableIsQuarantinedAndTheRestIsStillSeen) {
  for (const char* body :
       {"leads[add][0][name]=x", "leads[add][0][id]=abc", "leads[add][0][id]=-5", "leads[add][0][id]=0",
        "leads[delete][0][id]=", "leads[delete]=x", "leads[add][0][id]=12345678901234567890", "task[add][0][text]=x",
        "message[add][0][text]=hello", "message[add][0][id]=m1", "catalogs[add][0][name]=x"}) {
    EXPECT_EQ(decode(body).verdict, DecodeVerdict::quarantined) << body;
    EXPECT_TRUE(decode(body).observations.empty()) << body;
  }
  const auto decoded = decode("leads[add][0][id]=abc&" + lead("[add][1]", "1"));
  EXPECT_EQ(decoded.verdict, DecodeVerdict::quarantined);
  EXPECT_EQ(ids(decoded), (std::vector<std::string>{"1"}));
}

TEST(AmoBodies, ABodyBeyondTheLimitsIsQuarantined) {
  EXPECT_EQ(describe(decode("a[1][2][3][4][5][6][7][8][9]=1")), "quarantined other");
  EXPECT_EQ(decode("a[1][2][3][4][5][6][7][8][9]=1").failure, DecodeFailure::syntax);
  EXPECT_EQ(decode("leads[add][0][id]=abc").failure, DecodeFailure::content);
}

TEST(AmoBodies, TellTheTimeOfTheirNewestEvent) {
  EXPECT_EQ(decode("leads[update][0][id]=5&leads[update][0][last_modified]=100&"
                   "leads[update][1][id]=6&leads[update][1][updated_at]=300&"
                   "task[update][0][id]=7&task[update][0][updated_at]=200")
                .happened,
            300);
  EXPECT_EQ(decode("leads[delete][0][id]=5").happened, 0);
}

TEST(AmoBodies, EveryEventIsAboutSomething) {
  const auto adapter = make_amocrm_adapter(demo_settings());
  const std::map<std::string, Topic> topics{
      {"leads.status", Topic::deal},   {"contacts.add", Topic::contact}, {"companies.update", Topic::company},
      {"task.add", Topic::task},       {"unsorted.add", Topic::lead},    {"message.add", Topic::message},
      {"talk.add", Topic::message},    {"catalogs.add", Topic::payment}, {"leads.note", Topic::note},
      {"customers.add", Topic::other}, {"widget", Topic::other},         {"other", Topic::other}};
  for (const auto& [event, topic] : topics) EXPECT_EQ(adapter->topic(event), topic) << event;
}

TEST(AmoBodies, NoPersonalDataIsKept) {
  const std::string canary = "CANARY";
  std::string body;
  for (const char* name : {"[name]=", "[text]=", "[company_name]=", "[tags][0][name]=", "[custom_fields][0][name]=",
                           "[custom_fields][0][values][0][value]=", "[responsible_user_id]=", "[pipeline_id]=",
                           "[status_id]=", "[created_user_id]=", "[modified_user_id]=", "[created_by]=",
                           "[tags][0][id]=", "[element_id]=", "[author][name]=", "[task_type]="}) {
    for (const char* place : {"leads[add][0]", "task[add][0]", "message[add][0]", "catalogs[add][0]"}) {
      body += std::string(place) + name + canary + "+%2B79990000001&";
    }
  }
  for (const char* place : {"leads[add][0]", "task[add][0]", "message[add][0]", "catalogs[add][0]"}) {
    body += std::string(place) + "[id]=5&" + place + "[updated_at]=100&" + place + "[created_at]=100&" + place +
            "[complete_before]=200&";
  }
  body += "catalogs[add][0][custom_fields][1][code]=BILL_STATUS&catalogs[add][0][custom_fields][1][values][0][enum]=" +
          canary +
          "&leads[add][1][status_id]=3&leads[add][1][id]=6&leads[add][1][updated_at]=100&leads[add][1][name]=" + canary;
  const auto text = describe(decode(body));
  EXPECT_NE(text.find("deal:6"), std::string::npos);
  EXPECT_NE(text.find("message:5"), std::string::npos);
  EXPECT_EQ(text.find(canary), std::string::npos) << text;
}

TEST(AmoBodies, OneWishIsEnoughForManyRecords) {
  EXPECT_EQ(describe(decode("leads[status][0][id]=1&leads[status][1][id]=2&task[add][0][id]=3&task[add][1][id]=4")),
            "understood leads.status\nwish leads\nwish tasks");
}

// A few milliseconds; the bound leaves room for sanitizers and a busy machine, and none for quadratic work.
TEST(AmoBodies, AFullBodyInTheWorstOrderTakesLinearTime) {
  std::string body;
  for (const char* field : {"[id]=5", "[updated_at]=100", "[complete_before]=160", "[status]=1", "[task_type]=2"}) {
    for (int i = 0; i < 1'000; ++i) body += "task[add][" + std::to_string(i) + "]" + field + "&";
  }
  const auto begin = std::chrono::steady_clock::now();
  const auto decoded = decode(body);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(decoded.observations.size(), 1'000U);
  EXPECT_LT(took.count(), 0.5);
}

TEST(AmoBodies, DecodingDependsOnNothingButTheRecordOnAnyThread) {
  const auto adapter = make_amocrm_adapter(demo_settings());
  const auto record = delivery(lead("[add][0]", "1"));
  const auto expected = describe(adapter->decode(record));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 200; ++i) {
        (void)adapter->decode(delivery(lead("[add][0]", std::to_string(100 * t + i + 1)) + "&nps[rate][0][id]=5"));
        EXPECT_EQ(describe(adapter->decode(record)), expected);
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace kpistream::ingest
