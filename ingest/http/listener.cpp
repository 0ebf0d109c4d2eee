#include "ingest/http/listener.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/address.hpp>
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

}  // namespace

struct Listener::Impl {
  Impl(const ServerOptions& options, const Clock& clock, std::string_view allowed_methods, const MakeService& make)
      : shared(checked(options), clock) {
    for (unsigned i = 0; i < shared.options.threads; ++i) {
      workers.push_back(std::make_unique<Worker>(shared, allowed_methods));
      workers.back()->set_service(make(*workers.back()));
    }
    acceptor = std::make_unique<Acceptor>(workers.front()->context());
    pause = std::make_unique<Timer>(workers.front()->context());
  }

  void start();
  void accept_more();
  void accept_some();
  bool accept_one();
  void welcome(int descriptor, const sockaddr_storage& peer);
  void stop();

  Shared shared;
  std::vector<std::unique_ptr<Worker>> workers;
  // On the first worker's thread:
  std::unique_ptr<Acceptor> acceptor;
  std::unique_ptr<Timer> pause;
  std::size_t turn = 0;

  std::uint16_t port = 0;
  std::mutex stopping;
  bool stopped = false;  // under `stopping`
  std::vector<std::thread> threads;
};

void Listener::Impl::start() {
  const ServerOptions& options = shared.options;
  try {
    const asio::ip::tcp::endpoint endpoint(asio::ip::make_address(options.address), options.port);
    acceptor->open(endpoint.protocol());
    acceptor->set_option(asio::socket_base::reuse_address(true));
    acceptor->set_option(NoDelay(true));  // inherited by what is accepted
    acceptor->bind(endpoint);
    acceptor->listen(kBacklog);
    acceptor->non_blocking(true);
    port = acceptor->local_endpoint().port();
  } catch (const boost::system::system_error& error) {
    throw std::runtime_error("cannot listen on " + options.address + " port " + std::to_string(options.port) + ": " +
                             error.code().message());
  }
  accept_more();
  for (const auto& worker : workers) threads.emplace_back([&worker = *worker] { worker.run(); });
}

// --- On the first worker's thread ------------------------------------------------------------------------------------

void Listener::Impl::accept_more() {
  acceptor->async_wait(asio::socket_base::wait_read, [this](const error_code& error) {
    if (!error) accept_some();
  });
}

void Listener::Impl::accept_some() {
  for (int i = 0; i < kAcceptedAtOnce; ++i) {
    if (accept_one()) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) break;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      pause->expires_after(kOutOfDescriptors);  // else we would turn in circles
      return pause->async_wait([this](const error_code& error) {
        if (!error && acceptor->is_open()) accept_more();
      });
    }
  }
  accept_more();
}

bool Listener::Impl::accept_one() {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  const int descriptor =
      ::accept4(acceptor->native_handle(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
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

void Listener::Impl::stop() {
  const std::lock_guard lock(stopping);
  stopped = true;
  for (const auto& worker : workers) worker->stop();
  for (std::thread& thread : threads) thread.join();
  threads.clear();
  error_code ignored;
  acceptor->close(ignored);
  for (const auto& worker : workers) worker->cut_off();
}

Listener::Listener(const ServerOptions& options, const Clock& clock, std::string_view allowed_methods,
                   const MakeService& make)
    : impl_(std::make_unique<Impl>(options, clock, allowed_methods, make)) {}

Listener::~Listener() { stop(); }

void Listener::start() { impl_->start(); }

std::uint16_t Listener::port() const { return impl_->port; }

bool Listener::drain(std::chrono::milliseconds timeout) {
  {
    const std::lock_guard lock(impl_->stopping);
    if (impl_->stopped || impl_->threads.empty()) return true;
    impl_->workers.front()->post([impl = impl_.get()] {
      error_code ignored;
      impl->acceptor->close(ignored);
    });
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
