// Server-sent events of the admin server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "tests/unit/ingest/http/support.hpp"

namespace kpistream::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr std::string_view kAsk = "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view kPing = "GET /ping HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::size_t kViewers = 500;

std::shared_ptr<const std::string> event(std::string text) {
  return std::make_shared<const std::string>("data: " + std::move(text) + "\n\n");
}

class Streams : public testing::Test {
 protected:
  explicit Streams(std::size_t most = 512, unsigned threads = 1) {
    ServerOptions options;
    options.threads = threads;
    options.limits.sweep = milliseconds(1);
    options.limits.streams_max = most;
    server = std::make_unique<AdminServer>(options, clock, [this](const AdminRequest& request) {
      AdminResponse response;
      response.stream = request.path == "/stream";
      response.body = response.stream ? "retry: 3000\n\n" : "pong";
      if (request.query == "now") server->publish(event("at once"));
      return response;
    });
    server->start();
  }

  // A stream whose opening has come.
  std::unique_ptr<Client> viewer(int receive_buffer = 0) {
    auto client = std::make_unique<Client>(server->port(), receive_buffer);
    client->send(kAsk);
    opening = client->read_to("\r\n\r\n");
    EXPECT_EQ(client->read_to("\n\n"), "retry: 3000\n\n");
    return client;
  }

  // A stream may end without the server having seen it yet.
  void wait_for_figure(const std::string& line) {
    for (int i = 0; i < 1'000 && figures(*server).find(line) == std::string::npos; ++i) clock.advance(milliseconds(1));
    EXPECT_THAT(figures(*server), HasSubstr(line));
  }

  ManualClock clock;
  std::unique_ptr<AdminServer> server;
  std::string opening;
};

TEST_F(Streams, OpenWithTheirFieldsAndWithoutALength) {
  const auto client = viewer();
  EXPECT_EQ(opening,
            "HTTP/1.1 200 OK\r\nDate: Mon, 14 Sep 2026 07:00:05 GMT\r\nContent-Type: text/event-stream\r\n"
            "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\nConnection: close\r\n\r\n");
  Client head(server->port());
  head.send("HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(head.read_to("\r\n\r\n"), opening);
  EXPECT_TRUE(head.closed());
}

TEST_F(Streams, AllGetWhatIsPublishedInOrder) {
  const auto one = viewer();
  const auto two = viewer();
  for (const auto* text : {"a", "b", "c"}) server->publish(event(text));
  for (const auto& client : {one.get(), two.get()}) {
    for (const auto* text : {"data: a\n\n", "data: b\n\n", "data: c\n\n"}) EXPECT_EQ(client->read_to("\n\n"), text);
  }
}

TEST_F(Streams, MissNothingThatIsPublishedWhileTheyOpen) {
  Client client(server->port());
  client.send("GET /stream?now HTTP/1.1\r\nHost: h\r\n\r\n");
  client.read_to("retry: 3000\n\n");
  EXPECT_EQ(client.read_to("\n\n"), "data: at once\n\n");
}

TEST_F(Streams, LeaveOtherRequestsAlone) {
  Client other(server->port());
  const auto client = viewer();
  EXPECT_EQ(other.send(kPing).read().body, "pong");
  server->publish(event("a"));
  EXPECT_EQ(other.send(kPing).read().body, "pong");
}

TEST_F(Streams, BeatWhenNothingIsPublishedAndAreNeverTooOld) {
  const auto client = viewer();
  for (int i = 0; i < 20; ++i) {
    clock.advance(seconds(16));
    EXPECT_EQ(client->read_to("\n\n"), ":\n\n");
  }
  clock.advance(seconds(10));
  server->publish(event("a"));
  clock.advance(seconds(10));  // not yet fifteen since the event
  clock.advance(seconds(6));
  EXPECT_EQ(client->read_to("\n\n"), "data: a\n\n");
  EXPECT_EQ(client->read_to("\n\n"), ":\n\n");
  server->publish(event("b"));
  EXPECT_EQ(client->read_to("\n\n"), "data: b\n\n") << "one beat, not two";
}

TEST_F(Streams, EndWithTheirReader) {
  auto gone = viewer();
  const auto ended = viewer();
  EXPECT_THAT(figures(*server), HasSubstr("kpistream_streams 2\n"));
  gone.reset();
  ended->end();
  EXPECT_TRUE(ended->closed());
  wait_for_figure("kpistream_streams 0\n");
  EXPECT_THAT(figures(*server), HasSubstr("kpistream_streams_dropped_total 0\n"));
}

TEST_F(Streams, LookAtNothingThatTheirReaderSends) {
  Client client(server->port());
  client.send(std::string(kAsk) + std::string(kPing));
  client.read_to("retry: 3000\n\n");
  client.send(kPing);
  clock.advance(milliseconds(1));
  server->publish(event("a"));
  EXPECT_EQ(client.read_to("\n\n"), "data: a\n\n");
  std::string much(64u << 10, 'x');
  for (int i = 0; i < 20; ++i) client.send(much);
  EXPECT_TRUE(client.closed());
}

TEST_F(Streams, AreClosedAtOnceByADrain) {
  const auto client = viewer();
  EXPECT_TRUE(server->drain(seconds(10)));
  EXPECT_TRUE(client->closed());
  server->publish(event("nobody"));
}

TEST_F(Streams, AreClosedByAStop) {
  const auto client = viewer();
  server->stop();
  EXPECT_TRUE(client->closed());
}

struct SomeStreams : Streams {
  SomeStreams() : Streams(2) {}
};

TEST_F(SomeStreams, AreServedAndMoreAreAskedToComeBack) {
  auto one = viewer();
  const auto two = viewer();
  Client more(server->port());
  more.send(kAsk);
  const HttpAnswer refused = more.read();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.fields.at("retry-after"), "1");
  EXPECT_EQ(more.send(kPing).read().body, "pong") << "the connection goes on";
  one.reset();
  wait_for_figure("kpistream_streams 1\n");
  more.send(kAsk);
  EXPECT_THAT(more.read_to("retry: 3000\n\n"), HasSubstr("200 OK"));
}

TEST_F(Streams, ThatAreNotReadAreDroppedAndTheOthersGoOn) {
  const auto slow = viewer(4'096);
  const auto quick = viewer();
  const auto text = event(std::string(32u << 10, 'x'));
  int sent = 0;
  while (figures(*server).find("kpistream_streams_dropped_total 1\n") == std::string::npos && sent < 10'000) {
    server->publish(text);
    EXPECT_EQ(quick->read_to("\n\n").size(), text->size());
    ++sent;
  }
  EXPECT_GT(sent, 2);
  wait_for_figure("kpistream_streams 1\n");  // it is counted before it is closed
  server->publish(event("a"));
  EXPECT_EQ(quick->read_to("\n\n"), "data: a\n\n");
}

TEST_F(Streams, TakeOneTextOfAnySizeButNotForEver) {
  const auto slow = viewer(4'096);
  const auto quick = viewer();
  const auto text = event(std::string(32u << 20, 'x'));  // more than the system takes
  server->publish(text);
  EXPECT_EQ(quick->read_to("\n\n").size(), text->size());
  clock.advance(seconds(9));
  EXPECT_THAT(figures(*server), HasSubstr("kpistream_streams 2\n"));
  clock.advance(seconds(2));
  wait_for_figure("kpistream_streams 1\n");
}

struct ManyStreams : Streams {
  ManyStreams() : Streams(512, 2) {}
};

TEST_F(ManyStreams, AreHeldAndShareTheirText) {
  std::vector<std::unique_ptr<Client>> viewers;
  for (std::size_t i = 0; i < kViewers; ++i) viewers.push_back(viewer());
  EXPECT_THAT(figures(*server), HasSubstr("kpistream_streams 500\n"));
  const auto text = event(std::string(10u << 10, 'x'));
  for (int i = 0; i < 20; ++i) server->publish(text);
  for (const auto& client : viewers) {
    for (int i = 0; i < 20; ++i) ASSERT_EQ(client->read_to("\n\n").size(), text->size());
  }
  viewers.clear();
  for (int i = 0; i < 10'000 && figures(*server).find("kpistream_streams 0\n") == std::string::npos; ++i) {
    Client(server->port()).send(kPing).read();
  }
  EXPECT_THAT(figures(*server), HasSubstr("kpistream_streams 0\n"));
  EXPECT_EQ(text.use_count(), 1) << "nothing is kept";
}

}  // namespace
}  // namespace kpistream::ingest
