// `kpistream connect amocrm`: by an account's address and a long-lived token. The account takes the webhook through its
// API, so that nobody has to tick forty events.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/random.h>

#include <array>
#include <optional>
#include <stdexcept>

#include "app/command_tools.hpp"
#include "app/connect/account_client.hpp"
#include "app/connect/connections.hpp"
#include "app/connect/mapping.hpp"
#include "app/connect/terminal.hpp"
#include "app/json_text.hpp"
#include "app/portals.hpp"
#include "ingest/rest/portal_client.hpp"

namespace kpistream::app {
namespace {

constexpr std::size_t kSecretLength = 40;  // of 32 letters: 200 bits

// For the webhook's address. Throws std::runtime_error when the system has no randomness.
std::string fresh_secret() {
  constexpr std::string_view kLetters = "abcdefghijkmnpqrstuvwxyz23456789";
  std::array<unsigned char, kSecretLength> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw std::runtime_error("the system gives no random bytes");
  }
  std::string secret;
  for (const auto byte : bytes) secret.push_back(kLetters[byte % kLetters.size()]);
  return secret;
}

// amoCRM itself asks for no less than https; http is for this machine, for tests.
bool is_public(const std::string& url) {
  constexpr std::string_view kHost = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:/_";
  const auto begin = url.starts_with("https://") ? 8U : url.starts_with("http://127.0.0.1") ? 7U : 0U;
  return begin != 0 && url.size() > begin && url.find_first_not_of(kHost, begin) == std::string::npos;
}

class AmoConnection final : public Connection {
 public:
  using Connection::Connection;

 private:
  bool read_access() override;
  bool check() override;
  [[nodiscard]] std::string host() const override { return ingest::host_of_url(address_); }
  void introduce() override;
  [[nodiscard]] std::vector<Proposal> proposals() const override { return propose(facts_); }
  bool prepare_hook() override;
  std::vector<File> secrets() override;
  bool make_hook() override;
  [[nodiscard]] Phrase waiting() const override { return Phrase::waiting_amo; }

  [[nodiscard]] std::string statuses_of(const std::string& pipeline) const;
  [[nodiscard]] ingest::AmoHookAddress hook() const;
  bool refused(const HookOrdered& ordered) const;

  std::string address_;
  std::string token_;
  std::string public_url_;
  std::string secret_;
  AccountFacts facts_;
  std::optional<AccountClient> client_;
};

bool AmoConnection::read_access() {
  std::string told = command_.account;
  if (told.empty() && asks_) told = ask_line(text(Phrase::ask_account));
  if (told.empty()) return fail(Phrase::account_missing);
  address_ = account_address(told);
  if (address_.empty()) return fail(Phrase::bad_account);
  token_ = secret_of(command_.token_file, Phrase::ask_amo_token);
  return !token_.empty() || fail(Phrase::amo_token_missing);
}

// What makes everything else pointless ends it; the rest is told, with its cure.
bool AmoConnection::check() {
  tell(Phrase::checking_account);
  std::fflush(stdout);
  client_.emplace(address_, token_);
  try {
    facts_ = client_->facts();
  } catch (const std::runtime_error&) {
    return fail(Phrase::bad_account);
  }
  Findings findings;
  judge_account(facts_, "", "", findings);
  judge_token(token_end(token_), now_of(options_), "", findings);
  show(findings);
  const bool enough = facts_.reached == Reached::yes && facts_.readable("leads") && facts_.readable("leads/pipelines");
  return enough || fail(Phrase::cannot_go_on);
}

std::string AmoConnection::statuses_of(const std::string& pipeline) const {
  std::vector<std::string> shown;
  for (const auto& status : facts_.statuses) {
    if (status.pipeline != pipeline) continue;
    shown.push_back(status.name + " " + status.id +
                    (status.won        ? " (+)"
                     : status.lost     ? " (-)"
                     : status.incoming ? " (…)"
                                       : ""));
  }
  return fmt::format("{}", fmt::join(shown, ", "));
}

void AmoConnection::introduce() {
  const auto on = [this](bool is) { return text(is ? Phrase::word_on : Phrase::word_off); };
  fmt::print("\n");
  tell(Phrase::found_account, {facts_.id, facts_.name, facts_.zone, facts_.currency});
  const std::string reasons = facts_.loss_reasons ? std::to_string(facts_.reasons.size()) : on(false);
  tell(Phrase::found_features, {on(facts_.unsorted), on(facts_.customers), reasons});
  for (const auto& pipeline : facts_.pipelines) {
    tell(Phrase::found_pipeline, {pipeline.id, pipeline.name, statuses_of(pipeline.id)});
  }
  const auto names = [this](Phrase phrase, const auto& all) {
    Ids shown;
    for (const auto& one : all) shown.push_back(one.name + " " + one.id);
    if (!shown.empty()) tell(phrase, {joined(shown)});
  };
  names(Phrase::found_task_types, facts_.task_types);
  names(Phrase::found_users, facts_.users);
  names(Phrase::found_sources, facts_.sources);
}

bool AmoConnection::prepare_hook() {
  public_url_ = public_url();
  if (public_url_.empty()) return fail(Phrase::public_url_missing);
  if (!is_public(public_url_)) return fail(Phrase::bad_public_url, {public_url_});
  secret_ = fresh_secret();
  fmt::print("\n");
  return true;
}

std::vector<Connection::File> AmoConnection::secrets() {
  const std::string hook = beside(entry_.alias + ".hook");
  const std::string token = beside(entry_.alias + ".token");
  const std::string zone = command_.zone.empty() ? facts_.zone : command_.zone;
  entry_.lines = {{"crm", "amocrm"},
                  {"zone", zone.empty() ? "Europe/Moscow" : zone},
                  {"currency", facts_.currency.empty() ? "RUB" : facts_.currency},
                  {"account_id", json(facts_.id)},
                  {"hook_secrets_file", json(hook)},
                  {"rest_url", address_},
                  {"token_file", json(token)},
                  {"hook", "{url: " + json(public_url_) + "}"}};
  return {{hook, secret_ + "\n", true}, {token, token_ + "\n", true}};
}

ingest::AmoHookAddress AmoConnection::hook() const {
  PortalConfig portal;
  portal.settings.crm = Crm::amocrm;
  portal.settings.alias = entry_.alias;
  portal.hook.url = public_url_;
  portal.hook_secrets = {secret_};
  return hook_address(portal);
}

// The new one first: nothing is missed in between, and what comes twice counts once.
bool AmoConnection::make_hook() {
  const auto address = hook();
  fmt::print("\n");
  tell(Phrase::making_webhook, {ingest::origin_of(public_url_)});
  std::fflush(stdout);
  const auto view = client_->webhooks(address);
  const auto ordered = client_->order(address.destination(), view.wanted_settings(), [this](int seconds) {
    tell(Phrase::waiting_host, {std::to_string(seconds)});
    std::fflush(stdout);
  });
  if (!ordered.made()) return refused(ordered);
  tell(Phrase::made_webhook, {std::to_string(ordered.events)});
  if (!ordered.unknown.empty()) tell(Phrase::webhook_unknown_events, {joined(ordered.unknown)});
  for (const auto& older : view.older) {
    if (client_->remove(older)) tell(Phrase::removed_webhook, {ingest::origin_of(older)});
  }
  return true;
}

bool AmoConnection::refused(const HookOrdered& ordered) const {
  Findings findings;
  judge_order(ordered.end, ordered.status, public_url_, "", findings);
  show(findings);
  tell(Phrase::webhook_by_hand, {text(Phrase::webhook_menu)});
  PortalConfig portal;
  portal.settings.crm = Crm::amocrm;
  portal.settings.alias = entry_.alias;
  tell(Phrase::webhook_by_hand_url, {public_url_ + portal.path(), beside(entry_.alias + ".hook")});
  return false;
}

}  // namespace

std::unique_ptr<Connection> connect_amocrm(const CommandOptions& options, const ConnectCommand& command) {
  return std::make_unique<AmoConnection>(options, command);
}

}  // namespace kpistream::app
