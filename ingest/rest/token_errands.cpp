#include "ingest/rest/token_errands.hpp"

namespace kpistream::ingest {
namespace {

namespace asio = boost::asio;

constexpr double kStrangersAtOnce = 3;
constexpr double kStrangersPerSecond = 0.1;
constexpr std::chrono::seconds kGrace{5};  // within the ten seconds of SIGTERM
constexpr int kErrandsMost = 8;            // in a row: whatever the server answers, requests go on

}  // namespace

TokenErrands::TokenErrands(asio::io_context& io, TokenStore& store, const Clock& clock, HttpLimits limits)
    : store_(store),
      clock_(clock),
      server_(BaseUrl::parse(store.client().server)),
      client_(io, server_, limits),
      grace_(io),
      strangers_(kStrangersAtOnce, kStrangersPerSecond, kStrangersAtOnce, clock.steady()) {}

void TokenErrands::cancel() {
  cancelled_ = true;
  if (!asking_) return client_.cancel();
  grace_.expires_after(kGrace);
  grace_.async_wait([this](boost::system::error_code answered) {
    if (!answered) client_.cancel();
  });
}

asio::awaitable<bool> TokenErrands::run(AskRank ask_rank) {
  for (int i = 0; i < kErrandsMost && !cancelled_; ++i) {
    const bool any = strangers_.wait(clock_.steady()).count() == 0;
    const auto errand = store_.next(any);
    if (!errand) co_return !store_.pending();
    bool done = false;
    if (errand->kind == TokenStore::Errand::Kind::candidate) {
      const Rank rank = co_await ask_rank(errand->token);
      done = store_.checked(rank);
    } else {
      if (errand->kind == TokenStore::Errand::Kind::offer) strangers_.spend(clock_.steady());
      done = co_await exchange(*errand);
    }
    if (!done) co_return false;
  }
  co_return false;
}

asio::awaitable<bool> TokenErrands::exchange(TokenStore::Errand errand) {
  if (!store_.begin(errand)) co_return false;
  const ExchangeRequest asked = exchange_request(store_.client(), errand.token, errand.grant);
  HttpRequest request;
  request.post = true;
  request.target = server_.path + asked.path;
  request.body = asked.body;
  request.content_type = asked.content_type;
  asking_ = true;
  const HttpAnswer answer = co_await client_.ask(std::move(request));
  asking_ = false;
  grace_.cancel();
  const unsigned status = answer.arrived && answer.json ? answer.status : 0;
  co_return store_.take(errand, exchange_answer(status, answer.body, clock_.wall()));
}

}  // namespace kpistream::ingest
