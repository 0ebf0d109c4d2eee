#include "ingest/rest/reader_base.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace kpistream::ingest {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds kJournalFull{100};  // pause before a full journal is tried again
constexpr auto kDone = asio::as_tuple(asio::use_awaitable);

// The wish stays in the state until its reading is processed, so nobody here needs to hear of the outcome.
class Unheard : public AppendListener {
 public:
  void on_group(std::span<const Ticket> /*tickets*/) noexcept override {}
};

AppendListener& unheard() {
  static Unheard listener;
  return listener;
}

}  // namespace

RestPool::RestPool() : impl_(std::make_unique<Impl>()) {}

RestPool::~RestPool() {
  impl_->work.reset();
  impl_->io.stop();
  impl_->thread.join();
}

ReaderBase::ReaderBase(RestPool& pool, ReaderOptions options, Journal& journal, const Clock& clock, Crm crm,
                       ApiBudget budget)
    : options_(std::move(options)),
      clock_(clock),
      base_(BaseUrl::parse(options_.base_url)),
      io_(pool.impl().io),
      journal_(journal),
      crm_(crm),
      budget_(budget),
      client_(io_, base_, options_.deadline, options_.answer_bytes_max),
      timer_(io_),
      jitter_(std::random_device{}()),
      retry_(options_.retry_first) {}

ReaderBase::~ReaderBase() = default;

void ReaderBase::on_wishes(const std::vector<Wish>& open, const std::vector<Wish>& fulfilled) {
  wishes_.update(open, fulfilled);
  if (!open.empty() && started_) asio::post(io_, [this] { timer_.cancel(); });
}

void ReaderBase::start() {
  if (started_) return;
  started_ = true;
  asio::co_spawn(
      io_,
      [this]() -> asio::awaitable<void> {
        co_await run();
        ended_.set_value();
      },
      asio::detached);
}

void ReaderBase::stop() {
  if (!started_ || stopping_.exchange(true)) return;
  asio::post(io_, [this] {
    client_.cancel();
    timer_.cancel();
  });
  ended_.get_future().wait();
}

void ReaderBase::collect(MeterSink& sink) const {
  constexpr const char* kNames[] = {"ok", "limited", "failed", "denied"};
  const std::string_view portal = options_.portal;
  for (std::size_t i = 0; i < 4; ++i) {
    sink.counter("kpistream_api_requests_total",
                 "Requests to the portal's REST API since the start, by how they ended.",
                 {{"portal", portal}, {"result", kNames[i]}}, results_[i].value());
  }
  sink.gauge("kpistream_enrichment_queue", "Readings that the figures wait for.", {{"portal", portal}},
             static_cast<double>(wishes_.size()));
  sink.gauge("kpistream_api_budget_remaining_ratio", "Share of the portal's request budget that is left, as kept here.",
             {{"portal", portal}}, remaining_);
}

ReaderBase::Result ReaderBase::judge(const HttpAnswer& answer) const {
  if (!answer.arrived) return Result::failed;
  if (answer.status == 429 || answer.status == 503) return Result::limited;
  if (answer.status == 401 || answer.status == 402 || answer.status == 403) return Result::denied;
  const bool json = answer.status == 204 || answer.type.find("json") != std::string::npos;
  if (answer.status >= 500 || (answer.status >= 300 && answer.status < 400) || !json) return Result::failed;
  return Result::ok;
}

asio::awaitable<ReaderBase::Result> ReaderBase::ask(HttpRequest request, HttpAnswer& answer) {
  for (auto wait = budget_.wait(now()); wait.count() > 0 && !stopping(); wait = budget_.wait(now()))
    co_await pause(wait);
  budget_.spend(now());
  remaining_ = budget_.remaining_ratio(now());
  answer = co_await client_.ask(std::move(request));
  const Result result = judge(answer);
  results_[static_cast<std::size_t>(result)].add();
  if (result == Result::ok) {
    retry_ = options_.retry_first;
  } else {
    if (result == Result::limited) budget_.fill(now());
    co_await back_off();
  }
  co_return result;
}

void ReaderBase::note_limited() {
  results_[static_cast<std::size_t>(Result::limited)].add();
  budget_.fill(now());
}

asio::awaitable<void> ReaderBase::back_off() {
  const auto spread = static_cast<std::int64_t>(jitter_() % 50);
  co_await pause(retry_ + retry_ * spread / 100);
  retry_ = std::min(2 * retry_, options_.retry_most);
}

asio::awaitable<void> ReaderBase::record(std::string subject, Position asked, unsigned status, std::string body) {
  NewRecord reading;
  reading.kind = RecordKind::reading;
  reading.crm = crm_;
  reading.portal = options_.portal;
  reading.arrived = clock_.wall();
  reading.subject = std::move(subject);
  reading.asked = asked;
  reading.status = static_cast<std::uint16_t>(status);
  reading.body = std::move(body);
  while (!stopping() && !journal_.append(reading, unheard(), 0)) co_await pause(kJournalFull);
}

asio::awaitable<void> ReaderBase::idle(std::chrono::milliseconds most) {
  const auto until = now() + most;
  while (!stopping() && wishes_.empty() && now() < until) {
    // Cut short by on_wishes(); short enough that a clock of the tests is followed.
    timer_.expires_after(std::min<std::chrono::steady_clock::duration>(until - now(), std::chrono::seconds(1)));
    co_await timer_.async_wait(kDone);
  }
}

asio::awaitable<void> ReaderBase::pause(std::chrono::milliseconds time) {
  const auto until = now() + time;
  while (!stopping() && now() < until) {
    timer_.expires_after(until - now());
    co_await timer_.async_wait(kDone);
  }
}

}  // namespace kpistream::ingest
