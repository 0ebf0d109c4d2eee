#include "server.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

namespace kpistream::ingest {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr auto kDone = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kDrip{10};

struct Certificate {
  std::string certificate;
  std::string key;
};

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

// Signed by itself, good for an hour.
Certificate make_certificate(const std::string& name) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3'600);
  X509_set_pubkey(certificate, key);
  const auto* common = reinterpret_cast<const unsigned char*>(name.c_str());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC, common, -1, -1, 0);
  X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
  const std::string alternative = "DNS:" + name;
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative.c_str());
  X509_add_ext(certificate, names, -1);
  X509_EXTENSION_free(names);
  X509_sign(certificate, key, EVP_sha256());
  BIO* one = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(one, certificate);
  BIO* two = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(two, key, nullptr, nullptr, 0, nullptr, nullptr);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return {text_of(one), text_of(two)};
}

SeenRequest seen_from(const http::request<http::string_body>& request, std::size_t connection) {
  return {std::string(request.method_string()),
          std::string(request.target()),
          std::string(request[http::field::host]),
          std::string(request[http::field::authorization]),
          request.body(),
          connection};
}

}  // namespace

Reply reply(int status, const std::string& body, const std::string& type, const std::string& more_fields) {
  Reply out;
  out.bytes = "HTTP/1.1 " + std::to_string(status) + " Status\r\n" + more_fields;
  if (!type.empty()) out.bytes += "Content-Type: " + type + "\r\n";
  if (status != 204) out.bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  out.bytes += "\r\n" + body;
  return out;
}

struct Server::Impl {
  Impl(Handler answer, const std::string& certified_for) : handler(std::move(answer)) {
    if (!certified_for.empty()) {
      made = make_certificate(certified_for);
      tls.emplace(asio::ssl::context::tls_server);
      tls->use_certificate_chain(asio::buffer(made.certificate));
      tls->use_private_key(asio::buffer(made.key), asio::ssl::context::pem);
    }
    asio::co_spawn(io, accept(), asio::detached);
    thread = std::thread([this] { io.run(); });
  }

  ~Impl() { stop(); }

  void stop() {
    io.stop();
    if (thread.joinable()) thread.join();
  }

  asio::awaitable<void> accept() {
    for (;;) {
      auto [failed, socket] = co_await acceptor.async_accept(kDone);
      if (failed) co_return;
      const std::size_t number = ++connections;
      if (tls) {
        asio::co_spawn(io, serve_tls(std::move(socket), number), asio::detached);
      } else {
        asio::co_spawn(io, serve_plain(std::move(socket), number), asio::detached);
      }
    }
  }

  asio::awaitable<void> serve_plain(tcp::socket socket, std::size_t number) { co_await serve(socket, number); }

  asio::awaitable<void> serve_tls(tcp::socket socket, std::size_t number) {
    asio::ssl::stream<tcp::socket> stream(std::move(socket), *tls);
    const auto [failed] = co_await stream.async_handshake(asio::ssl::stream_base::server, kDone);
    if (!failed) co_await serve(stream, number);
  }

  template <class Stream>
  asio::awaitable<void> serve(Stream& stream, std::size_t number) {
    beast::flat_buffer buffer;
    for (;;) {
      http::request<http::string_body> request;
      const auto [failed, bytes] = co_await http::async_read(stream, buffer, request, kDone);
      if (failed) co_return;
      const SeenRequest one = seen_from(request, number);
      {
        const std::lock_guard lock(mutex);
        seen.push_back(one);
      }
      const Reply out = handler(one);
      const bool whole = co_await send(stream, out);
      if (!whole || out.close) co_return;
    }
  }

  template <class Stream>
  asio::awaitable<bool> send(Stream& stream, const Reply& out) {
    if (out.silent) co_return true;
    const std::size_t step = out.drip ? 1 : out.bytes.size();
    for (std::size_t at = 0; at < out.bytes.size(); at += step) {
      const auto [failed, sent] = co_await asio::async_write(stream, asio::buffer(&out.bytes[at], step), kDone);
      if (failed) co_return false;
      if (!out.drip) continue;
      asio::steady_timer timer(io, kDrip);
      co_await timer.async_wait(kDone);
    }
    while (!out.endless.empty()) {
      const auto [failed, sent] = co_await asio::async_write(stream, asio::buffer(out.endless), kDone);
      if (failed) co_return false;
    }
    co_return true;
  }

  const Handler handler;
  Certificate made;
  std::optional<asio::ssl::context> tls;
  asio::io_context io{1};
  tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
  std::atomic<std::size_t> connections{0};
  std::mutex mutex;
  std::vector<SeenRequest> seen;  // guarded by mutex
  std::thread thread;
};

Server::Server(Handler handler, const std::string& certified_for)
    : impl_(std::make_unique<Impl>(std::move(handler), certified_for)) {}

Server::~Server() = default;

void Server::stop() { impl_->stop(); }

std::uint16_t Server::port() const { return impl_->acceptor.local_endpoint().port(); }
std::string Server::url() const { return "http://127.0.0.1:" + std::to_string(port()); }
std::size_t Server::connections() const { return impl_->connections; }
std::string Server::certificate() const { return impl_->made.certificate; }

std::vector<SeenRequest> Server::seen() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->seen;
}

}  // namespace kpistream::ingest
