#include "ingest/rest/http_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/url/parse.hpp>
#include <optional>
#include <stdexcept>

namespace kpistream::ingest {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using Plain = beast::tcp_stream;
using Tls = beast::ssl_stream<Plain>;

constexpr auto kDone = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view kUserAgent = "kpistream/" KPISTREAM_VERSION;
constexpr std::uint32_t kHeaderBytesMax = 32u << 10;

bool is_private(const asio::ip::address& address) {
  if (address.is_loopback() || address.is_unspecified() || address.is_multicast()) return true;
  if (address.is_v6()) {
    const auto v6 = address.to_v6();
    if (v6.is_v4_mapped()) return is_private(asio::ip::make_address_v4(asio::ip::v4_mapped, v6));
    return v6.is_link_local() || v6.is_site_local() || (v6.to_bytes()[0] & 0xfe) == 0xfc;
  }
  const auto ip = address.to_v4().to_uint();
  const auto in = [ip](std::uint32_t network, int bits) { return (ip >> (32 - bits)) == (network >> (32 - bits)); };
  return in(0x0a000000, 8) || in(0xac100000, 12) || in(0xc0a80000, 16) || in(0xa9fe0000, 16) || in(0x64400000, 10);
}

// Plain http stays on this machine; https never goes into private networks, whatever a name resolves to.
std::vector<tcp::endpoint> allowed(const tcp::resolver::results_type& found, bool tls) {
  std::vector<tcp::endpoint> endpoints;
  for (const auto& entry : found) {
    const auto address = entry.endpoint().address();
    if (tls ? !is_private(address) : address.is_loopback()) endpoints.push_back(entry.endpoint());
  }
  return endpoints;
}

http::request<http::string_body> to_wire(const HttpRequest& request, const BaseUrl& base) {
  http::request<http::string_body> wire(request.post ? http::verb::post : http::verb::get, request.target, 11);
  wire.set(http::field::host, base.host + ":" + base.port);
  wire.set(http::field::user_agent, kUserAgent);
  wire.set(http::field::accept, "application/json");
  if (!request.bearer.empty()) wire.set(http::field::authorization, "Bearer " + request.bearer);
  if (request.post) {
    wire.set(http::field::content_type, "application/json");
    wire.body() = request.body;
  }
  wire.prepare_payload();
  return wire;
}

}  // namespace

BaseUrl BaseUrl::parse(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed || (parsed->scheme() != "https" && parsed->scheme() != "http") || parsed->host().empty()) {
    throw std::runtime_error("a REST address must look like https://host/path");
  }
  BaseUrl base;
  base.tls = parsed->scheme() == "https";
  base.host = parsed->host();
  base.port = parsed->has_port() ? std::string(parsed->port()) : (base.tls ? "443" : "80");
  base.path = parsed->encoded_path();
  if (!base.path.ends_with('/')) base.path.push_back('/');
  return base;
}

struct HttpClient::Impl {
  Impl(asio::io_context& context, BaseUrl where, std::chrono::milliseconds time, std::size_t most)
      : io(context), base(std::move(where)), deadline(time), answer_bytes_max(most), resolver(io) {
    if (!base.tls) return;
    tls.set_default_verify_paths();
    tls.set_verify_mode(asio::ssl::verify_peer);
  }

  Plain& transport() { return encrypted ? beast::get_lowest_layer(*encrypted) : *plain; }
  [[nodiscard]] bool connected() const { return encrypted || plain; }

  void drop() {
    plain.reset();
    encrypted.reset();
  }

  asio::awaitable<bool> connect() {
    const auto [failed, found] = co_await resolver.async_resolve(base.host, base.port, kDone);
    if (failed) co_return false;
    const auto endpoints = allowed(found, base.tls);
    if (endpoints.empty()) co_return false;
    if (base.tls) {
      encrypted.emplace(io, tls);
    } else {
      plain.emplace(io);
    }
    transport().expires_after(deadline);
    const auto [refused, endpoint] = co_await transport().async_connect(endpoints, kDone);
    if (refused) co_return false;
    if (!encrypted) co_return true;
    encrypted->set_verify_callback(asio::ssl::host_name_verification(base.host));
    if (SSL_set_tlsext_host_name(encrypted->native_handle(), base.host.c_str()) != 1) co_return false;
    const auto [distrusted] = co_await encrypted->async_handshake(asio::ssl::stream_base::client, kDone);
    co_return !distrusted;
  }

  template <class Stream>
  asio::awaitable<HttpAnswer> exchange(Stream& stream, const HttpRequest& request) {
    HttpAnswer answer;
    transport().expires_after(deadline);
    auto wire = to_wire(request, base);
    const auto [unsent, sent] = co_await http::async_write(stream, wire, kDone);
    if (unsent) co_return answer;
    http::response_parser<http::string_body> parser;
    parser.header_limit(kHeaderBytesMax);
    parser.body_limit(answer_bytes_max);
    beast::flat_buffer buffer;
    const auto [unread, read] = co_await http::async_read(stream, buffer, parser, kDone);
    if (unread) co_return answer;
    auto message = parser.release();
    keep = message.keep_alive();
    answer.arrived = true;
    answer.status = message.result_int();
    answer.type = std::string(message[http::field::content_type]);
    answer.body = std::move(message.body());
    co_return answer;
  }

  asio::awaitable<HttpAnswer> attempt(const HttpRequest& request) {
    if (!connected() && !co_await connect()) {
      drop();
      co_return HttpAnswer{};
    }
    keep = false;
    // Two statements: gcc 12 miscompiles co_await in both arms of a conditional.
    HttpAnswer answer;
    if (encrypted) {
      answer = co_await exchange(*encrypted, request);
    } else {
      answer = co_await exchange(*plain, request);
    }
    if (!keep) drop();
    co_return answer;
  }

  asio::io_context& io;
  const BaseUrl base;
  const std::chrono::milliseconds deadline;
  const std::size_t answer_bytes_max;
  tcp::resolver resolver;
  asio::ssl::context tls{asio::ssl::context::tls_client};
  std::optional<Plain> plain;
  std::optional<Tls> encrypted;
  bool keep = false;
  bool cancelled = false;
};

HttpClient::HttpClient(asio::io_context& io, BaseUrl base, std::chrono::milliseconds deadline,
                       std::size_t answer_bytes_max)
    : impl_(std::make_unique<Impl>(io, std::move(base), deadline, answer_bytes_max)) {}

HttpClient::~HttpClient() = default;

asio::awaitable<HttpAnswer> HttpClient::ask(HttpRequest request) {
  if (impl_->cancelled) co_return HttpAnswer{};
  const bool reused = impl_->connected();
  HttpAnswer answer = co_await impl_->attempt(request);
  // A kept connection that the host has closed meanwhile says nothing about the host: once more on a fresh one.
  if (!answer.arrived && reused && !impl_->cancelled) answer = co_await impl_->attempt(request);
  co_return answer;
}

void HttpClient::cancel() {
  impl_->cancelled = true;
  impl_->resolver.cancel();
  if (impl_->connected()) impl_->transport().cancel();
}

}  // namespace kpistream::ingest
