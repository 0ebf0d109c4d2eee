// RELIABILITY's 10,000 half-open connections: whoever begins a header and then says no more is cut off at the deadline,
// takes bounded memory, and keeps nobody else from being served.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <vector>

#include "tests/unit/ingest/http/support.hpp"

namespace kpistream::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr std::size_t kWanted = 10'000;
#if defined(__has_feature)
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif
// The sanitizers keep books of their own beside every byte.
constexpr bool kSanitized = HAS_FEATURE(address_sanitizer) || HAS_FEATURE(thread_sanitizer);
constexpr std::size_t kMemoryMost = (kSanitized ? 600u : 150u) << 20;
constexpr std::size_t kOthers = 200;  // descriptors of all else in this process

// Opens a connection from 127.0.0.<source>, sends the beginning of a header and no more.
class HalfOpen {
 public:
  HalfOpen(std::uint16_t port, unsigned source) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const sockaddr_in from = loopback(source, 0);
    const sockaddr_in to = loopback(1, port);
    constexpr std::string_view kPart = "POST /hook/demo HTTP/1.1\r\nHost: kpi.exam";
    EXPECT_TRUE(::bind(socket_, reinterpret_cast<const sockaddr*>(&from), sizeof from) == 0 &&
                ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0)
        << errno;
    (void)::send(socket_, kPart.data(), kPart.size(), MSG_NOSIGNAL);  // fails when we were turned away already
  }
  ~HalfOpen() { ::close(socket_); }
  HalfOpen(const HalfOpen&) = delete;
  HalfOpen& operator=(const HalfOpen&) = delete;

  // The start of the answer.
  [[nodiscard]] std::string answer() const {
    char bytes[12];
    const ssize_t size = ::recv(socket_, bytes, sizeof bytes, MSG_WAITALL);
    return {bytes, static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }

 private:
  static sockaddr_in loopback(unsigned host, std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1 + host);
    return address;
  }

  int socket_;
};

// Both ends of a connection are in this process. Raises the limit as far as it may, else there are fewer of them.
std::size_t as_many_as_may_be() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  constexpr rlim_t kNeeded = 2 * kWanted + kOthers;
  if (limit.rlim_cur < kNeeded) {
    const rlimit more{kNeeded, std::max(limit.rlim_max, kNeeded)};
    const rlimit all{limit.rlim_max, limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &more) != 0) ::setrlimit(RLIMIT_NOFILE, &all);
    ::getrlimit(RLIMIT_NOFILE, &limit);
  }
  const std::size_t many = std::min<std::size_t>(kWanted, (limit.rlim_cur - kOthers) / 2);
  if (many < kWanted) std::cout << "RLIMIT_NOFILE allows " << many << " connections, not " << kWanted << '\n';
  return many;
}

std::size_t resident_bytes() {
  std::size_t all = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

struct HalfOpenConnections : testing::Test {
  static ServerOptions options(std::size_t all, std::size_t of_one_source) {
    ServerOptions options;
    options.limits.connections_max = all;
    options.limits.connections_per_source_max = of_one_source;
    options.limits.sweep = milliseconds(5);
    return options;
  }

  static std::string open(std::size_t connections) {
    return "kpistream_http_connections{listener=hook} " + std::to_string(connections) + "\n";
  }

  FakeJournal journal;
  ManualClock clock;
  const std::string good_request = post("a=1&secret=s3cret");
};

TEST_F(HalfOpenConnections, KeepNobodyFromBeingServedAndAreCutAtTheDeadline) {
  const std::size_t many = as_many_as_may_be();
  HookServer server(options(many + 1, many), journal, clock, guards());
  server.start();
  Client good(server.port());
  const std::size_t memory = resident_bytes();
  std::vector<std::unique_ptr<HalfOpen>> strangers;
  while (strangers.size() < many) {
    strangers.push_back(std::make_unique<HalfOpen>(server.port(), 2));
    // It also keeps us from running ahead of the server by more than its backlog.
    if (strangers.size() % 500 == 0) {
      ASSERT_EQ(good.send(good_request).status(), 200) << strangers.size();
    }
  }
  for (int i = 0; i < 1'000 && figures(server).find(open(many + 1)) == std::string::npos; ++i) {
    clock.advance(milliseconds(1));
  }
  ASSERT_THAT(figures(server), HasSubstr(open(many + 1)));
  EXPECT_LT(resident_bytes() - memory, kMemoryMost);
  EXPECT_EQ(good.send(good_request).status(), 200);

  clock.advance(seconds(8));
  EXPECT_THAT(figures(server), HasSubstr(open(many + 1)));
  EXPECT_EQ(good.send(good_request).status(), 200);
  clock.advance(seconds(3));  // ten in all and what the connecting took
  ASSERT_THAT(figures(server), HasSubstr("{result=timeout} " + std::to_string(many) + "\n"));
  for (const auto& stranger : strangers) ASSERT_EQ(stranger->answer(), "HTTP/1.1 408");  // one silence is enough
  clock.advance(seconds(3));  // the answers had time to arrive
  EXPECT_THAT(figures(server), HasSubstr(open(1)));
  EXPECT_EQ(good.send(good_request).status(), 200);
}

TEST_F(HalfOpenConnections, OfOneSourceLeaveRoomForTheOthers) {
  constexpr std::size_t kAll = 60;
  constexpr std::size_t kOfOne = 40;
  HookServer server(options(kAll, kOfOne), journal, clock, guards());
  server.start();
  std::vector<std::unique_ptr<HalfOpen>> strangers;
  for (std::size_t i = 0; i < 2 * kAll; ++i) strangers.push_back(std::make_unique<HalfOpen>(server.port(), 2));
  for (std::size_t i = kOfOne; i < strangers.size(); ++i) {
    const std::string answer = strangers[i]->answer();
    EXPECT_TRUE(answer == "HTTP/1.1 503" || answer.empty()) << answer;  // empty: reset over what we had sent
  }
  Client good(server.port());
  EXPECT_EQ(good.send(good_request).status(), 200);
  EXPECT_THAT(figures(server), HasSubstr(open(kOfOne + 1)));
}

}  // namespace
}  // namespace kpistream::ingest
