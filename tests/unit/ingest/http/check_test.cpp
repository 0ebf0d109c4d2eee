// Requests of the admin server that something slow has to be done for first.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <semaphore>
#include <stdexcept>
#include <vector>

#include "tests/unit/ingest/http/support.hpp"

namespace kpistream::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Checks : public testing::Test {
 protected:
  Checks() {
    ServerOptions options;
    options.limits.sweep = milliseconds(1);
    server = std::make_unique<AdminServer>(
        options, clock,
        [this](const AdminRequest& request) {
          if (request.path == "/throws") throw std::runtime_error("a secret");
          AdminResponse response;
          response.stream = request.path == "/stream";
          response.body.append(request.path)
              .append(" ")
              .append(request.authorization)
              .append(" ")
              .append(request.cookie);
          response.body.append(request.body).append(" ").append(std::to_string(done)).append("\n\n");
          return response;
        },
        [this](const AdminRequest& request) -> std::function<void()> {
          if (request.authorization.empty()) return {};
          return [this] {
            may_go.acquire();
            ++done;
          };
        });
    server->start();
  }
  ~Checks() override { may_go.release(1'000); }

  static std::string ask(const std::string& path, const std::string& fields = "") {
    return "GET " + path + " HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
  }
  static std::string slow(const std::string& path) { return ask(path, "Authorization: x\r\n"); }

  ManualClock clock;
  std::counting_semaphore<> may_go{0};
  std::atomic<int> done{0};
  std::unique_ptr<AdminServer> server;
};

TEST_F(Checks, AreDoneBeforeTheHandlerAndKeepNobodyElse) {
  Client client(server->port());
  Client other(server->port());
  client.send(slow("/slow") + ask("/next", "Cookie: c\r\n"));
  EXPECT_EQ(other.send(ask("/quick")).read().body, "/quick   0\n\n");
  may_go.release();
  EXPECT_EQ(client.read().body, "/slow x  1\n\n");
  EXPECT_EQ(client.read().body, "/next  c 1\n\n") << "nothing is left of the first";
}

TEST_F(Checks, KeepTheBodyOfAPost) {
  Client client(server->port());
  client.send(
      "POST /a HTTP/1.1\r\nHost: h\r\nAuthorization: x\r\nContent-Type: application/json\r\nContent-Length: "
      "2\r\n\r\n{}");
  may_go.release();
  EXPECT_EQ(client.read().body, "/a x {} 1\n\n");
}

TEST_F(Checks, MayOpenAStreamOrFail) {
  Client client(server->port());
  Client failing(server->port());
  may_go.release(2);
  client.send(slow("/stream"));
  EXPECT_THAT(client.read_to("1\n\n"), testing::HasSubstr("event-stream"));
  EXPECT_EQ(failing.send(slow("/throws")).status(), 500);
}

TEST_F(Checks, WaitInLimitedNumber) {
  std::vector<std::unique_ptr<Client>> waiting;
  int refused = 0;
  // One may be under way already.
  for (std::size_t i = 0; i < kAdminChecksMax + 2; ++i) {
    waiting.push_back(std::make_unique<Client>(server->port()));
    waiting.back()->send(slow("/slow"));
    clock.advance(milliseconds(1));
  }
  may_go.release(100);
  for (const auto& client : waiting) refused += client->status() == 503 ? 1 : 0;
  EXPECT_GE(refused, 1);
  EXPECT_LE(refused, 2);
}

TEST_F(Checks, ThatTakeTooLongAreAnsweredAndForgotten) {
  Client client(server->port());
  client.send(slow("/slow"));
  clock.advance(milliseconds(1));
  clock.advance(kAdminAnswerDeadline + milliseconds(2));
  EXPECT_EQ(client.status(), 503);
  may_go.release();
  EXPECT_EQ(client.send(ask("/next")).status(), 200);
}

TEST_F(Checks, OutliveTheirClient) {
  {
    Client client(server->port());
    client.send(slow("/slow"));
    clock.advance(milliseconds(1));
  }
  may_go.release();
  Client other(server->port());
  other.send(slow("/slow"));
  may_go.release();
  EXPECT_EQ(other.read().body, "/slow x  2\n\n");
}

TEST_F(Checks, EndWithTheServer) {
  Client client(server->port());
  client.send(slow("/slow"));
  clock.advance(milliseconds(1));
  may_go.release(1'000);
  server.reset();
}

}  // namespace
}  // namespace kpistream::ingest
