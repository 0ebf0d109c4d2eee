// A CRM host that answers as it is told, over real loopback sockets. Brings no Asio along.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kpistream::ingest {

struct SeenRequest {
  std::string method;
  std::string target;
  std::string host;
  std::string bearer;  // the whole Authorization field
  std::string body;
  std::size_t connection = 0;  // 1 for the first that was opened, and so on
};

// What goes out, byte for byte, and how.
struct Reply {
  std::string bytes;
  std::string endless;  // after them, again and again
  bool drip = false;    // a byte each few milliseconds
  bool close = false;   // the connection, afterwards
  bool silent = false;  // nothing at all, and the connection stays
};

Reply reply(int status, const std::string& body, const std::string& type = "application/json; charset=utf-8",
            const std::string& more_fields = "");

class Server {
 public:
  // On the server's own thread, one request at a time.
  using Handler = std::function<Reply(const SeenRequest&)>;

  // `certified_for`: https with a fresh certificate for that name; empty: plain http.
  explicit Server(Handler handler, const std::string& certified_for = "");
  ~Server();
  void stop();  // no handler runs any more

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::string url() const;  // "http://127.0.0.1:PORT"
  [[nodiscard]] std::size_t connections() const;
  [[nodiscard]] std::vector<SeenRequest> seen() const;
  [[nodiscard]] std::string certificate() const;  // PEM

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kpistream::ingest
