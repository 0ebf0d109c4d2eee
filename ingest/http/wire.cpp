#include "ingest/http/wire.hpp"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace kpistream::ingest {
namespace {

std::size_t counted(ssize_t size, Wire::Error& error) {
  if (size >= 0) return static_cast<std::size_t>(size);
  error.assign(errno == EAGAIN ? EWOULDBLOCK : errno, boost::system::system_category());
  return 0;
}

}  // namespace

Wire::Wire(asio::io_context& context, int descriptor, bool v6) : socket_(context), descriptor_(descriptor), v6_(v6) {}

Wire::~Wire() { close(); }

std::size_t Wire::read_now(std::span<char> room, Error& error) {
  const std::size_t size = counted(::recv(descriptor_, room.data(), room.size(), MSG_DONTWAIT), error);
  if (size == 0 && !error) error = asio::error::eof;
  return size;
}

std::size_t Wire::write_now(std::string_view bytes, Error& error) {
  return counted(::send(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL), error);
}

void Wire::enlist(Error& error) {
  if (!socket_.is_open()) socket_.assign(v6_ ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), descriptor_, error);
}

bool Wire::input_waiting() const {
  int size = 0;
  return ::ioctl(descriptor_, FIONREAD, &size) == 0 && size > 0;
}

void Wire::end_sending() { ::shutdown(descriptor_, SHUT_WR); }

void Wire::close() {
  if (socket_.is_open()) {
    Error ignored;
    socket_.close(ignored);
  } else if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
  descriptor_ = -1;
}

}  // namespace kpistream::ingest
