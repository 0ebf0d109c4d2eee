#include "app/connect/account_client.hpp"

#include <array>
#include <chrono>
#include <thread>

#include "ingest/rest/portal_client.hpp"

namespace kpistream::app {
namespace {

using Next = ingest::AmoHookOrder::Next;

constexpr std::chrono::milliseconds kDeadline{30'000};
constexpr std::chrono::milliseconds kPace{250};  // 7 requests a second are allowed, with the daemon's own
constexpr std::array<std::chrono::seconds, 3> kBusy{std::chrono::seconds(1), std::chrono::seconds(2),
                                                    std::chrono::seconds(4)};
constexpr std::array<int, 4> kHostPauses{5, 10, 20, 30};  // seconds

}  // namespace

AccountClient::AccountClient(std::string address, std::string token)
    : address_(std::move(address)), token_(std::move(token)) {}

AccountAnswer AccountClient::ask(const std::string& call, const std::string& body, bool erase) {
  for (std::size_t attempt = 0;; ++attempt) {
    std::this_thread::sleep_for(kPace);
    auto answer = ingest::ask_portal(address_, call, body, token_, kDeadline, erase);
    if (answer.status != 429 || attempt == kBusy.size()) return {answer.status, answer.json, std::move(answer.body)};
    std::this_thread::sleep_for(kBusy.at(attempt));
  }
}

AccountFacts AccountClient::facts() {
  return ask_account([this](const std::string& call) { return ask(call); });
}

ingest::AmoHookView AccountClient::webhooks(const ingest::AmoHookAddress& address) {
  const auto answer = ask(std::string(ingest::kAmoHooksList));
  return ingest::view_amo_hooks(answer.status, answer.body, address);
}

HookOrdered AccountClient::order(const std::string& destination, const std::vector<std::string>& settings,
                                 const std::function<void(int seconds)>& waits) {
  ingest::AmoHookOrder order(destination, settings);
  HookOrdered ordered;
  for (std::size_t pauses = 0;;) {
    const auto answer = ask(std::string(ingest::kAmoHooksCall), order.body());
    ordered.status = answer.status;
    ordered.end = order.take(answer.status, answer.body);
    ordered.unknown = order.unknown();
    ordered.events = settings.size() - ordered.unknown.size();
    if (ordered.end == Next::again) continue;
    const bool later = ordered.end == Next::later || ordered.end == Next::no_host;
    if (!later || pauses == kHostPauses.size()) return ordered;
    const int seconds = kHostPauses.at(pauses++);
    waits(seconds);
    std::this_thread::sleep_for(std::chrono::seconds(seconds));
  }
}

bool AccountClient::remove(const std::string& destination) {
  const auto answer = ask(std::string(ingest::kAmoHooksCall), ingest::amo_hook_removal(destination), true);
  return answer.status == 204 || answer.status == 200 || answer.status == 404;
}

}  // namespace kpistream::app
