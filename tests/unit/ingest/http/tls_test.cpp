// The admin server within TLS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <fstream>
#include <memory>
#include <stdexcept>

#include "tests/unit/ingest/http/support.hpp"
#include "tests/unit/ingest/http/tls_client.hpp"

namespace kpistream::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr std::string_view kAsk = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::size_t kLarge = 5'000'000;

AdminResponse answer(const AdminRequest& request) {
  AdminResponse response;
  response.stream = request.path == "/stream";
  response.body = request.path == "/large" ? std::string(kLarge, 'x') : "here\n\n";
  if (request.path != "/shared") return response;
  const auto part = std::make_shared<const std::string>(kLarge / 1'000, 'y');
  response.rest.assign(1'000, part);
  return response;
}

class Tls : public testing::Test {
 protected:
  Tls() {
    for (const auto* name : {"old", "new"}) make_certificate(folder.path(), name);
    options.limits.sweep = milliseconds(1);
    server = std::make_unique<AdminServer>(options, clock, answer);
    server->set_tls(identity("old"));
    server->start();
  }

  std::shared_ptr<const TlsIdentity> identity(const std::string& name) {
    return std::make_shared<TlsIdentity>(folder.path() / (name + ".crt"), folder.path() / (name + ".key"));
  }

  std::string refusal(const std::string& certificate, const std::string& key) {
    try {
      const TlsIdentity identity(folder.path() / certificate, folder.path() / key);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return "taken";
  }

  TemporaryFolder folder;
  ManualClock clock;
  ServerOptions options;
  std::unique_ptr<AdminServer> server;
};

TEST_F(Tls, AnswersKeepsTheConnectionAndEndsItWell) {
  TlsClient client(server->port());
  ASSERT_TRUE(client.connected());
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(client.send(kAsk).read_to("\r\n\r\n"), HasSubstr("200 OK"));
    EXPECT_EQ(client.read_to("\n\n"), "here\n\n");
  }
  client.send("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.read_to("here\n\n"), HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(client.ended_well());
}

TEST_F(Tls, SendsLargeAnswersInOrder) {
  TlsClient client(server->port());
  client.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n" + std::string(kAsk));
  EXPECT_THAT(client.read_to("\r\n\r\n"), HasSubstr("200 OK"));
  EXPECT_EQ(client.read(kLarge), std::string(kLarge, 'x'));
  EXPECT_THAT(client.read_to("here\n\n"), HasSubstr("200 OK"));
}

TEST_F(Tls, SendsWhatIsSharedBehindTheBody) {
  TlsClient client(server->port());
  client.send("GET /shared HTTP/1.1\r\nHost: h\r\n\r\n" + std::string(kAsk));
  EXPECT_THAT(client.read_to("here\n\n"), HasSubstr("200 OK"));
  EXPECT_EQ(client.read(kLarge), std::string(kLarge, 'y'));
  EXPECT_THAT(client.read_to("here\n\n"), HasSubstr("200 OK"));
}

TEST_F(Tls, CarriesStreams) {
  TlsClient client(server->port());
  EXPECT_THAT(client.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n").read_to("here\n\n"), HasSubstr("event-stream"));
  for (int i = 0; i < 100; ++i)
    server->publish(std::make_shared<const std::string>("data: " + std::to_string(i) + "\n\n"));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(client.read_to("\n\n"), "data: " + std::to_string(i) + "\n\n");
  server->publish(std::make_shared<const std::string>(kLarge, 'x'));
  EXPECT_EQ(client.read(kLarge).size(), kLarge);
  EXPECT_TRUE(server->drain(seconds(10)));
  EXPECT_EQ(client.read_to("\n\n"), "");
}

TEST_F(Tls, EarlyRefusalsArriveBeforeTheEnd) {
  TlsClient client(server->port());
  client.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n");
  client.send(std::string(100'000, 'x'));
  EXPECT_THAT(client.read_to("\r\n\r\n"), HasSubstr("413 Content Too Large"));
}

TEST_F(Tls, NewConnectionsSeeTheNewCertificateAndOldOnesGoOn) {
  TlsClient before(server->port());
  EXPECT_EQ(before.name(), "old");
  server->set_tls(identity("new"));
  TlsClient after(server->port());
  EXPECT_EQ(after.name(), "new");
  EXPECT_THAT(before.send(kAsk).read_to("here\n\n"), HasSubstr("200 OK"));
  server->set_tls(nullptr);
  Client plain(server->port());
  EXPECT_EQ(plain.send(kAsk).read().body, "here\n\n");
  EXPECT_THAT(after.send(kAsk).read_to("here\n\n"), HasSubstr("200 OK"));
}

TEST_F(Tls, SpeaksNothingOld) {
  EXPECT_TRUE(TlsClient(server->port(), TLS1_2_VERSION).connected());
  EXPECT_FALSE(TlsClient(server->port(), TLS1_1_VERSION).connected());
}

TEST_F(Tls, WhoSpeaksInTheClearIsNotServed) {
  Client client(server->port());
  EXPECT_EQ(client.send(kAsk).read_to("\n\n").find("here"), std::string::npos);
}

TEST_F(Tls, WhoDoesNotBeginIsCutOffAndADrainDoesNotWait) {
  Client silent(server->port());
  clock.advance(milliseconds(1));
  clock.advance(seconds(11));
  EXPECT_TRUE(silent.closed());
  Client other(server->port());
  TlsClient idle(server->port());
  EXPECT_THAT(idle.send(kAsk).read_to("here\n\n"), HasSubstr("200 OK"));
  EXPECT_TRUE(server->drain(seconds(10)));
  EXPECT_TRUE(other.closed());
}

TEST_F(Tls, AnIdentityIsKnownByItsCertificate) {
  EXPECT_EQ(identity("old")->fingerprint().size(), 32u);
  EXPECT_EQ(identity("old")->fingerprint(), identity("old")->fingerprint());
  EXPECT_NE(identity("old")->fingerprint(), identity("new")->fingerprint());
}

TEST_F(Tls, AnIdentityThatIsNoneNamesItsFile) {
  EXPECT_THAT(refusal("none.crt", "old.key"), HasSubstr("none.crt': No such file"));
  EXPECT_THAT(refusal("old.crt", "none.key"), HasSubstr("none.key': No such file"));
  EXPECT_THAT(refusal("old.crt", "new.key"), HasSubstr("new.key': key values mismatch"));
  std::ofstream(folder.path() / "no.crt") << "no certificate\n";
  EXPECT_THAT(refusal("no.crt", "old.key"), HasSubstr("no.crt': no start line"));
}

}  // namespace
}  // namespace kpistream::ingest
