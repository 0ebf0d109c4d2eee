// Starting, draining, stopping; several threads and many clients; the admin server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>

#include "tests/unit/ingest/http/support.hpp"

namespace kpistream::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kBody = "a=1&secret=s3cret";

ServerOptions quick(unsigned threads = 1) {
  ServerOptions options;
  options.threads = threads;
  options.limits.sweep = milliseconds(1);
  return options;
}

struct ServerLife : testing::Test {
  FakeJournal journal;
  ManualClock clock;
};

TEST_F(ServerLife, NamesTheAddressThatItCannotHave) {
  HookServer first(quick(), journal, clock, guards());
  first.start();
  ServerOptions taken = quick();
  taken.port = first.port();
  HookServer second(taken, journal, clock, guards());
  const auto text = [](HookServer& server) -> std::string {
    try {
      server.start();
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "started";
  };
  EXPECT_EQ(text(second),
            "cannot listen on 127.0.0.1 port " + std::to_string(first.port()) + ": Address already in use");
  ServerOptions wrong = quick();
  wrong.address = "localhost";
  HookServer third(wrong, journal, clock, guards());
  EXPECT_THAT(text(third), testing::StartsWith("cannot listen on localhost port 0: "));
}

TEST_F(ServerLife, ListensOnIpv6Too) {
  ServerOptions options = quick();
  options.address = "::";
  HookServer server(options, journal, clock, guards());
  try {
    server.start();
  } catch (const std::runtime_error& error) {
    GTEST_SKIP() << error.what();
  }
  Client client(server.port());  // over IPv4
  EXPECT_EQ(client.send(post(kBody)).status(), 200);
}

TEST_F(ServerLife, StopsTwiceAndBeforeItsStart) {
  HookServer server(quick(), journal, clock, guards());
  server.stop();
  EXPECT_TRUE(server.drain(seconds(1)));
  HookServer other(quick(), journal, clock, guards());
  other.start();
  Client client(other.port());
  EXPECT_EQ(client.send(post(kBody)).status(), 200);
  other.stop();
  other.stop();
  EXPECT_TRUE(other.drain(seconds(1)));
  EXPECT_TRUE(client.closed());
}

TEST_F(ServerLife, DrainsByFinishingWhatHasBegun) {
  HookServer server(quick(2), journal, clock, guards());
  server.start();
  journal.hold();
  Client idle(server.port());
  Client waits(server.port());
  waits.send(post(kBody) + post(kBody));
  journal.wait_for(2);
  Client half(server.port());
  half.send(post(kBody) + post(kBody).substr(0, 100));  // what begins here has been read when the first is written
  journal.wait_for(3);
  Client full(server.port());
  full.send(post(kBody));
  journal.wait_for(4);
  auto drained = std::async(std::launch::async, [&] { return server.drain(seconds(10)); });
  EXPECT_TRUE(idle.closed());
  half.send(post(kBody).substr(100));
  journal.wait_for(5);
  journal.commit();
  EXPECT_EQ(waits.status(), 200);
  EXPECT_EQ(waits.status(), 200);
  EXPECT_TRUE(waits.closed());
  EXPECT_EQ(full.status(), 200);
  EXPECT_EQ(half.status(), 200);
  const HttpAnswer last = half.read();
  EXPECT_EQ(last.status, 200);
  EXPECT_EQ(last.fields.at("connection"), "close");
  EXPECT_TRUE(drained.get());
}

TEST_F(ServerLife, CutsOffWhatDoesNotFinishInTime) {
  HookServer server(quick(), journal, clock, guards());
  server.start();
  Client client(server.port());
  client.send("POST /hook");
  clock.advance(milliseconds(1));
  EXPECT_FALSE(server.drain(milliseconds(10)));
  EXPECT_TRUE(client.closed());
}

TEST_F(ServerLife, EndsOnlyAfterTheJournalHasToldEverything) {
  auto server = std::make_unique<HookServer>(quick(), journal, clock, guards());
  server->start();
  journal.hold();
  Client client(server->port());
  client.send(post(kBody));
  journal.wait_for(1);
  server->stop();
  auto ended = std::async(std::launch::async, [&] { server.reset(); });
  EXPECT_EQ(ended.wait_for(milliseconds(20)), std::future_status::timeout);
  journal.commit();
  ended.get();
}

TEST_F(ServerLife, JournalsEachRequestOfManyClientsOnce) {
  HookServer server(quick(2), journal, clock, guards());
  server.start();
  std::atomic<int> accepted{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&, t] {
      Client keep(server.port());
      for (int i = 0; i < 100; ++i) {
        const std::string body = std::to_string(t * 1'000 + i) + "&secret=s3cret";
        if (i % 4 == 0) {
          Client once(server.port());
          accepted += once.send(post(body, "Connection: close\r\n")).status() == 200 ? 1 : 0;
        } else {
          accepted += keep.send(post(body)).status() == 200 ? 1 : 0;
        }
        if (i == 50) server.set_guards(guards());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(accepted, 800);
  std::vector<std::string> bodies;
  for (const NewRecord& record : journal.records()) bodies.push_back(record.body);
  std::sort(bodies.begin(), bodies.end());
  EXPECT_EQ(std::unique(bodies.begin(), bodies.end()), bodies.end());
  EXPECT_EQ(bodies.size(), 800u);
  EXPECT_THAT(figures(server), testing::HasSubstr("{result=accepted} 800\n"));
}

// --- Admin -----------------------------------------------------------------------------------------------------------

AdminResponse echo(const AdminRequest& request) {
  if (request.path == "/throws") throw std::runtime_error("a secret");
  AdminResponse response;
  response.headers = {{"X-Kind", "echo"}};
  if (request.path == "/large") {
    response.body = std::string(5'000'000, 'x');
  } else if (request.path == "/shared") {
    response.body = "first";
    for (std::size_t i = 0; i < 500; ++i) {
      response.rest.push_back(std::make_shared<const std::string>(i * 37 % 20'000, static_cast<char>('a' + i % 26)));
    }
  } else {
    response.body.append(request.method).append(" ").append(request.path).append(" ").append(request.query);
    response.body.append(" ").append(request.accept).append(" ").append(request.accept_encoding).append(request.body);
  }
  return response;
}

std::string shared_whole() {
  AdminRequest request;
  request.path = "/shared";
  const auto response = echo(request);
  std::string whole = response.body;
  for (const auto& text : response.rest) whole += *text;
  return whole;
}

struct AdminLife : ServerLife {
  AdminLife() { server.start(); }
  AdminServer server{quick(), clock, echo};
};

TEST_F(AdminLife, HandsTheRequestToTheHandler) {
  Client client(server.port());
  const HttpAnswer answer =
      client.send("GET /a%20b?c=%41 HTTP/1.1\r\nHost: h\r\nAccept: text/plain\r\nAccept-Encoding: gzip\r\n\r\n").read();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.fields.at("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(answer.fields.at("x-kind"), "echo");
  EXPECT_EQ(answer.fields.at("date"), "Mon, 14 Sep 2026 07:00:05 GMT");
  EXPECT_EQ(answer.body, "GET /a b c=%41 text/plain gzip");
  EXPECT_EQ(client.send("GET /next HTTP/1.0\r\n\r\n").read().body, "GET /next   ") << "nothing is left of the first";
  EXPECT_TRUE(client.closed());
}

TEST_F(AdminLife, LeavesOutTheBodyOfAHead) {
  Client client(server.port());
  client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n");
  const HttpAnswer head = client.read(false);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.fields.at("content-length"), std::to_string(std::string_view("HEAD /a   ").size()));
  EXPECT_EQ(client.read().body, "GET /b   ");
}

TEST_F(AdminLife, SendsWhatIsSharedBehindTheBody) {
  Client client(server.port(), 4'096);
  client.send("GET /shared HTTP/1.1\r\nHost: h\r\n\r\nHEAD /shared HTTP/1.1\r\nHost: h\r\n\r\n");
  client.send("GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.read().body, shared_whole());
  EXPECT_EQ(client.read(false).fields.at("content-length"), std::to_string(shared_whole().size()));
  EXPECT_EQ(client.read().body, "GET /b   ");
}

TEST_F(AdminLife, AnswersPipelinedRequestsInOrder) {
  Client client(server.port(), 4'096);
  std::string requests;
  for (int i = 0; i < 10; ++i) requests += "GET /large HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n";
  client.send(requests);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(client.read().body.size(), 5'000'000u);
    EXPECT_EQ(client.read().body, "GET /b   ");
  }
}

TEST_F(AdminLife, ReadsButDoesNotGiveOnTheBodyOfAGet) {
  Client client(server.port());
  client.send("GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nGET GET /b HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.read().body, "GET /a   ");
  EXPECT_EQ(client.read().body, "GET /b   ");
}

TEST_F(AdminLife, TakesNoOtherMethods) {
  Client client(server.port());
  const HttpAnswer answer = client.send("OPTIONS /a HTTP/1.1\r\nHost: h\r\n\r\n").read();
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.fields.at("allow"), "GET, HEAD, POST, PUT");
}

std::string post(const std::string& type, const std::string& body) {
  std::string request = "POST /a?b HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  if (!type.empty()) request.append("Content-Type: ").append(type).append("\r\n");
  return request.append("\r\n").append(body);
}

TEST_F(AdminLife, GivesOnTheBodyOfAPostThatIsJson) {
  Client client(server.port());
  EXPECT_EQ(client.send(post("application/json", "{}")).read().body, "POST /a b  {}");
  EXPECT_EQ(client.send(post("Application/JSON; charset=utf-8", "[1]")).read().body, "POST /a b  [1]");
}

TEST_F(AdminLife, TakesNoPostThatAPageOfAnotherSiteCouldSend) {
  for (const auto* type : {"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                           "text/plain; application/json"}) {
    Client client(server.port());
    EXPECT_EQ(client.send(post(type, "{}")).read().status, 415) << type;
  }
}

// As `curl -X POST` sends it: without a body and a type.
TEST_F(AdminLife, TakesAnOrderWithoutABody) {
  Client client(server.port());
  for (const auto* path : {"/-/reload", "/kpi/-/quit"}) {
    for (const auto* method : {"POST ", "PUT "}) {
      const std::string order = std::string(method) + path;
      EXPECT_EQ(client.send(order + " HTTP/1.1\r\nHost: h\r\n\r\n").read().body, order + "   ");
    }
  }
  const std::string form = "POST /-/reload HTTP/1.1\r\nHost: h\r\nContent-Type: application/x-www-form-urlencoded\r\n";
  EXPECT_EQ(client.send(form + "Content-Length: 2\r\n\r\n{}").read().body, "POST /-/reload   ") << "nobody reads it";
  EXPECT_EQ(client.send(form + "Sec-Fetch-Site: none\r\n\r\n").read().status, 200) << "typed by a person";
}

TEST_F(AdminLife, TakesNoOrderThatAPageHasSent) {
  for (const auto* said : {"Origin: https://evil.example", "origin: null", "Sec-Fetch-Site: cross-site",
                           "sec-fetch-site: same-site", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: "}) {
    for (const auto* order : {"POST", "PUT", "POST /-/quit HTTP/1.1\r\nContent-Type: application/json"}) {
      const std::string begin(order);
      Client client(server.port());
      client.send(begin + (begin.size() > 4 ? "" : " /-/quit HTTP/1.1") + "\r\nHost: h\r\n" + said + "\r\n\r\n");
      EXPECT_EQ(client.read().status, 403) << said;
    }
  }
}

TEST_F(AdminLife, TakesNoLargeBody) {
  const std::string most(kAdminBodyBytesMax, ' ');
  Client client(server.port());
  EXPECT_EQ(client.send(post("application/json", most)).read().status, 200);
  EXPECT_EQ(client.send(post("application/json", most + " ")).read().status, 413);
}

TEST_F(AdminLife, TellsNothingOfAHandlersFailure) {
  Client client(server.port());
  const HttpAnswer answer = client.send("GET /throws HTTP/1.1\r\nHost: h\r\n\r\n").read();
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.raw.find("secret"), std::string::npos);
  EXPECT_EQ(client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").status(), 200);
}

TEST_F(AdminLife, ListensAtSeveralAddresses) {
  ServerOptions options = quick();
  options.also = {{"127.0.0.2", 0}, {"127.0.0.1", 0}};
  AdminServer several(options, clock, echo);
  several.start();
  const auto ports = several.ports();
  ASSERT_EQ(ports.size(), 3u);
  EXPECT_EQ(several.port(), ports[0]);
  Client first(ports[0]);
  Client third(ports[2]);
  for (Client* client : {&first, &third}) {
    EXPECT_EQ(client->send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").read().body, "GET /a   ");
  }
  EXPECT_THAT(figures(several), testing::HasSubstr("kpistream_http_connections{listener=admin} 2\n"));
  EXPECT_TRUE(several.drain(seconds(10)));
  EXPECT_TRUE(first.closed() && third.closed());
}

TEST_F(AdminLife, NamesTheOneOfSeveralAddressesThatItCannotHave) {
  ServerOptions options = quick();
  options.also = {{"127.0.0.1", server.port()}};
  AdminServer several(options, clock, echo);
  try {
    several.start();
    FAIL() << "it has been taken";
  } catch (const std::runtime_error& error) {
    EXPECT_EQ(error.what(),
              "cannot listen on 127.0.0.1 port " + std::to_string(server.port()) + ": Address already in use");
  }
}

// "[::]" would be both by itself.
TEST_F(AdminLife, ListensAtBothKindsOfAddressesWithOnePort) {
  ServerOptions options = quick();
  options.address = "0.0.0.0";
  options.also = {{"::", 0}};
  AdminServer any(options, clock, echo);
  try {
    any.start();
  } catch (const std::runtime_error& error) {
    GTEST_SKIP() << error.what();
  }
  options.port = any.port();
  options.also.front().port = any.port();
  any.stop();
  AdminServer both(options, clock, echo);
  both.start();
  EXPECT_EQ(both.ports(), (std::vector<std::uint16_t>{options.port, options.port}));
  EXPECT_EQ(Client(options.port).send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").status(), 200);
}

TEST_F(AdminLife, CountsItsConnections) {
  Client client(server.port());
  client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n").read();
  EXPECT_THAT(figures(server), testing::HasSubstr("kpistream_http_connections{listener=admin} 1\n"));
  EXPECT_TRUE(server.drain(seconds(10)));
  EXPECT_THAT(figures(server), testing::HasSubstr("kpistream_http_connections{listener=admin} 0\n"));
}

}  // namespace
}  // namespace kpistream::ingest
