// Good traffic, journal and refusals, over real sockets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "tests/unit/ingest/http/support.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::string_view kBody = "a=1&secret=s3cret";

class HookServerTest : public testing::Test {
 protected:
  HookServerTest() { server.start(); }

  // A new connection that sends these bytes.
  Client& say(std::string_view bytes) {
    clients.push_back(std::make_unique<Client>(server.port()));
    return clients.back()->send(bytes);
  }

  std::vector<std::string> bodies() {
    std::vector<std::string> list;
    for (const NewRecord& record : journal.records()) list.push_back(record.body);
    return list;
  }

  FakeJournal journal;
  ManualClock clock;
  HookServer server{{.limits = {.sweep = std::chrono::milliseconds(1)}}, journal, clock, guards()};
  std::vector<std::unique_ptr<Client>> clients;
};

TEST_F(HookServerTest, AnswersOnlyAfterTheJournalHasTheDelivery) {
  journal.hold();
  Client& client = say(post(kBody));
  const NewRecord record = journal.wait_for(1).at(0);
  EXPECT_EQ(record.kind, RecordKind::delivery);
  EXPECT_EQ(record.crm, Crm::amocrm);
  EXPECT_EQ(record.portal, "demo");
  EXPECT_EQ(record.arrived, 1'789'369'205);
  EXPECT_EQ(record.subject, "");
  EXPECT_EQ(record.body, "a=1");
  clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(client.send_some(""), 0u);
  EXPECT_THAT(figures(server), testing::HasSubstr("{result=accepted} 0\n"));
  journal.commit();
  const HttpAnswer answer = client.read();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.fields.at("date"), "Mon, 14 Sep 2026 07:00:05 GMT");
  EXPECT_EQ(answer.fields.at("content-length"), "0");
  EXPECT_FALSE(answer.fields.contains("connection"));
}

// What the next server reads how late it is from.
std::atomic<std::int64_t> stopwatch_ms{0};

TEST(HookServer, TellsHowLongAcknowledgementsTookWithTheSync) {
  FakeJournal journal;
  ManualClock clock;
  HookServer server{
      {.stopwatch = [] { return std::chrono::steady_clock::time_point(std::chrono::milliseconds(stopwatch_ms)); },
       .limits = {.sweep = std::chrono::milliseconds(1)}},
      journal,
      clock,
      guards()};
  server.start();
  EXPECT_THAT(figures(server), testing::HasSubstr("kpistream_webhook_ack_seconds_sum 0\n"));
  journal.hold();
  Client first(server.port());
  first.send(post(kBody));
  journal.wait_for(1);
  stopwatch_ms += 300;
  Client second(server.port());
  second.send(post(kBody));
  journal.wait_for(2);
  stopwatch_ms += 40;
  journal.commit();  // one group, and 340 ms and 40 ms
  EXPECT_EQ(first.status(), 200);
  EXPECT_EQ(second.status(), 200);
  Client third(server.port());
  third.send(post(kBody));
  journal.wait_for(3);
  stopwatch_ms += 5;
  journal.commit(AppendOutcome::unavailable);
  EXPECT_EQ(third.status(), 503) << "which is no acknowledgement";
  EXPECT_EQ(Client(server.port()).send(post("a=1&secret=wrong")).status(), 403);
  server.stop();
  EXPECT_THAT(figures(server), testing::HasSubstr("kpistream_webhook_ack_seconds{0.05} 1\n"
                                                  "kpistream_webhook_ack_seconds{0.5} 1\n"
                                                  "kpistream_webhook_ack_seconds_sum 0.38\n"));
}

TEST(HookServer, WhatWasAnsweredTooLateIsNoAcknowledgement) {
  FakeJournal journal;
  ManualClock clock;
  HookServer server{{.limits = {.sweep = std::chrono::milliseconds(1)}}, journal, clock, guards()};
  server.start();
  journal.hold();
  Client client(server.port());
  client.send(post(kBody));
  journal.wait_for(1);
  clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(client.status(), 503);
  journal.commit();
  clock.advance(std::chrono::milliseconds(1));
  EXPECT_THAT(figures(server), testing::HasSubstr("kpistream_webhook_ack_seconds_sum 0\n"));
}

TEST_F(HookServerTest, ServesManyRequestsOnOneConnection) {
  Client& client = say("");
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(client.send(post("n=" + std::to_string(i) + "&secret=s3cret")).status(), 200);
  }
  EXPECT_EQ(journal.records().size(), 100u);
  EXPECT_EQ(journal.records().back().body, "n=99");
}

TEST_F(HookServerTest, ServesManyConnectionsOfOneRequest) {
  for (int i = 0; i < 100; ++i) {
    Client client(server.port());
    const HttpAnswer answer = client.send(post(kBody, "Connection: close\r\n")).read();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.fields.at("connection"), "close");
    EXPECT_TRUE(client.closed());
  }
}

TEST_F(HookServerTest, TakesPipelinedRequestsTogetherAndAnswersInOrder) {
  journal.hold();
  std::string requests;
  for (int i = 0; i < 20; ++i) {
    requests += post("n=" + std::to_string(i) + "&secret=s3cret");
    requests += post("x", "", "/other/" + std::to_string(i));
  }
  Client& client = say(requests);
  EXPECT_EQ(journal.wait_for(20).size(), 20u);
  journal.commit();
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(client.status(), 200);
    EXPECT_EQ(client.status(), 404);
  }
  for (int i = 0; i < 20; ++i) EXPECT_EQ(bodies()[static_cast<std::size_t>(i)], "n=" + std::to_string(i));
}

TEST_F(HookServerTest, HasOnlySoManyPipelinedRequestsInFlight) {
  journal.hold();
  std::string requests;
  for (int i = 0; i < 100; ++i) requests += post(kBody);
  Client& client = say(requests);
  journal.wait_for(kPipelineMax);
  clock.advance(std::chrono::milliseconds(1));
  EXPECT_EQ(journal.records().size(), kPipelineMax);
  journal.commit();
  for (std::size_t i = 0; i < kPipelineMax; ++i) EXPECT_EQ(client.status(), 200);
  journal.wait_for(100);
  journal.commit();
  for (std::size_t i = kPipelineMax; i < 100; ++i) EXPECT_EQ(client.status(), 200);
}

TEST_F(HookServerTest, ReadsAnySplitOfTheBytes) {
  const std::string requests = post(kBody) +
                               "POST /hook/demo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "3;x\r\na=1\r\nE\r\n&secret=s3cret\r\n0\r\nT: x\r\n\r\n" +
                               post(kBody);
  Client& client = say("");
  for (const char c : requests) client.send({&c, 1});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.status(), 200);
  EXPECT_THAT(bodies(), testing::ElementsAre("a=1", "a=1", "a=1"));
  for (std::size_t at = 0; at < requests.size(); at += 7) {
    Client other(server.port());
    other.send(requests.substr(0, at));
    clock.advance(std::chrono::milliseconds(0));  // the first part is read alone
    other.send(requests.substr(at));
    for (int i = 0; i < 3; ++i) ASSERT_EQ(other.status(), 200) << at;
  }
}

TEST_F(HookServerTest, ServesOldProxies) {
  const std::string fields = "\r\nContent-Length: 17\r\n\r\n";
  Client& close = say("POST /hook/demo HTTP/1.0" + fields + std::string(kBody));
  EXPECT_EQ(close.read().fields.at("connection"), "close");
  EXPECT_TRUE(close.closed());
  Client& keep = say("");
  for (int i = 0; i < 2; ++i) {
    keep.send("POST /hook/demo HTTP/1.0\r\nConnection: Keep-Alive" + fields + std::string(kBody));
    const HttpAnswer answer = keep.read();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.fields.at("connection"), "keep-alive");
  }
}

TEST_F(HookServerTest, InvitesTheBodyOfAClientThatWaits) {
  const std::string header =
      "POST /hook/demo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 17\r\n\r\n";
  Client& waits = say(header);
  EXPECT_EQ(waits.status(), 100);
  EXPECT_EQ(waits.send(kBody).status(), 200);
  Client& hurries = say(header + std::string(kBody));
  EXPECT_EQ(hurries.status(), 200);
  journal.hold();
  Client& behind = say(post(kBody) + header);
  journal.wait_for(3);
  journal.commit();
  EXPECT_EQ(behind.status(), 200);
  EXPECT_EQ(behind.status(), 100) << "in its turn";
  behind.send(kBody);
  journal.wait_for(4);
  journal.commit();
  EXPECT_EQ(behind.status(), 200);
}

TEST_F(HookServerTest, InvitesNoBodyThatItRefuses) {
  Client& client = say("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 17\r\n\r\n");
  EXPECT_EQ(client.status(), 404);
  EXPECT_TRUE(client.closed());
}

TEST_F(HookServerTest, AnswersAClientThatHasEndedItsSide) {
  journal.hold();
  Client& client = say(post(kBody) + post(kBody) + "POST /hook/dem");
  client.end();
  journal.wait_for(2);
  clock.advance(std::chrono::milliseconds(1));
  journal.commit();
  EXPECT_EQ(client.status(), 200);
  EXPECT_EQ(client.status(), 200);
  EXPECT_TRUE(client.closed());
}

TEST_F(HookServerTest, ForgetsAClientThatLeavesBeforeItsAnswer) {
  journal.hold();
  {
    Client gone(server.port());
    gone.send(post(kBody));
    journal.wait_for(1);
  }
  clock.advance(std::chrono::milliseconds(1));
  journal.commit();
  Client& next = say(post(kBody));
  journal.wait_for(2);
  journal.commit();
  EXPECT_EQ(next.status(), 200);
}

TEST_F(HookServerTest, TakesAnEscapedPathAndBodiesOfAnyBytes) {
  const std::string body = "leads%5Badd%5D[0]=К\xff%" + std::string(1, '\0') + "&secret=s3cret";
  EXPECT_EQ(say(post(body, "", "/%68ook/dem%6F?x=y")).status(), 200);
  EXPECT_EQ(bodies().at(0) + "&secret=s3cret", body);
  const std::string large = std::string((1u << 20) - 14, 'v') + "&secret=s3cret";
  EXPECT_EQ(say(post(large)).status(), 200);
  EXPECT_EQ(bodies().at(1).size(), large.size() - 14);
}

TEST_F(HookServerTest, SaysUnavailableWhenTheJournalTakesNothing) {
  journal.refuse(true);
  Client& client = say(post(kBody));
  const HttpAnswer answer = client.read();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.fields.at("retry-after"), "1");
  journal.refuse(false);
  EXPECT_EQ(client.send(post(kBody)).status(), 200) << "on the same connection";
}

TEST_F(HookServerTest, SaysUnavailableWhenTheJournalFails) {
  journal.hold();
  Client& client = say(post(kBody));
  journal.wait_for(1);
  journal.commit(AppendOutcome::unavailable);
  const HttpAnswer answer = client.read();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.fields.at("retry-after"), "1");
}

TEST_F(HookServerTest, LooksTheSameToAllStrangers) {
  const HttpAnswer bad_secret = say(post("a=1&secret=wrong")).read();
  const HttpAnswer no_secret = say(post("a=1")).read();
  const HttpAnswer no_portal = say(post(kBody, "", "/hook/other")).read();
  EXPECT_EQ(bad_secret.status, 403);
  EXPECT_EQ(bad_secret.raw, no_secret.raw);
  EXPECT_EQ(bad_secret.raw, no_portal.raw);
  EXPECT_TRUE(journal.records().empty());
}

TEST_F(HookServerTest, FollowsTheGuardsOfAReload) {
  Client& client = say(post(kBody, "", "/new/demo"));
  EXPECT_EQ(client.status(), 404);
  server.set_guards(guards("/new/"));
  EXPECT_EQ(client.send(post(kBody, "", "/new/demo")).status(), 200);
  EXPECT_EQ(client.send(post(kBody)).status(), 404);
}

TEST_F(HookServerTest, CountsWhatBecameOfRequests) {
  say(post(kBody)).read();
  say(post("a=1")).read();
  say(post("unreadable")).read();
  say(post("large")).read();
  say(post(kBody, "", "/metrics")).read();
  say("GET /hook/demo HTTP/1.1\r\nHost: h\r\n\r\n").read();
  say("GET\r\n").read();
  say("GET /" + std::string(5'000, 'a')).read();
  say(post(kBody, "Content-Encoding: gzip\r\n")).read();
  journal.refuse(true);
  say(post(kBody)).read();
  const std::string text = figures(server);
  for (const char* line :
       {"{result=accepted} 1\n", "{result=stranger} 1\n", "{result=unreadable} 1\n", "{result=too_large} 1\n",
        "{result=not_found} 1\n", "{result=method} 1\n", "{result=bad_request} 2\n", "{result=unsupported} 1\n",
        "{result=overloaded} 1\n", "{result=unavailable} 0\n", "{result=timeout} 0\n"}) {
    EXPECT_THAT(text, testing::HasSubstr("kpistream_webhook_requests_total" + std::string(line)));
  }
  EXPECT_THAT(text, testing::HasSubstr("kpistream_http_connections{listener=hook} "));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("s3cret")));
}

TEST_F(HookServerTest, AQueryIsTakenOnlyWhereAGuardKnowsIt) {
  EXPECT_EQ(say("GET /hook/demo?signed=1&secret=s3cret HTTP/1.1\r\nHost: x\r\n\r\n").status(), 200);
  EXPECT_EQ(bodies(), std::vector<std::string>{"signed=1"});
  EXPECT_EQ(say("GET /hook/demo?signed=1&secret=wrong HTTP/1.1\r\nHost: x\r\n\r\n").status(), 403);
  EXPECT_EQ(say("GET /hook/demo?a=1&secret=s3cret HTTP/1.1\r\nHost: x\r\n\r\n").status(), 405);
  EXPECT_EQ(say("HEAD /hook/demo?signed=1&secret=s3cret HTTP/1.1\r\nHost: x\r\n\r\n").status(), 405);
  EXPECT_EQ(bodies().size(), 1U);
}

TEST_F(HookServerTest, JsonIsTakenOnlyWhereAGuardReadsIt) {
  const auto typed = [](const std::string& path, const std::string& type) {
    return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + type +
           "\r\nContent-Length: " + std::to_string(kBody.size()) + "\r\n\r\n" + std::string(kBody);
  };
  EXPECT_EQ(say(typed("/hook/demo", "application/json")).status(), 415);
  EXPECT_EQ(say(typed("/hook/json", "Application/JSON; charset=utf-8")).status(), 200);
  EXPECT_EQ(say(typed("/hook/json", "text/xml")).status(), 415);
}

}  // namespace
}  // namespace kpistream::ingest
