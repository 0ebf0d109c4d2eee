// One I/O thread: its connections, their deadlines and its service.
#pragma once

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "ingest/http/admission.hpp"
#include "ingest/http/answers.hpp"
#include "ingest/http/server.hpp"
#include "ingest/http/service.hpp"
#include "ingest/http/tls.hpp"

namespace kpistream::ingest {

namespace asio = boost::asio;

// Concrete executor types: Asio's type-erased ones cost a call each.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;
using TimePoint = std::chrono::steady_clock::time_point;

class Session;

using StreamText = std::shared_ptr<const std::string>;

// Of connections that are accepted from now on; none: in the clear. Thread-safe.
class TlsIdentities {
 public:
  void set(std::shared_ptr<const TlsIdentity> identity) {
    const std::lock_guard lock(mutex_);
    identity_ = std::move(identity);
  }
  [[nodiscard]] std::shared_ptr<const TlsIdentity> get() const {
    const std::lock_guard lock(mutex_);
    return identity_;
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsIdentity> identity_;  // guarded by mutex_
};

// How many streams there are. Thread-safe.
struct Streams {
  explicit Streams(std::size_t most) : max(most) {}

  [[nodiscard]] bool enter() {
    if (open.fetch_add(1, std::memory_order_relaxed) < max) return true;
    leave();
    return false;
  }
  void leave() { open.fetch_sub(1, std::memory_order_relaxed); }

  const std::size_t max;
  std::atomic<std::size_t> open{0};
  Counter dropped;
};

// What the threads of one server share.
struct Shared {
  Shared(const ServerOptions& server_options, const Clock& server_clock)
      : options(server_options),
        clock(server_clock),
        admission(options.limits.connections_max, options.limits.connections_per_source_max),
        streams(options.limits.streams_max) {}

  const ServerOptions options;
  const Clock& clock;
  Admission admission;
  Streams streams;
  TlsIdentities tls;
  std::atomic<std::size_t> buffered_bytes{0};
  std::array<Counter, kAnswers> answers;

  void count(Answer answer) { answers[static_cast<std::size_t>(answer)].add(); }
};

// Everything but post(), stop() and the constructor belongs to the thread that calls run().
class Worker final : public Loop {
 public:
  Worker(Shared& shared, std::string_view allowed_methods);
  ~Worker() override;

  void set_service(std::unique_ptr<Service> service) { service_ = std::move(service); }

  void run();
  void stop() { context_.stop(); }
  void post(std::function<void()> work) override;

  // Takes over a connected socket that was admitted.
  void adopt(int descriptor, bool v6, Source source);
  void publish(const StreamText& text);
  // Lets the connections end. New ones may still come, and are served one request.
  void drain();
  // Closes all connections. REQUIRES: run() has ended.
  void cut_off();
  // Forgets a closed session.
  void remove(Session& session);

  [[nodiscard]] asio::io_context& context() { return context_; }
  [[nodiscard]] Shared& shared() { return shared_; }
  [[nodiscard]] const ServerLimits& limits() const { return shared_.options.limits; }
  [[nodiscard]] Service& service() { return *service_; }
  [[nodiscard]] const AnswerBook& book() const override { return book_; }
  [[nodiscard]] TimePoint now() const { return now_; }  // as of the last sweep
  [[nodiscard]] bool draining() const { return draining_; }

 private:
  void tick();
  void sweep();

  Shared& shared_;
  asio::io_context context_;  // first: handlers that it destroys may own sessions and the service's memory
  Timer timer_;
  AnswerBook book_;
  std::unique_ptr<Service> service_;
  std::vector<std::shared_ptr<Session>> sessions_;
  TimePoint now_;
  bool draining_ = false;
};

}  // namespace kpistream::ingest
