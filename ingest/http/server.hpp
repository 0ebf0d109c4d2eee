// The two HTTP servers of the daemon: one that takes webhooks, one for scrapes, health and people.
//
// Each has its own address, I/O threads and limits. Both put the strict gate (gate.hpp) in front, keep connections
// alive, answer pipelined requests in order and bound every buffer, wait and count by a named limit below. Nothing of
// a request appears in errors or figures: a path may be a secret.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/hook.hpp"
#include "ingest/http/chunks.hpp"
#include "ingest/http/gate.hpp"
#include "ingest/http/tls.hpp"
#include "stream/ports/clock.hpp"
#include "stream/ports/journal.hpp"
#include "stream/ports/meters.hpp"

namespace kpistream::ingest {

inline constexpr std::size_t kPipelineMax = 64;

struct ServerLimits {
  GateLimits gate{};
  ChunkLimits chunks{};  // its body_bytes_max holds for every body, chunked or not
  // Requests of one connection that are read but not yet answered; then we stop reading it. 1..kPipelineMax.
  std::size_t pipeline_max = kPipelineMax;
  std::size_t connections_max = 10'000;
  // Of one IPv4 address or IPv6 /64. A reverse proxy is one source.
  std::size_t connections_per_source_max = 2'000;
  std::size_t buffered_bytes_max = 256u << 20;  // input buffers of all connections together
  std::size_t linger_bytes_max = 1u << 20;      // read and thrown away after an early answer, before closing
  // Deadlines are for the whole step, not for each read; they may be late by `sweep`.
  std::chrono::milliseconds header_deadline{10'000};  // first byte (new connections: accept) to end of header
  std::chrono::milliseconds body_deadline{30'000};
  // Body read to answer known; then it is 503, whatever becomes of the record. amoCRM waits 2 s, the sweep included,
  // and counts what comes later as a failure without trying as often.
  std::chrono::milliseconds answer_deadline{1'250};
  std::chrono::milliseconds write_deadline{10'000};  // answers ready to answers sent
  std::chrono::milliseconds idle_deadline{60'000};   // between requests
  std::chrono::milliseconds linger_deadline{2'000};
  // Of streams; deadlines of requests and answers do not hold for them, that of writing does.
  std::size_t streams_max = 512;                       // one more gets 503
  std::size_t stream_unsent_bytes_max = 64u << 10;     // who has more than this left when another text comes is dropped
  std::chrono::milliseconds stream_heartbeat{15'000};  // without a text, a comment keeps proxies from giving up
  std::chrono::milliseconds sweep{250};                // how often deadlines are looked at; real time
};

struct ListenAddress {
  std::string address;     // numeric, IPv4 or IPv6
  std::uint16_t port = 0;  // 0: any free one
};

struct ServerOptions {
  std::string address = "127.0.0.1";  // numeric, IPv4 or IPv6
  std::uint16_t port = 0;             // 0: any free one, see port()
  unsigned threads = 1;               // I/O threads; one carries about 100,000 webhooks a second
  // Tells how long acknowledgements take, and decides nothing; read once a webhook and once a group of them.
  std::chrono::steady_clock::time_point (*stopwatch)() = std::chrono::steady_clock::now;
  ServerLimits limits{};  // of all addresses together
  // More addresses of the same server. [::] is IPv4 too, unless an IPv4 address stands beside it.
  std::vector<ListenAddress> also = {};
};

using HookGuards = std::vector<std::shared_ptr<const HookGuard>>;

// Takes webhooks: a POST to a path that a guard owns is proved by the guard, put into the journal and answered 200
// when the journal says that it is durable; 503 with Retry-After when the journal is full or failing.
//
// All members are thread-safe except construction, start() and destruction. The journal must outlive the server; the
// destructor waits until the journal has told the outcome of everything it took from here.
class HookServer final : public Metered {
 public:
  HookServer(const ServerOptions& options, Journal& journal, const Clock& clock,
             std::shared_ptr<const HookGuards> guards);
  ~HookServer() override;
  HookServer(const HookServer&) = delete;
  HookServer& operator=(const HookServer&) = delete;

  // Binds and starts the threads. Throws std::runtime_error that names the address and the reason.
  void start();
  [[nodiscard]] std::uint16_t port() const;  // after start()

  // For requests that begin from now on.
  void set_guards(const std::shared_ptr<const HookGuards>& guards);

  // Stops accepting, finishes the requests that have begun, closes, then stops. True: nothing had to be cut off.
  bool drain(std::chrono::milliseconds timeout);
  // Cuts off whatever is open and joins the threads. Again, or before start(): nothing.
  void stop();

  void collect(MeterSink& sink) const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

inline constexpr std::size_t kAdminBodyBytesMax = 4u << 10;
inline constexpr std::size_t kAdminConnectionsMax = 2'000;  // within TLS each takes up to 70 KB
inline constexpr std::size_t kAdminChecksMax = 16;          // requests that wait for their AdminCheck
inline constexpr std::chrono::milliseconds kAdminAnswerDeadline{10'000};

// The views live for the call.
struct AdminRequest {
  std::string_view method;  // GET, HEAD, POST or PUT
  std::string_view path;    // percent-decoded
  std::string_view query;   // as it came, without '?'
  std::string_view accept;
  std::string_view accept_encoding;
  std::string_view accept_language = {};
  std::string_view if_none_match = {};
  std::string_view body = {};           // of a POST that is no order: says that it is JSON
  std::string_view authorization = {};  // these two are secrets
  std::string_view cookie = {};
};

// Texts that stand one behind the other. Whoever keeps them ready shares them instead of copying.
using SharedTexts = std::vector<std::shared_ptr<const std::string>>;

struct AdminResponse {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;  // beyond type, length, date and connection
  std::string body;                                          // left out of answers to HEAD by the server
  SharedTexts rest;                                          // of the body
  // Server-sent events: the connection stays open after `body`, which begins them, for what publish() sends. The
  // server says text/event-stream, no-store and no buffering by itself; content_type is not looked at. 503 instead when
  // there are streams_max already.
  bool stream = false;
};

// Called on an I/O thread of the admin server, which serves nobody else meanwhile. What it throws becomes a 500.
using AdminHandler = std::function<AdminResponse(const AdminRequest&)>;

// What has to be done before the handler can answer and takes long, as checking a password does; empty: nothing. It is
// asked for on an I/O thread and done on a thread of its own, one after another; then the handler is called. When
// kAdminChecksMax wait already, the answer is 503. The work must not throw.
using AdminCheck = std::function<std::function<void()>(const AdminRequest&)>;

// Answers GET, HEAD, PUT, and POST of application/json, with up to kAdminBodyBytesMax. Nothing else is taken for a
// POST, because a page of another site cannot make a browser send that type, or a PUT, without asking us first, which
// is refused. What comes with a PUT is not looked at.
//
// A POST or PUT to a path with "/-/" in it is an order to the process, by whatever tool: it may be of any type and is
// not looked at, and gets 403 when a browser says that a page has sent it (Origin, Sec-Fetch-Site), for none of ours
// does.
//
// Thread-safety as of HookServer.
class AdminServer final : public Metered {
 public:
  AdminServer(const ServerOptions& options, const Clock& clock, AdminHandler handler, AdminCheck check = {});
  ~AdminServer() override;
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  void start();
  [[nodiscard]] std::uint16_t port() const;                // of the first address
  [[nodiscard]] std::vector<std::uint16_t> ports() const;  // of all, in their order
  bool drain(std::chrono::milliseconds timeout);           // streams are closed at once
  void stop();

  // For connections that begin from now on, or from start() on; nothing: they are in the clear, as they are by default.
  void set_tls(std::shared_ptr<const TlsIdentity> identity);

  // Sends one or more whole events ("id: 7\ndata: {}\n\n") to everybody who has a stream: nothing that is not for all
  // of them. A stream gets all that is published after the handler was called for it. The text is shared, not copied.
  void publish(const std::shared_ptr<const std::string>& text);

  void collect(MeterSink& sink) const override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kpistream::ingest
