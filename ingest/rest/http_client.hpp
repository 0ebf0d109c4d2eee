// One CRM host over HTTP/1.1, kept alive between requests. Internal to ingest/rest: brings Asio along.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace kpistream::ingest {

// Where requests go. Made from the configuration only.
struct BaseUrl {
  bool tls = true;
  std::string host;
  std::string port;
  std::string path;  // ends with '/'; may hold a secret

  // Throws std::runtime_error that does not repeat the URL. Plain http is for loopback addresses only.
  static BaseUrl parse(const std::string& url);
};

// Always made as a named object before it is awaited: gcc 12 destroys a braced temporary in a co_await twice.
struct HttpRequest {
  bool post = false;
  std::string target;  // path and query
  std::string bearer;  // empty: none
  std::string body;    // JSON
};

struct HttpAnswer {
  bool arrived = false;  // false: no connection, a time-out, too long, not HTTP
  unsigned status = 0;
  std::string type;
  std::string body;
};

// Not thread-safe: one request at a time.
class HttpClient {
 public:
  HttpClient(boost::asio::io_context& io, BaseUrl base, std::chrono::milliseconds deadline,
             std::size_t answer_bytes_max);
  ~HttpClient();

  // The deadline covers everything: name, connection, handshake, request, answer.
  [[nodiscard]] boost::asio::awaitable<HttpAnswer> ask(HttpRequest request);

  // Breaks off what is under way; further requests fail at once.
  void cancel();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kpistream::ingest
