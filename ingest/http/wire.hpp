// A connected TCP socket that meets the reactor only when it has to wait. A connection that brings its request along
// and ends after the answer costs four system calls (accept, receive, send, close) and no registration.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <span>
#include <string_view>
#include <utility>

namespace kpistream::ingest {

namespace asio = boost::asio;

// Concrete executor types: Asio's type-erased ones cost a call each.
using Executor = asio::io_context::executor_type;

class Wire {
 public:
  using Error = boost::system::error_code;

  // Takes over `descriptor`, which does not block.
  Wire(asio::io_context& context, int descriptor, bool v6);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // What goes without waiting. 0 and `would_block`: nothing now; 0 and `eof`: the peer sends no more.
  std::size_t read_now(std::span<char> room, Error& error);
  std::size_t write_now(std::string_view bytes, Error& error);

  // Needed once before the asynchronous calls. May fail when the system is out of something.
  void enlist(Error& error);

  template <typename Handler>
  void async_read(std::span<char> room, Handler&& handler) {
    socket_.async_read_some(asio::buffer(room.data(), room.size()), std::forward<Handler>(handler));
  }
  template <typename Handler>
  void async_write(std::string_view bytes, Handler&& handler) {
    asio::async_write(socket_, asio::buffer(bytes), std::forward<Handler>(handler));
  }

  [[nodiscard]] bool input_waiting() const;
  void end_sending();
  void close();  // asynchronous calls under way end with an error

 private:
  asio::basic_stream_socket<asio::ip::tcp, Executor> socket_;
  int descriptor_;  // -1: closed
  bool v6_;
};

}  // namespace kpistream::ingest
