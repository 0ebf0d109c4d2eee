// One CRM host over HTTP/1.1, kept alive between requests. Internal to ingest/rest: brings Asio along.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "ingest/rest/addresses.hpp"

namespace kpistream::ingest {

// Where requests go. Made from the configuration only.
struct BaseUrl {
  bool tls = true;
  std::string host;    // name or address, without brackets
  std::string port;    // a number, as text
  std::string header;  // what the Host field says
  std::string path;    // ends with '/'; may hold a secret
  // SHA-256 of the only certificate that is trusted, 32 bytes; empty: those that the system's authorities vouch for.
  std::string pin;

  // Throws std::runtime_error that does not repeat the URL. Plain http is for loopback addresses only: an address is
  // refused here, a name when it is resolved.
  static BaseUrl parse(const std::string& url);
};

// Always made as a named object before it is awaited: gcc 12 destroys a braced temporary in a co_await twice.
struct HttpRequest {
  bool post = false;
  std::string target;  // path and query
  std::string bearer;  // empty: none
  std::string body;
  std::string content_type = "application/json";
  bool erase = false;  // DELETE instead, with the body
};

struct HttpAnswer {
  bool arrived = false;  // false: no connection, a time-out, too long, not HTTP
  unsigned status = 0;
  bool json = false;      // says that it is JSON, uncompressed
  std::int64_t date = 0;  // the host's clock when it answered, Unix seconds; 0: not told
  std::string body;
};

struct HttpLimits {
  std::chrono::milliseconds deadline{30'000};  // name, connection, handshake, request and answer together
  std::size_t answer_bytes_max = 8u << 20;
};

// Not thread-safe: one request at a time, on the io_context's only thread.
class HttpClient {
 public:
  using AddressRule = bool (*)(const boost::asio::ip::address& address, bool tls);

  HttpClient(boost::asio::io_context& io, BaseUrl base, HttpLimits limits, AddressRule rule = may_connect);
  ~HttpClient();

  // Never follows redirects and never throws for what the other side does.
  [[nodiscard]] boost::asio::awaitable<HttpAnswer> ask(HttpRequest request);

  // Breaks off what is under way; further requests fail at once.
  void cancel();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kpistream::ingest
