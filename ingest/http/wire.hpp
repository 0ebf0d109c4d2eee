// The bytes of a connection, in the clear or within TLS. Inside this room only.
//
// In the clear it costs a look at one pointer. At most one read and one write at a time.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <utility>

#include "ingest/http/tls_context.hpp"
#include "ingest/http/worker.hpp"

namespace kpistream::ingest {

class Wire {
 public:
  // Without an identity: in the clear.
  Wire(Socket socket, const TlsIdentity* identity) : socket_(std::move(socket)) {
    if (identity != nullptr) tls_ = std::make_unique<Tls>(socket_, identity->impl().context);
  }

  [[nodiscard]] bool encrypted() const { return tls_ != nullptr; }

  // The first and the last thing that is done within TLS. Handlers: void(error_code).
  template <class Handler>
  void shake_hands(Handler&& handler) {
    tls_->async_handshake(asio::ssl::stream_base::server, std::forward<Handler>(handler));
  }
  template <class Handler>
  void say_goodbye(Handler&& handler) {
    tls_->async_shutdown(std::forward<Handler>(handler));
  }
  // What comes from now on is only thrown away, so nobody deciphers it.
  void end_sending() {
    boost::system::error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
    tls_ended_ = true;
  }

  // Handlers: void(error_code, std::size_t).
  template <class Handler>
  void read_some(asio::mutable_buffer room, Handler&& handler) {
    if (tls_ && !tls_ended_) return tls_->async_read_some(room, std::forward<Handler>(handler));
    socket_.async_read_some(room, std::forward<Handler>(handler));
  }
  template <class Buffers, class Handler>
  void write(const Buffers& bytes, Handler&& handler) {
    if (tls_) return asio::async_write(*tls_, bytes, std::forward<Handler>(handler));
    asio::async_write(socket_, bytes, std::forward<Handler>(handler));
  }
  // As much as goes without waiting. Within TLS nothing does: records that are begun have to be finished.
  std::size_t write_now(asio::const_buffer bytes, boost::system::error_code& error) {
    return tls_ ? 0 : socket_.write_some(bytes, error);
  }

  [[nodiscard]] std::size_t available() const {
    boost::system::error_code error;
    const std::size_t bytes = socket_.available(error);
    return error ? 0 : bytes;
  }
  void close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  using Tls = asio::ssl::stream<Socket&>;
  Socket socket_;
  std::unique_ptr<Tls> tls_;
  bool tls_ended_ = false;
};

}  // namespace kpistream::ingest
