// What the readers of both CRMs share: the budget, the pauses, the figures, and the way into the journal. Internal.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <random>
#include <thread>

#include "ingest/rest/budget.hpp"
#include "ingest/rest/http_client.hpp"
#include "ingest/rest/readers.hpp"
#include "ingest/rest/wish_queue.hpp"

namespace kpistream::ingest {

struct RestPool::Impl {
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  std::thread thread{[this] { io.run(); }};
};

// Everything but on_wishes(), collect(), start() and stop() runs on the pool's thread.
class ReaderBase : public Reader {
 public:
  ReaderBase(RestPool& pool, ReaderOptions options, Journal& journal, const Clock& clock, Crm crm, ApiBudget budget);
  ~ReaderBase() override;

  void on_wishes(const std::vector<Wish>& open, const std::vector<Wish>& fulfilled) override;
  void start() override;
  void stop() override;
  void collect(MeterSink& sink) const override;

 protected:
  enum class Result : std::uint8_t { ok, limited, failed, denied };

  // Works until stopping(); never throws.
  virtual boost::asio::awaitable<void> run() = 0;

  [[nodiscard]] bool stopping() const { return stopping_; }

  // Waits for the budget, asks, and counts how it went. A limited, failed or denied answer is followed by a growing
  // pause.
  boost::asio::awaitable<Result> ask(HttpRequest request, HttpAnswer& answer);
  // Something that is limited without being an HTTP error (inside a Bitrix24 batch).
  void note_limited();

  // Into the journal, waiting while it is full.
  boost::asio::awaitable<void> record(std::string subject, Position asked, unsigned status, std::string body);

  // Until a wish waits, the time has come or stopping(). Returns at the latest after `most`.
  boost::asio::awaitable<void> idle(std::chrono::milliseconds most);
  boost::asio::awaitable<void> pause(std::chrono::milliseconds time);

  [[nodiscard]] std::chrono::steady_clock::time_point now() const { return clock_.steady(); }

  const ReaderOptions options_;
  const Clock& clock_;
  const BaseUrl base_;
  WishQueue wishes_;

 private:
  [[nodiscard]] Result judge(const HttpAnswer& answer) const;
  boost::asio::awaitable<void> back_off();

  boost::asio::io_context& io_;
  Journal& journal_;
  const Crm crm_;
  ApiBudget budget_;
  HttpClient client_;
  boost::asio::steady_timer timer_;
  std::minstd_rand jitter_;
  std::chrono::milliseconds retry_;
  std::atomic<double> remaining_{1};
  Counter results_[4];
  std::atomic<bool> stopping_{false};
  bool started_ = false;
  std::promise<void> ended_;
};

}  // namespace kpistream::ingest
