// RELIABILITY's table "HTTP": refusals, early answers, limits, deadlines and slow readers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/ingest/http/support.hpp"

namespace kpistream::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kBody = "a=1&secret=s3cret";

ServerOptions quick(ServerLimits limits = {}) {
  limits.sweep = milliseconds(1);
  ServerOptions options;
  options.limits = limits;
  return options;
}

struct HostileServer : testing::Test {
  explicit HostileServer(const ServerLimits& limits = {}) : server(quick(limits), journal, clock, guards()) {
    server.start();
  }

  FakeJournal journal;
  ManualClock clock;
  HookServer server;
};

// --- Refusals --------------------------------------------------------------------------------------------------------

struct Refusal {
  std::string bytes;
  int status;
  bool goes_on;  // the connection serves the next request
};

class Refused : public HostileServer, public testing::WithParamInterface<Refusal> {};

TEST_P(Refused, WithItsStatusAndNothingJournaled) {
  Client client(server.port());
  const HttpAnswer answer = client.send(GetParam().bytes).read();
  EXPECT_EQ(answer.status, GetParam().status) << GetParam().bytes;
  EXPECT_TRUE(journal.records().empty());
  if (GetParam().goes_on) {
    EXPECT_FALSE(answer.fields.contains("connection"));
    EXPECT_EQ(client.send(post(kBody)).status(), 200);
  } else {
    EXPECT_EQ(answer.fields.at("connection"), "close");
    client.send(post(kBody));
    EXPECT_TRUE(client.closed());
    EXPECT_TRUE(journal.records().empty());
  }
}

std::string typed(std::string_view type) {
  return "POST /hook/demo HTTP/1.1\r\nHost: h\r\nContent-Type: " + std::string(type) +
         "\r\nContent-Length: 17\r\n\r\n" + std::string(kBody);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Refused,
    testing::Values(
        Refusal{"GET /hook/demo HTTP/1.1\r\nHost: h\r\n\r\n", 405, true},
        Refusal{"HEAD /hook/demo HTTP/1.1\r\nHost: h\r\n\r\n", 405, true},
        Refusal{"GET / HTTP/1.1\r\nHost: h\r\n\r\n", 404, true},
        Refusal{"GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n", 404, true},
        Refusal{"GET /-/healthy HTTP/1.1\r\nHost: h\r\n\r\n", 404, true},
        Refusal{"HEAD /metrics HTTP/1.1\r\nHost: h\r\n\r\n", 404, true},
        Refusal{"GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n", 400, false}, Refusal{"garbage\r\n", 400, false},
        Refusal{"GET / HTTP/1.1\r\n\r\n", 400, false}, Refusal{"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505, false},
        Refusal{typed("multipart/form-data; boundary=x"), 415, true}, Refusal{typed("application/json"), 415, true},
        Refusal{typed("text/xml"), 415, true}, Refusal{typed("application/x-www-form-urlencoded2"), 415, true},
        Refusal{post(kBody, "Content-Encoding: gzip\r\n"), 415, true}, Refusal{post("unreadable"), 400, true},
        Refusal{post("large"), 413, true}, Refusal{post(""), 403, true},
        Refusal{post("a", "Transfer-Encoding: identity\r\n"), 400, false},
        Refusal{"POST /hook/demo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501, false},
        Refusal{"POST /hook/demo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400, false},
        Refusal{"POST /hook/demo HTTP/1.1\r\nHost: h\r\nExpect: magic\r\n\r\n", 417, false}));

TEST_F(HostileServer, NamesTheMethodItTakes) {
  Client client(server.port());
  EXPECT_EQ(client.send("PUT /hook/demo HTTP/1.1\r\nHost: h\r\n\r\n").read().fields.at("allow"), "POST");
}

TEST_F(HostileServer, TakesFormsInAnySpelling) {
  Client client(server.port());
  EXPECT_EQ(client.send(typed("Application/X-WWW-Form-URLencoded ; charset=UTF-8")).status(), 200);
  EXPECT_EQ(client.send(typed("")).status(), 200);
  EXPECT_EQ(client.send(post(kBody, "Content-Encoding: identity\r\n")).status(), 200);
}

// --- A body is never a request ---------------------------------------------------------------------------------------

std::string early(std::string_view start, const std::string& body) {
  return std::string(start) + "Host: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST_F(HostileServer, ReadsNoBodyAsARequestAfterAnEarlyAnswer) {
  const std::string hidden = post(kBody);
  for (const auto& [start, status] : {std::pair{"POST /x HTTP/1.1\r\n", 404},
                                      {"PUT /hook/demo HTTP/1.1\r\n", 405},
                                      {"POST /hook/demo HTTP/1.1\r\nContent-Type: text/xml\r\n", 415}}) {
    Client whole(server.port());
    whole.send(early(start, hidden) + post("a=1"));
    EXPECT_EQ(whole.status(), status);
    EXPECT_EQ(whole.status(), 403) << "the next request, not the hidden one";
    Client parts(server.port());
    const std::string bytes = early(start, hidden);
    parts.send(bytes.substr(0, bytes.size() - hidden.size()));
    EXPECT_EQ(parts.status(), status);
    parts.send(hidden);
    EXPECT_TRUE(parts.closed());
  }
  EXPECT_TRUE(journal.records().empty());
}

TEST_F(HostileServer, ReadsNoChunkedBodyAsARequestAfterAnEarlyAnswer) {
  Client client(server.port());
  client.send("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + post(kBody));
  EXPECT_EQ(client.status(), 404);
  EXPECT_TRUE(client.closed());
  EXPECT_TRUE(journal.records().empty());
}

TEST_F(HostileServer, EndsAConnectionThatSendsTooMuchAfterAnEarlyAnswer) {
  Client client(server.port());
  client.send("POST /hook/demo HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999\r\n\r\n");
  EXPECT_EQ(client.status(), 413);
  const std::string body(1u << 20, 'x');
  for (int i = 0; i < 64; ++i) client.send(body);  // fails once the server has closed
  clock.advance(milliseconds(1));
  EXPECT_THAT(figures(server), testing::HasSubstr("{listener=hook} 0\n"));
}

// --- Limits ----------------------------------------------------------------------------------------------------------

TEST_F(HostileServer, RefusesABodyOverTheLimitBeforeItComes) {
  Client client(server.port());
  client.send("POST /hook/demo HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n");
  EXPECT_EQ(client.status(), 413);
  Client far(server.port());
  far.send("POST /hook/demo HTTP/1.1\r\nHost: h\r\nContent-Length: 9223372036854775807\r\n\r\n");
  EXPECT_EQ(far.status(), 413);
  Client chunked(server.port());
  chunked.send("POST /hook/demo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n100001\r\n");
  EXPECT_EQ(chunked.status(), 413);
}

TEST_F(HostileServer, RefusesAHeaderOverTheLimitBeforeItEnds) {
  Client target(server.port());
  EXPECT_EQ(target.send("GET /" + std::string(2'200, 'a')).status(), 414);
  Client header(server.port());
  EXPECT_EQ(header.send("GET / HTTP/1.1\r\nA: " + std::string(16'400, 'a')).status(), 431);
  Client fields(server.port());
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 101; ++i) many += "a: b\r\n";
  EXPECT_EQ(fields.send(many).status(), 431);
}

struct SmallBuffers : HostileServer {
  SmallBuffers() : HostileServer({.buffered_bytes_max = 100'000}) {}
};

TEST_F(SmallBuffers, ShedTheConnectionThatNeedsMore) {
  Client large(server.port());
  large.send("POST /hook/demo HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\n" + std::string(400'000, 'x'));
  EXPECT_EQ(large.status(), 503);
  Client small(server.port());
  EXPECT_EQ(small.send(post(kBody)).status(), 200) << "its memory came back";
  EXPECT_THAT(figures(server), testing::HasSubstr("{result=overloaded} 1\n"));
}

struct FewConnections : HostileServer {
  FewConnections() : HostileServer({.connections_per_source_max = 2}) {}
};

TEST_F(FewConnections, OfOneSourceAreServed) {
  Client first(server.port());
  EXPECT_EQ(first.send(post(kBody)).status(), 200);
  {
    Client second(server.port());
    EXPECT_EQ(second.send(post(kBody)).status(), 200);
    Client third(server.port());
    EXPECT_EQ(third.status(), 503);
    EXPECT_TRUE(third.closed());
  }
  clock.advance(milliseconds(1));
  Client fourth(server.port());
  EXPECT_EQ(fourth.send(post(kBody)).status(), 200);
  EXPECT_THAT(figures(server), testing::HasSubstr("kpistream_http_connections{listener=hook} 2\n"));
}

struct FewerConnections : HostileServer {
  FewerConnections() : HostileServer({.connections_max = 1}) {}
};

TEST_F(FewerConnections, InAllAreServed) {
  Client first(server.port());
  EXPECT_EQ(first.send(post(kBody)).status(), 200);
  Client second(server.port());
  EXPECT_EQ(second.status(), 503);
}

// --- Deadlines -------------------------------------------------------------------------------------------------------

TEST_F(HostileServer, GivesTheWholeHeaderTenSeconds) {
  Client silent(server.port());
  Client drips(server.port());
  for (int second = 0; second < 9; ++second) {
    drips.send("G");
    clock.advance(seconds(1));
  }
  EXPECT_EQ(drips.send_some("E"), 1u);
  clock.advance(milliseconds(900));
  EXPECT_THAT(figures(server), testing::HasSubstr("{listener=hook} 2\n"));
  clock.advance(milliseconds(200));
  EXPECT_EQ(drips.status(), 408);
  EXPECT_TRUE(silent.closed()) << "without a word";
  EXPECT_THAT(figures(server), testing::HasSubstr("{result=timeout} 1\n"));
}

TEST_F(HostileServer, GivesTheWholeBodyThirtySeconds) {
  Client client(server.port());
  client.send("POST /hook/demo HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n");
  for (int second = 0; second < 29; ++second) {
    client.send("x");
    clock.advance(seconds(1));
  }
  EXPECT_THAT(figures(server), testing::HasSubstr("{listener=hook} 1\n"));
  clock.advance(seconds(2));
  EXPECT_EQ(client.status(), 408);
  EXPECT_TRUE(client.closed());
}

TEST_F(HostileServer, LetsAConnectionBeIdleForAMinute) {
  Client client(server.port());
  EXPECT_EQ(client.send(post(kBody)).status(), 200);
  clock.advance(seconds(59));
  EXPECT_EQ(client.send(post(kBody)).status(), 200);
  clock.advance(seconds(59));
  EXPECT_THAT(figures(server), testing::HasSubstr("{listener=hook} 1\n"));
  clock.advance(seconds(2));
  EXPECT_TRUE(client.closed());
}

TEST_F(HostileServer, TimesTheHeaderOfALaterRequestFromItsFirstByte) {
  Client client(server.port());
  EXPECT_EQ(client.send(post(kBody)).status(), 200);
  clock.advance(seconds(50));
  client.send("POST /hook");
  clock.advance(seconds(9));
  EXPECT_THAT(figures(server), testing::HasSubstr("{listener=hook} 1\n"));
  clock.advance(seconds(2));
  EXPECT_EQ(client.status(), 408);
}

TEST_F(HostileServer, SaysUnavailableWhenTheJournalTakesTooLong) {
  journal.hold();
  Client client(server.port());
  client.send(post(kBody) + post(kBody));
  journal.wait_for(2);
  clock.advance(milliseconds(1'000));
  client.send(post(kBody));
  journal.wait_for(3);
  EXPECT_THAT(figures(server), testing::HasSubstr("{result=unavailable} 0\n"));
  clock.advance(milliseconds(500));  // the third still has time
  EXPECT_EQ(client.status(), 503);
  EXPECT_EQ(client.status(), 503);
  EXPECT_THAT(figures(server), testing::HasSubstr("{result=unavailable} 2\n"));
  journal.commit();  // too late for two of them: nobody is told twice
  EXPECT_EQ(client.status(), 200);
  EXPECT_THAT(figures(server), testing::HasSubstr("{result=accepted} 1\n"));
}

TEST_F(HostileServer, AnswersWithinTheTwoSecondsThatAmoCrmWaits) {
  const ServerLimits limits;  // as the daemon has them; `now` may be one sweep behind, and is looked at every sweep
  EXPECT_LT(limits.answer_deadline + 2 * limits.sweep, milliseconds(1'900));
}

TEST_F(HostileServer, ClosesALingeringConnectionSoon) {
  Client client(server.port());
  EXPECT_EQ(client.send("garbage\r\n").status(), 400);
  clock.advance(milliseconds(1));
  EXPECT_THAT(figures(server), testing::HasSubstr("{listener=hook} 1\n")) << "closing now could cost the answer";
  clock.advance(seconds(3));
  EXPECT_THAT(figures(server), testing::HasSubstr("{listener=hook} 0\n"));
}

TEST_F(HostileServer, OutlivesHalfOpenConnections) {
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 300; ++i) clients.push_back(std::make_unique<Client>(server.port()));
  Client good(server.port());
  EXPECT_EQ(good.send(post(kBody)).status(), 200);
  clock.advance(seconds(11));
  EXPECT_THAT(figures(server), testing::HasSubstr("{listener=hook} 1\n"));
  EXPECT_EQ(good.send(post(kBody)).status(), 200);
}

// --- Slow readers ----------------------------------------------------------------------------------------------------

TEST_F(HostileServer, StopsReadingAClientThatDoesNotRead) {
  Client client(server.port(), 4'096);
  std::string block;
  for (int i = 0; i < 1'000; ++i) block += post("a=1");  // answered at once with 403
  std::size_t sent = 0;
  std::size_t stuck = 0;
  while (stuck < 3 && sent < 500'000'000) {  // three looks without progress: both sides' buffers are full
    const std::size_t offset = sent % block.size();
    const std::size_t part = client.send_some(std::string_view(block).substr(offset));
    sent += part;
    stuck = part == 0 ? stuck + 1 : 0;
    if (part == 0) clock.advance(milliseconds(1));
  }
  ASSERT_LT(sent, 500'000'000u);
  const std::size_t whole = sent / post("a=1").size();
  for (std::size_t i = 0; i < whole; ++i) ASSERT_EQ(client.status(), 403) << i << " of " << whole;
}

TEST_F(HostileServer, EndsAClientThatNeverReads) {
  Client client(server.port(), 4'096);
  std::string block;
  for (int i = 0; i < 1'000; ++i) block += post("a=1");
  for (std::size_t stuck = 0; stuck < 3;) {
    stuck = client.send_some(block) == 0 ? stuck + 1 : 0;
    if (stuck != 0) clock.advance(milliseconds(1));
  }
  clock.advance(seconds(11));
  EXPECT_THAT(figures(server), testing::HasSubstr("{listener=hook} 0\n"));
}

}  // namespace
}  // namespace kpistream::ingest
