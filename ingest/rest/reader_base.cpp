#include "ingest/rest/reader_base.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>

namespace kpistream::ingest {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds kJournalFull{100};  // pause before a full journal is tried again
constexpr auto kDone = asio::as_tuple(asio::use_awaitable);

}  // namespace

std::function<double()> ReaderBase::chance_of(const ReaderOptions& options) {
  if (options.chance) return options.chance;
  return [random = std::minstd_rand(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<double>(0, 1)(random);
  };
}

RestPool::RestPool() : impl_(std::make_unique<Impl>()) {}

RestPool::~RestPool() {
  impl_->work.reset();
  impl_->io.stop();
  impl_->thread.join();
}

ReaderBase::ReaderBase(RestPool& pool, ReaderOptions options, Journal& journal, const Clock& clock, Crm crm, Rate rate)
    : options_(std::move(options)),
      clock_(clock),
      base_(BaseUrl::parse(options_.base_url)),
      io_(pool.impl().io),
      crm_(crm),
      client_(io_, base_, {options_.deadline, options_.answer_bytes_max}),
      timer_(io_),
      backoff_(options_.retry_first, options_.retry_most, chance_of(options_)),
      budget_(pool.impl().budgets.of(base_.host, {options_.burst > 0 ? options_.burst : rate.burst,
                                                  options_.per_second > 0 ? options_.per_second : rate.per_second,
                                                  options_.burst > 0 ? options_.burst : rate.first, clock.steady()})),
      writer_(journal, [this] { wake(); }) {
  if (!options_.application) return;
  errands_.emplace(io_, *options_.application, clock_, HttpLimits{options_.deadline, options_.answer_bytes_max});
  options_.application->on_event([this] { wake(); });
}

ReaderBase::~ReaderBase() = default;

// Every pause ends and looks again at what it waits for.
void ReaderBase::wake() {
  asio::post(io_, [this] { timer_.cancel(); });
}

void ReaderBase::post(std::function<void()> work) {
  asio::post(io_, [this, work = std::move(work)] {
    work();
    timer_.cancel();
  });
}

// Nothing of ours waits in the pool any more.
void ReaderBase::flush() {
  std::promise<void> done;
  asio::post(io_, [&done] { done.set_value(); });
  done.get_future().wait();
}

void ReaderBase::on_wishes(const std::vector<Wish>& open, const std::vector<Wish>& fulfilled) {
  std::vector<Wish> known;
  for (const auto& wish : open) {
    if (knows(wish.subject)) known.push_back(wish);
  }
  // Of many at once, as at a start, all are seen before one of them is taken for new.
  for (const auto& wish : known) (void)patience(wish.subject);
  wishes_.update(
      known, fulfilled, [this](std::string_view subject) { return patience(subject); }, now());
  wake();
}

void ReaderBase::start() {
  if (started_.exchange(true)) return;
  asio::co_spawn(
      io_,
      [this]() -> asio::awaitable<void> {
        co_await run();
        co_await settle();
        ended_.set_value();
      },
      asio::detached);
}

void ReaderBase::stop() {
  if (options_.application) options_.application->on_event({});
  if (started_ && !stopping_.exchange(true)) {
    asio::post(io_, [this] {
      client_.cancel();
      if (errands_) errands_->cancel();
      timer_.cancel();
    });
    ended_.get_future().wait();
  }
  flush();
}

void ReaderBase::collect(MeterSink& sink) const {
  if (options_.application) options_.application->collect(sink);
  constexpr const char* kNames[] = {"ok", "limited", "failed", "denied"};
  const std::string_view portal = options_.portal;
  for (std::size_t i = 0; i < 4; ++i) {
    sink.counter("kpistream_api_requests_total",
                 "This counts requests to the portal's REST API since the start, by how they ended.",
                 {{"portal", portal}, {"result", kNames[i]}}, results_[i].value());
  }
  sink.gauge("kpistream_enrichment_queue", "This counts readings that the figures wait for.", {{"portal", portal}},
             static_cast<double>(wishes_.size()));
  const auto oldest = wishes_.oldest();
  sink.gauge("kpistream_enrichment_oldest_seconds",
             "This is how long the oldest of these readings is due, or since the start of the program; 0 when none is.",
             {{"portal", portal}}, oldest ? std::chrono::duration<double>(now() - *oldest).count() : 0);
  sink.gauge("kpistream_api_budget_remaining_ratio",
             "This is the share of the portal's request budget that is left, as kept here.", {{"portal", portal}},
             budget_->remaining_ratio(now()));
}

ReaderBase::Result ReaderBase::judge(const HttpAnswer& answer) {
  if (!answer.arrived) return Result::failed;
  if (answer.status == 429 || answer.status == 503) return Result::limited;
  if (answer.status == 401 || answer.status == 402 || answer.status == 403) return Result::denied;
  if (answer.status == 204) return Result::ok;
  const bool speaks = answer.status == 200 || answer.status == 201 || (answer.status >= 400 && answer.status < 500);
  return speaks && answer.json ? Result::ok : Result::failed;
}

asio::awaitable<HttpAnswer> ReaderBase::ask(HttpRequest request) {
  if (errands_) co_return co_await ask_as_application(std::move(request));
  co_return co_await ask_within_budget(std::move(request));
}

// One request, twice when its token has ended: what was answered to the second counts.
asio::awaitable<HttpAnswer> ReaderBase::ask_as_application(HttpRequest request) {
  HttpAnswer answer;
  TokenStore& tokens = *options_.application;
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto access = co_await access_token();
    if (!access) break;
    HttpRequest one = request;
    const bool amocrm = crm_ == Crm::amocrm;
    if (amocrm) {
      one.bearer = *access;
    } else {
      one.body = with_access(request.body, *access);
    }
    answer = co_await ask_within_budget(std::move(one));
    AccessVerdict verdict = AccessVerdict::fine;
    if (answer.arrived) verdict = amocrm ? bearer_verdict(answer.status) : access_verdict(answer.status, answer.body);
    // Of amoCRM a 401 is all there is. A pair that is no better than the one before is not exchanged at once again.
    if (verdict == AccessVerdict::fine || (amocrm && attempt != 0)) break;
    if (verdict == AccessVerdict::expired) {
      tokens.expired(*access);
    } else {
      results_[static_cast<std::size_t>(Result::denied)].add();
      tokens.dead(*access);
    }
  }
  co_return answer;
}

// Waits for one as long as it takes. Nothing: we are stopping.
asio::awaitable<std::optional<std::string>> ReaderBase::access_token() {
  Backoff wait(options_.retry_first, options_.retry_most, chance_of(options_));
  while (!stopping()) {
    const bool done = co_await run_errands();
    if (auto access = options_.application->access()) co_return access;
    // An event ends the pause: wake().
    if (!stopping()) co_await sleep_until(now() + (done ? options_.retry_most : wait.next()));
  }
  co_return std::nullopt;
}

asio::awaitable<bool> ReaderBase::run_errands() {
  co_return co_await errands_->run([this](std::string access) { return rank_of(std::move(access)); });
}

// Whose access token this is. Source: Bitrix24 REST documentation, "profile".
asio::awaitable<Rank> ReaderBase::rank_of(std::string access) {
  HttpRequest request{true, base_.path + "profile.json", "", with_access("{}", access)};
  const HttpAnswer answer = co_await ask_within_budget(std::move(request));
  co_return profile_rank(answer.status, answer.body);
}

asio::awaitable<HttpAnswer> ReaderBase::ask_within_budget(HttpRequest request) {
  HttpAnswer answer;
  while (!stopping()) {
    const auto wait = budget_->take(now());
    if (wait.count() == 0) {
      answer = co_await client_.ask(std::move(request));
      break;
    }
    co_await pause(wait);
  }
  co_return answer;
}

void ReaderBase::count(Result result, bool progress) {
  results_[static_cast<std::size_t>(result)].add();
  if (progress) backoff_.reset();
  if (result == Result::limited) budget_->fill(now());
}

asio::awaitable<void> ReaderBase::conclude(Result result, bool progress) {
  if (stopping()) co_return;  // broken off by ourselves
  count(result, progress);
  if (result != Result::ok) co_await pause(backoff_.next());
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
  while (!stopping() && !writer_.append(reading)) co_await pause(kJournalFull);
}

asio::awaitable<void> ReaderBase::settle() {
  while (writer_.pending()) {
    timer_.expires_at(Time::max());
    co_await timer_.async_wait(kDone);
  }
}

asio::awaitable<void> ReaderBase::idle(Time until) {
  while (!stopping() && !has_work() && now() < until) {
    co_await sleep_until(until);
    // An event may have brought another pair; what cannot be done now is tried again before the next request.
    if (errands_ && !stopping() && options_.application->pending()) (void)co_await run_errands();
  }
}

asio::awaitable<void> ReaderBase::pause(std::chrono::milliseconds time) {
  const Time until = now() + time;
  while (!stopping() && now() < until) co_await sleep_until(until);
}

// Until then or the next wake(); `time` is on our clock, which tests own.
asio::awaitable<void> ReaderBase::sleep_until(Time time) {
  timer_.expires_after(time - now());
  co_await timer_.async_wait(kDone);
}

}  // namespace kpistream::ingest
