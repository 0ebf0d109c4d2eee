#include "ingest/http/listener.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "ingest/http/worker.hpp"

namespace kpistream::ingest {
namespace {

using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using NoDelay = asio::ip::tcp::no_delay;

constexpr int kBacklog = 4096;
constexpr int kAcceptedAtOnce = 64;  // then others on the thread have their turn
constexpr std::chrono::milliseconds kOutOfDescriptors{100};

std::uint64_t big_endian(const std::uint8_t* bytes, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes[i];
  return value;
}

Source source_of(const sockaddr_storage& peer) {
  constexpr Source kV4 = Source{0xffff} << 32;  // no IPv6 /64 in use looks like this
  if (peer.ss_family != AF_INET6) {
    sockaddr_in v4{};
    std::memcpy(&v4, &peer, sizeof v4);
    return kV4 | ntohl(v4.sin_addr.s_addr);
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &peer, sizeof v6);
  const std::uint8_t* bytes = v6.sin6_addr.s6_addr;
  return IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) ? kV4 | big_endian(bytes + 12, 4) : big_endian(bytes, 8);
}

ServerOptions checked(ServerOptions options) {
  options.threads = std::max(options.threads, 1u);
  options.limits.pipeline_max = std::clamp<std::size_t>(options.limits.pipeline_max, 1, kPipelineMax);
  return options;
}

// An address that is listened at.
struct Door {
  explicit Door(asio::io_context& io) : acceptor(io), pause(io) {}
  Acceptor acceptor;
  Timer pause;
};

std::vector<ListenAddress> addresses_of(const ServerOptions& options) {
  std::vector<ListenAddress> all{{options.address, options.port}};
  all.insert(all.end(), options.also.begin(), options.also.end());
  return all;
}

void listen(const ListenAddress& at, bool v6_only, Acceptor& acceptor) {
  try {
    const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(at.address), at.port);
    acceptor.open(endpoint.protocol());
    acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.set_option(NoDelay(true));  // inherited by what is accepted
    if (v6_only && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true));
    acceptor.bind(endpoint);
    acceptor.listen(kBacklog);
    acceptor.non_blocking(true);
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("cannot listen on " + at.address + " port " + std::to_string(at.port) + ": " +
                             error.code().message());
  }
}

}  // namespace

struct Listener::Impl {
  Impl(const ServerOptions& options, const Clock& clock, std::string_view allowed_methods, const MakeService& make)
      : shared(checked(options), clock) {
    for (unsigned i = 0; i < shared.options.threads; ++i) {
      workers.push_back(std::make_unique<Worker>(shared, allowed_methods));
      workers.back()->set_service(make(*workers.back()));
    }
    for (std::size_t i = 0; i <= shared.options.also.size(); ++i) {
      doors.push_back(std::make_unique<Door>(workers.front()->context()));
    }
  }

  void start();
  void accept_more(Door& door);
  void accept_some(Door& door);
  bool accept_one(Door& door);
  void welcome(int descriptor, const sockaddr_storage& peer);
  void close_doors();
  void stop();

  Shared shared;
  std::vector<std::unique_ptr<Worker>> workers;
  // On the first worker's thread:
  std::vector<std::unique_ptr<Door>> doors;
  std::size_t turn = 0;

  std::vector<std::uint16_t> ports;
  std::mutex stopping;
  bool stopped = false;  // under `stopping`
  std::vector<std::thread> threads;
};

void Listener::Impl::start() {
  const auto addresses = addresses_of(shared.options);
  const bool any_v4 = std::any_of(addresses.begin(), addresses.end(),
                                  [](const ListenAddress& at) { return at.address.find(':') == std::string::npos; });
  for (std::size_t i = 0; i < doors.size(); ++i) {
    listen(addresses[i], any_v4, doors[i]->acceptor);
    ports.push_back(doors[i]->acceptor.local_endpoint().port());
  }
  for (const auto& door : doors) accept_more(*door);
  for (const auto& worker : workers) threads.emplace_back([&worker = *worker] { worker.run(); });
}

// --- On the first worker's thread ------------------------------------------------------------------------------------

void Listener::Impl::accept_more(Door& door) {
  door.acceptor.async_wait(asio::socket_base::wait_read, [this, &door](const error_code& error) {
    if (!error) accept_some(door);
  });
}

void Listener::Impl::accept_some(Door& door) {
  for (int i = 0; i < kAcceptedAtOnce; ++i) {
    if (accept_one(door)) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) break;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      door.pause.expires_after(kOutOfDescriptors);  // else we would turn in circles
      return door.pause.async_wait([this, &door](const error_code& error) {
        if (!error && door.acceptor.is_open()) accept_more(door);
      });
    }
  }
  accept_more(door);
}

bool Listener::Impl::accept_one(Door& door) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  const int descriptor =
      ::accept4(door.acceptor.native_handle(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (descriptor < 0) return false;
  welcome(descriptor, peer);
  return true;
}

void Listener::Impl::welcome(int descriptor, const sockaddr_storage& peer) {
  const Source source = source_of(peer);
  if (!shared.admission.enter(source)) {
    const std::string_view text = workers.front()->book().text(Answer::overloaded, After::close);
    (void)::send(descriptor, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);  // as far as it goes
    ::close(descriptor);
    return shared.count(Answer::overloaded);
  }
  const bool v6 = peer.ss_family == AF_INET6;
  Worker& worker = *workers[turn++ % workers.size()];
  if (&worker == workers.front().get()) return worker.adopt(descriptor, v6, source);
  worker.post([&worker, descriptor, v6, source] { worker.adopt(descriptor, v6, source); });
}

// --- Anywhere --------------------------------------------------------------------------------------------------------

void Listener::Impl::close_doors() {
  error_code ignored;
  for (const auto& door : doors) door->acceptor.close(ignored);
}

void Listener::Impl::stop() {
  const std::lock_guard lock(stopping);
  stopped = true;
  for (const auto& worker : workers) worker->stop();
  for (std::thread& thread : threads) thread.join();
  threads.clear();
  close_doors();
  for (const auto& worker : workers) worker->cut_off();
}

Listener::Listener(const ServerOptions& options, const Clock& clock, std::string_view allowed_methods,
                   const MakeService& make)
    : impl_(std::make_unique<Impl>(options, clock, allowed_methods, make)) {}

Listener::~Listener() { stop(); }

void Listener::start() { impl_->start(); }

std::vector<std::uint16_t> Listener::ports() const { return impl_->ports; }

bool Listener::drain(std::chrono::milliseconds timeout) {
  {
    const std::lock_guard lock(impl_->stopping);
    if (impl_->stopped || impl_->threads.empty()) return true;
    impl_->workers.front()->post([impl = impl_.get()] { impl->close_doors(); });
    for (const auto& worker : impl_->workers) worker->post([&worker = *worker] { worker.drain(); });
  }
  const bool done = impl_->shared.admission.wait_empty(timeout);
  stop();
  return done;
}

void Listener::stop() { impl_->stop(); }

void Listener::set_tls(std::shared_ptr<const TlsIdentity> identity) { impl_->shared.tls.set(std::move(identity)); }

void Listener::publish(const StreamText& text) {
  for (const auto& worker : impl_->workers) worker->post([&worker = *worker, text] { worker.publish(text); });
}

std::size_t Listener::streams() const { return impl_->shared.streams.open.load(std::memory_order_relaxed); }

double Listener::streams_dropped() const { return impl_->shared.streams.dropped.value(); }

std::size_t Listener::connections() const { return impl_->shared.admission.count(); }

double Listener::count(Answer answer) const { return impl_->shared.answers[static_cast<std::size_t>(answer)].value(); }

void collect_connections(MeterSink& sink, std::string_view listener, std::size_t connections) {
  sink.gauge("kpistream_http_connections", "This counts the open HTTP connections.", {{"listener", listener}},
             static_cast<double>(connections));
}

}  // namespace kpistream::ingest
