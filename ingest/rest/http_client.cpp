#include "ingest/rest/http_client.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <cstdio>
#include <optional>
#include <vector>

namespace kpistream::ingest {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Plain = beast::tcp_stream;
using Tls = beast::ssl_stream<Plain>;
using Time = std::chrono::steady_clock::time_point;
using Parser = http::response_parser<http::string_body>;

constexpr auto kDone = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view kUserAgent = "kpistream/" KPISTREAM_VERSION;
constexpr std::uint32_t kHeaderBytesMax = 32u << 10;

http::request<http::string_body> to_wire(const HttpRequest& request, const BaseUrl& base) {
  const auto verb = request.erase ? http::verb::delete_ : request.post ? http::verb::post : http::verb::get;
  http::request<http::string_body> wire(verb, request.target, 11);
  wire.set(http::field::host, base.header);
  wire.set(http::field::user_agent, kUserAgent);
  wire.set(http::field::accept, "application/json");
  if (!request.bearer.empty()) wire.set(http::field::authorization, "Bearer " + request.bearer);
  if (request.post || request.erase) {
    wire.set(http::field::content_type, request.content_type);
    wire.body() = request.body;
  }
  wire.prepare_payload();
  return wire;
}

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7); 0 when it is not such a time.
std::int64_t seconds_of_date(const std::string& text) {
  namespace chrono = std::chrono;
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  int day = 0;
  int year = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::array<char, 4> month{};
  std::array<char, 4> zone{};
  if (std::sscanf(text.c_str(), "%*3s, %2d %3s %4d %2d:%2d:%2d %3s", &day, month.data(), &year, &hour, &minute, &second,
                  zone.data()) != 7) {
    return 0;
  }
  const auto place = kMonths.find(month.data());
  if (place == std::string_view::npos || place % 3 != 0 || std::string_view(zone.data()) != "GMT") return 0;
  const chrono::year_month_day date(chrono::year(year), chrono::month(static_cast<unsigned>(place / 3 + 1)),
                                    chrono::day(static_cast<unsigned>(day)));
  if (!date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return 0;
  const auto time = chrono::sys_days(date) + chrono::hours(hour) + chrono::minutes(minute) + chrono::seconds(second);
  return time.time_since_epoch() / chrono::seconds(1);
}

HttpAnswer from_wire(http::response<http::string_body> message) {
  HttpAnswer answer;
  answer.arrived = true;
  answer.status = message.result_int();
  const auto type = message[http::field::content_type];
  const auto encoding = message[http::field::content_encoding];
  answer.json = type.find("json") != std::string_view::npos && (encoding.empty() || encoding == "identity");
  answer.date = seconds_of_date(std::string(message[http::field::date]));
  answer.body = std::move(message.body());
  return answer;
}

// The certificates above it do not matter: whoever pins has seen this one.
bool is_pinned(X509_STORE_CTX* context, const std::string& pin) {
  if (X509_STORE_CTX_get_error_depth(context) != 0) return true;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  return X509_digest(X509_STORE_CTX_get_current_cert(context), EVP_sha256(), digest.data(), &size) == 1 &&
         std::string(digest.begin(), digest.begin() + size) == pin;
}

// A name being resolved. Outlives its client: the system's resolver cannot be interrupted.
struct Lookup {
  explicit Lookup(asio::io_context& io) : done(io) {}
  asio::steady_timer done;
  tcp::resolver::results_type found;
};

}  // namespace

struct HttpClient::Impl {
  Impl(asio::io_context& context, BaseUrl where, HttpLimits most, AddressRule allowed)
      : io(context), base(std::move(where)), limits(most), rule(allowed), resolver(io) {
    if (!base.tls) return;
    tls.set_default_verify_paths();
    tls.set_verify_mode(asio::ssl::verify_peer);
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
  }

  Plain& transport() { return encrypted ? beast::get_lowest_layer(*encrypted) : *plain; }
  [[nodiscard]] bool connected() const { return encrypted || plain; }

  void drop() {
    plain.reset();
    encrypted.reset();
  }

  asio::awaitable<std::vector<tcp::endpoint>> look_up(Time expires) {
    lookup = std::make_shared<Lookup>(io);
    lookup->done.expires_at(expires);
    resolver.async_resolve(base.host, base.port,
                           [waiting = lookup](error_code failed, tcp::resolver::results_type found) {
                             if (!failed) waiting->found = std::move(found);
                             waiting->done.cancel();
                           });
    co_await lookup->done.async_wait(kDone);
    std::vector<tcp::endpoint> endpoints;
    for (const auto& entry : lookup->found) {
      if (rule(entry.endpoint().address(), base.tls)) endpoints.push_back(entry.endpoint());
    }
    lookup.reset();
    co_return endpoints;
  }

  asio::awaitable<bool> connect(Time expires) {
    const auto endpoints = co_await look_up(expires);
    if (endpoints.empty() || cancelled) co_return false;
    if (base.tls) {
      encrypted.emplace(io, tls);
    } else {
      plain.emplace(io);
    }
    transport().expires_at(expires);
    const auto [refused, endpoint] = co_await transport().async_connect(endpoints, kDone);
    if (refused) co_return false;
    if (!encrypted) co_return true;
    if (base.pin.empty()) {
      encrypted->set_verify_callback(asio::ssl::host_name_verification(base.host));
    } else {
      encrypted->set_verify_callback([pin = base.pin](bool, asio::ssl::verify_context& context) {
        return is_pinned(context.native_handle(), pin);
      });
    }
    if (SSL_set_tlsext_host_name(encrypted->native_handle(), base.host.c_str()) != 1) co_return false;
    const auto [distrusted] = co_await encrypted->async_handshake(asio::ssl::stream_base::client, kDone);
    co_return !distrusted;
  }

  template <class Stream>
  asio::awaitable<HttpAnswer> exchange(Stream& stream, const HttpRequest& request, Time expires) {
    HttpAnswer answer;
    transport().expires_at(expires);
    auto wire = to_wire(request, base);
    Parser parser;
    parser.header_limit(kHeaderBytesMax);
    parser.body_limit(limits.answer_bytes_max);
    beast::flat_buffer buffer;
    const auto [unsent, sent] = co_await http::async_write(stream, wire, kDone);
    error_code failed = unsent;
    if (!failed) {
      const auto [unread, read] = co_await http::async_read(stream, buffer, parser, kDone);
      failed = unread;
    }
    stale = failed && failed != beast::error::timeout && !parser.got_some();
    if (failed) co_return answer;
    auto message = parser.release();
    keep = message.keep_alive();
    answer = from_wire(std::move(message));
    co_return answer;
  }

  asio::awaitable<HttpAnswer> attempt(const HttpRequest& request, Time expires) {
    HttpAnswer answer;
    keep = stale = false;
    bool ready = connected();
    if (!ready) ready = co_await connect(expires);
    // Two statements: gcc 12 miscompiles co_await in both arms of a conditional.
    if (ready && encrypted) {
      answer = co_await exchange(*encrypted, request, expires);
    } else if (ready) {
      answer = co_await exchange(*plain, request, expires);
    }
    if (!keep) drop();
    co_return answer;
  }

  asio::io_context& io;
  const BaseUrl base;
  const HttpLimits limits;
  const AddressRule rule;
  tcp::resolver resolver;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  std::optional<Plain> plain;
  std::optional<Tls> encrypted;
  std::shared_ptr<Lookup> lookup;  // while a name is being resolved
  bool keep = false;               // the connection can be used again
  bool stale = false;              // it ended before a byte of the answer came
  bool cancelled = false;
};

HttpClient::HttpClient(asio::io_context& io, BaseUrl base, HttpLimits limits, AddressRule rule)
    : impl_(std::make_unique<Impl>(io, std::move(base), limits, rule)) {}

HttpClient::~HttpClient() = default;

asio::awaitable<HttpAnswer> HttpClient::ask(HttpRequest request) {
  HttpAnswer answer;
  if (impl_->cancelled) co_return answer;
  const Time expires = std::chrono::steady_clock::now() + impl_->limits.deadline;
  const bool reused = impl_->connected();
  answer = co_await impl_->attempt(request, expires);
  // A kept connection that the host has closed meanwhile says nothing about the host: once more on a fresh one.
  if (reused && impl_->stale && !impl_->cancelled) answer = co_await impl_->attempt(request, expires);
  co_return answer;
}

void HttpClient::cancel() {
  impl_->cancelled = true;
  impl_->resolver.cancel();
  if (impl_->lookup) impl_->lookup->done.cancel();
  if (impl_->connected()) impl_->transport().close();
}

}  // namespace kpistream::ingest
