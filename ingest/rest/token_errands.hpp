// Does the errands of a token store: asks the server that gives tokens, one request at a time. Internal to ingest/rest:
// brings Asio along.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <string>

#include "ingest/rest/budget.hpp"
#include "ingest/rest/http_client.hpp"
#include "ingest/rest/token_store.hpp"
#include "stream/ports/clock.hpp"

namespace kpistream::ingest {

// Of the pool's thread alone.
class TokenErrands {
 public:
  // Asks the portal whose access token this is.
  using AskRank = std::function<boost::asio::awaitable<Rank>(std::string access)>;

  // Throws std::runtime_error when the server's address is none that may be called. All must outlive it.
  TokenErrands(boost::asio::io_context& io, TokenStore& store, const Clock& clock, HttpLimits limits);

  // Everything that is to be done now. False: something is to be tried again later.
  boost::asio::awaitable<bool> run(AskRank ask_rank);
  // An answer under way may be the only copy of a pair: it is waited for a little.
  void cancel();

 private:
  boost::asio::awaitable<bool> exchange(TokenStore::Errand errand);

  TokenStore& store_;
  const Clock& clock_;
  const BaseUrl server_;
  HttpClient client_;
  boost::asio::steady_timer grace_;
  bool asking_ = false;
  bool cancelled_ = false;
  ApiBudget strangers_;  // they can make us ask the server for nothing, but not often
};

}  // namespace kpistream::ingest
