// The client against a host that misbehaves: whatever it does, one answer or none, within the limits.
#include "ingest/rest/http_client.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <fstream>

#include "server.hpp"

namespace kpistream::ingest {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

bool anywhere(const asio::ip::address& /*address*/, bool /*tls*/) { return true; }

// Asks `times` times, one after the other.
std::vector<HttpAnswer> ask(asio::io_context& io, HttpClient& client, const HttpRequest& request, int times) {
  std::vector<HttpAnswer> answers;
  asio::co_spawn(
      io,
      [&]() -> asio::awaitable<void> {
        for (int i = 0; i < times; ++i) {
          HttpRequest copy = request;
          HttpAnswer answer = co_await client.ask(std::move(copy));
          answers.push_back(std::move(answer));
        }
      },
      asio::detached);
  io.restart();
  io.run();
  return answers;
}

struct Once {
  explicit Once(const std::string& url, HttpLimits limits = {milliseconds(5'000), 1u << 20},
                HttpClient::AddressRule rule = may_connect)
      : client(io, BaseUrl::parse(url), limits, rule) {}
  HttpAnswer get(const std::string& target = "/x") {
    HttpRequest request{false, target, "", ""};
    return ask(io, client, request, 1).front();
  }
  asio::io_context io{1};
  HttpClient client;
};

Server::Handler always(Reply out) {
  return [out = std::move(out)](const SeenRequest&) { return out; };
}

TEST(HttpClient, SendsWhatIsAskedAndReusesTheConnection) {
  Server server(always(reply(200, R"({"result":1})")));
  Once one(server.url());
  HttpRequest request{true, "/rest/1/s/batch.json", "t0ken", R"({"halt":0})"};
  const auto answers = ask(one.io, one.client, request, 3);
  for (const auto& answer : answers) {
    EXPECT_TRUE(answer.arrived);
    EXPECT_EQ(answer.status, 200u);
    EXPECT_TRUE(answer.json);
    EXPECT_EQ(answer.body, R"({"result":1})");
  }
  EXPECT_EQ(server.connections(), 1u);
  const auto seen = server.seen().at(0);
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.target, "/rest/1/s/batch.json");
  EXPECT_EQ(seen.bearer, "Bearer t0ken");
  EXPECT_EQ(seen.host, "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(seen.body, R"({"halt":0})");
}

TEST(HttpClient, OpensAnotherConnectionWhenTheKeptOneWasClosed) {
  Reply out = reply(200, "{}");
  out.close = true;  // without saying so
  Server server(always(out));
  Once one(server.url());
  HttpRequest request{false, "/x", "", ""};
  const auto answers = ask(one.io, one.client, request, 3);
  for (const auto& answer : answers) EXPECT_TRUE(answer.arrived);
  EXPECT_EQ(server.connections(), 3u);
  EXPECT_EQ(server.seen().size(), 3u);
}

TEST(HttpClient, ReadsAnAnswerWithoutBody) {
  Server server(always(reply(204, "", "")));
  const auto answer = Once(server.url()).get();
  EXPECT_TRUE(answer.arrived);
  EXPECT_EQ(answer.status, 204u);
  EXPECT_EQ(answer.body, "");
}

TEST(HttpClient, SeesThatAnAnswerIsNotPlainJson) {
  Server html(always(reply(502, "<html>", "text/html")));
  EXPECT_FALSE(Once(html.url()).get().json);
  Server packed(always(reply(200, "\x1f\x8b", "application/json", "Content-Encoding: gzip\r\n")));
  EXPECT_FALSE(Once(packed.url()).get().json);
  Server problem(always(reply(404, "{}", "application/problem+json")));
  EXPECT_TRUE(Once(problem.url()).get().json);
}

TEST(HttpClient, DoesNotFollowARedirect) {
  Server elsewhere(always(reply(200, "{}")));
  Server server(always(reply(302, "{}", "application/json", "Location: " + elsewhere.url() + "/x\r\n")));
  EXPECT_EQ(Once(server.url()).get().status, 302u);
  EXPECT_EQ(elsewhere.connections(), 0u);
}

TEST(HttpClient, GivesUpOnASilentHostAtTheDeadline) {
  Reply out;
  out.silent = true;
  Server server(always(out));
  EXPECT_FALSE(Once(server.url(), {milliseconds(50), 1'000}).get().arrived);
  EXPECT_EQ(server.seen().size(), 1u);
}

TEST(HttpClient, TheDeadlineIsForTheWholeAnswerNotForEachByte) {
  Reply out = reply(200, std::string(100'000, ' '));
  out.drip = true;
  Server server(always(out));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(Once(server.url(), {milliseconds(200), 1u << 20}).get().arrived);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(HttpClient, RefusesAnAnswerThatSaysItIsAGigabyte) {
  Reply out;
  out.bytes = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n";
  Server server(always(out));
  EXPECT_FALSE(Once(server.url()).get().arrived);
}

TEST(HttpClient, RefusesAnAnswerThatDoesNotEnd) {
  Reply out;
  out.bytes = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  out.endless = "10000\r\n" + std::string(0x10000, '[') + "\r\n";
  Server server(always(out));
  EXPECT_FALSE(Once(server.url(), {milliseconds(60'000), 1u << 20}).get().arrived);
}

TEST(HttpClient, RefusesAHeaderThatDoesNotEnd) {
  Reply out;
  out.bytes = "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x');
  Server server(always(out));
  EXPECT_FALSE(Once(server.url()).get().arrived);
}

TEST(HttpClient, RefusesWhatIsNotHttpOrCutOff) {
  for (const std::string bytes : {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123",
                                  "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "\r\n\r\n\r\n", ""}) {
    Reply out;
    out.bytes = bytes;
    out.close = true;
    Server server(always(out));
    EXPECT_FALSE(Once(server.url()).get().arrived) << bytes;
  }
}

TEST(HttpClient, TellsWhenNobodyListens) {
  std::string url;
  {
    Server server(always(reply(200, "{}")));
    url = server.url();
  }
  EXPECT_FALSE(Once(url).get().arrived);
}

TEST(HttpClient, ATryOverDoesNotBeginANewDeadline) {
  // The first answer is good, the second never comes: it is a time-out, not a connection that went stale.
  Server server([n = 0](const SeenRequest&) mutable {
    Reply out = reply(200, "{}");
    out.silent = n++ > 0;
    return out;
  });
  Once one(server.url(), {milliseconds(100), 1'000});
  HttpRequest request{false, "/x", "", ""};
  const auto answers = ask(one.io, one.client, request, 2);
  EXPECT_TRUE(answers[0].arrived);
  EXPECT_FALSE(answers[1].arrived);
  EXPECT_EQ(server.seen().size(), 2u);
}

TEST(HttpClient, CanBeBrokenOff) {
  Reply out;
  out.silent = true;
  HttpClient* asking = nullptr;
  asio::io_context* loop = nullptr;
  Server server([&](const SeenRequest&) {
    asio::post(*loop, [&] { asking->cancel(); });
    return out;
  });
  Once one(server.url(), {milliseconds(600'000), 1'000});
  asking = &one.client;
  loop = &one.io;
  EXPECT_FALSE(one.get().arrived);
  EXPECT_FALSE(one.get().arrived);
  EXPECT_EQ(server.seen().size(), 1u);
}

// Trusts the server's own certificate for as long as it lives.
class Trust {
 public:
  explicit Trust(const Server& server)
      : file_(std::filesystem::temp_directory_path() / ("kpistream-rest-" + std::to_string(server.port()) + ".pem")) {
    std::ofstream(file_) << server.certificate();
    setenv("SSL_CERT_FILE", file_.c_str(), 1);
  }
  ~Trust() {
    unsetenv("SSL_CERT_FILE");
    std::filesystem::remove(file_);
  }

 private:
  std::filesystem::path file_;
};

std::string secure(const Server& server) { return "https://localhost:" + std::to_string(server.port()); }

TEST(HttpsClient, TalksToAHostWhoseNameIsCertified) {
  Server server(always(reply(200, "{}")), "localhost");
  const Trust trust(server);
  Once one(secure(server), {milliseconds(5'000), 1'000}, anywhere);
  HttpRequest request{false, "/x", "", ""};
  const auto answers = ask(one.io, one.client, request, 2);
  EXPECT_TRUE(answers[0].arrived);
  EXPECT_TRUE(answers[1].arrived);
  EXPECT_EQ(server.connections(), 1u);
}

TEST(HttpsClient, RefusesACertificateForAnotherName) {
  Server server(always(reply(200, "{}")), "other.test");
  const Trust trust(server);
  EXPECT_FALSE(Once(secure(server), {milliseconds(5'000), 1'000}, anywhere).get().arrived);
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_TRUE(server.seen().empty());
}

TEST(HttpsClient, RefusesACertificateThatNobodyVouchesFor) {
  Server server(always(reply(200, "{}")), "localhost");
  EXPECT_FALSE(Once(secure(server), {milliseconds(5'000), 1'000}, anywhere).get().arrived);
  EXPECT_TRUE(server.seen().empty());
}

TEST(HttpsClient, DoesNotConnectToThisMachineWhateverTheNameResolvesTo) {
  Server server(always(reply(200, "{}")), "localhost");
  const Trust trust(server);
  EXPECT_FALSE(Once(secure(server)).get().arrived);
  EXPECT_EQ(server.connections(), 0u);
}

}  // namespace
}  // namespace kpistream::ingest
