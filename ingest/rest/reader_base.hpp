// What the readers of both CRMs share: the budget, the pauses, the figures, and the way into the journal. Internal.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <future>
#include <optional>
#include <thread>

#include "ingest/rest/backoff.hpp"
#include "ingest/rest/budget.hpp"
#include "ingest/rest/http_client.hpp"
#include "ingest/rest/journal_writer.hpp"
#include "ingest/rest/readers.hpp"
#include "ingest/rest/token_errands.hpp"
#include "ingest/rest/wish_queue.hpp"

namespace kpistream::ingest {

struct RestPool::Impl {
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  std::thread thread{[this] { io.run(); }};
  Budgets budgets;
};

// Everything but on_wishes(), collect(), start() and stop() runs on the pool's thread. The destructors of what is
// derived from it call stop(), started or not: nothing of it waits in the pool then.
class ReaderBase : public Reader {
 public:
  // What we take of what a CRM allows: requests at once, in the long run, and at once after a start.
  struct Rate {
    double burst;
    double per_second;
    double first;
  };

  ReaderBase(RestPool& pool, ReaderOptions options, Journal& journal, const Clock& clock, Crm crm, Rate rate);
  ~ReaderBase() override;

  void on_wishes(const std::vector<Wish>& open, const std::vector<Wish>& fulfilled) override;
  void start() override;
  void stop() override;
  void collect(MeterSink& sink) const override;

 protected:
  using Time = std::chrono::steady_clock::time_point;
  enum class Result : std::uint8_t { ok, limited, failed, denied };

  // For the spread of pauses.
  [[nodiscard]] static std::function<double()> chance_of(const ReaderOptions& options);

  // Works until stopping(); never throws.
  virtual boost::asio::awaitable<void> run() = 0;
  // The closed table: any other subject is dropped where it comes in.
  [[nodiscard]] virtual bool knows(std::string_view subject) const = 0;
  // How much a wish can wait, see WishQueue. Called under no lock of ours, by on_wishes().
  [[nodiscard]] virtual unsigned patience(std::string_view subject) {
    (void)subject;
    return 0;
  }
  // There is a wish that can be asked for now.
  [[nodiscard]] virtual bool has_work() const = 0;

  // True as well when the journal has failed.
  [[nodiscard]] bool stopping() const { return stopping_ || writer_.failed(); }

  // Waits for the budget, and for the application's access token where there is one to go with it, then asks. Each
  // answer is to be judged and concluded.
  boost::asio::awaitable<HttpAnswer> ask(HttpRequest request);
  // By HTTP alone: ok is JSON with 200 or 201, or 204, or a 4xx that says something about what was asked.
  [[nodiscard]] static Result judge(const HttpAnswer& answer);
  // Counts the request. All but ok are followed by a pause, which grows as long as there is no `progress`.
  boost::asio::awaitable<void> conclude(Result result, bool progress);
  // The same without the pause.
  void count(Result result, bool progress);

  // Into the journal, waiting while it is full.
  boost::asio::awaitable<void> record(std::string subject, Position asked, unsigned status, std::string body);
  // Until what was recorded is safe.
  boost::asio::awaitable<void> settle();

  // Until has_work(), `until` or stopping().
  boost::asio::awaitable<void> idle(Time until);
  boost::asio::awaitable<void> pause(std::chrono::milliseconds time);

  [[nodiscard]] Time now() const { return clock_.steady(); }

  [[nodiscard]] bool running() const { return started_; }
  // Runs on the pool's thread, between two steps of run(), which then looks again at what it waits for.
  void post(std::function<void()> work);

  const ReaderOptions options_;
  const Clock& clock_;
  const BaseUrl base_;
  WishQueue wishes_;

 private:
  void wake();
  void flush();
  boost::asio::awaitable<HttpAnswer> ask_within_budget(HttpRequest request);
  boost::asio::awaitable<HttpAnswer> ask_as_application(HttpRequest request);
  boost::asio::awaitable<std::optional<std::string>> access_token();
  boost::asio::awaitable<bool> run_errands();
  boost::asio::awaitable<Rank> rank_of(std::string access);
  boost::asio::awaitable<void> sleep_until(Time time);

  boost::asio::io_context& io_;
  const Crm crm_;
  HttpClient client_;
  std::optional<TokenErrands> errands_;  // of an application
  boost::asio::steady_timer timer_;
  Backoff backoff_;
  const std::shared_ptr<SharedBudget> budget_;
  Counter results_[4];
  std::atomic<bool> stopping_{false};
  std::atomic<bool> started_{false};
  std::promise<void> ended_;
  JournalWriter writer_;
};

}  // namespace kpistream::ingest
