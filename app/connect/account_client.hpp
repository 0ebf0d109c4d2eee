// One amoCRM or Kommo account, asked for a command: a few requests a second, and again when it is busy.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/connect/account_facts.hpp"
#include "ingest/rest/amocrm_hooks.hpp"

namespace kpistream::app {

// What became of a webhook that was ordered.
struct HookOrdered {
  ingest::AmoHookOrder::Next end = ingest::AmoHookOrder::Next::failed;
  unsigned status = 0;               // of the last answer
  std::size_t events = 0;            // it is told of
  std::vector<std::string> unknown;  // events that the account does not know
  [[nodiscard]] bool made() const { return end == ingest::AmoHookOrder::Next::done; }
};

// Blocks. Not thread-safe.
class AccountClient {
 public:
  // `address`: "https://demostroy.amocrm.ru". Both end up in requests only.
  AccountClient(std::string address, std::string token);

  // Throw std::runtime_error when the address is none that may be called.
  [[nodiscard]] AccountFacts facts();
  [[nodiscard]] ingest::AmoHookView webhooks(const ingest::AmoHookAddress& address);
  // Waits up to a minute for an account that cannot find the host yet, or is busy; `waits`: how many seconds, before
  // each pause.
  HookOrdered order(const std::string& destination, const std::vector<std::string>& settings,
                    const std::function<void(int seconds)>& waits);
  bool remove(const std::string& destination);

 private:
  AccountAnswer ask(const std::string& call, const std::string& body = "", bool erase = false);

  const std::string address_;
  const std::string token_;
};

}  // namespace kpistream::app
