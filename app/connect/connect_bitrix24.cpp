// `kpistream connect bitrix24`: by the address of an incoming webhook.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

#include "app/connect/connections.hpp"
#include "app/connect/portal_check.hpp"
#include "app/json_text.hpp"
#include "ingest/rest/portal_client.hpp"

namespace kpistream::app {
namespace {

constexpr std::size_t kTokenMax = 128;
constexpr std::size_t kShownOfSecret = 3;

bool is_token(const std::string& token) {
  return token.size() > kShownOfSecret && token.size() <= kTokenMax &&
         std::all_of(token.begin(), token.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

std::string stages_of(const PortalFacts& facts, const std::string& pipeline) {
  const std::string list = pipeline == "0" ? "DEAL_STAGE" : "DEAL_STAGE_" + pipeline;
  std::vector<std::string> shown;
  for (const auto& stage : facts.stages) {
    if (stage.list != list) continue;
    shown.push_back(stage.name + " " + stage.id + (stage.won ? " (+)" : stage.lost ? " (-)" : ""));
  }
  return fmt::format("{}", fmt::join(shown, ", "));
}

class Bitrix24Connection final : public Connection {
 public:
  using Connection::Connection;

 private:
  bool read_access() override;
  bool check() override;
  [[nodiscard]] std::string host() const override { return ingest::host_of_url(webhook_); }
  void introduce() override;
  [[nodiscard]] std::vector<Proposal> proposals() const override { return propose(facts_); }
  bool prepare_hook() override;
  std::vector<File> secrets() override;
  [[nodiscard]] Phrase waiting() const override { return Phrase::waiting; }

  [[nodiscard]] std::string zone() const;
  [[nodiscard]] std::string currency() const { return facts_.currency.empty() ? "RUB" : facts_.currency; }

  std::string webhook_;
  std::string token_;
  PortalFacts facts_;
};

bool Bitrix24Connection::read_access() {
  webhook_ = secret_of(command_.webhook_file, Phrase::ask_webhook);
  return !webhook_.empty() || fail(Phrase::webhook_missing);
}

// What makes everything else pointless ends it; the rest is told, with its cure.
bool Bitrix24Connection::check() {
  tell(Phrase::checking);
  try {
    facts_ = ask_bitrix24(webhook_);
  } catch (const std::runtime_error& error) {
    return fail(Phrase::rest_bad_url, {error.what()});
  }
  PortalSettings settings;
  settings.leads = facts_.leads;
  Findings findings;
  judge_rest(facts_, settings, findings);
  judge_mode(facts_, settings, findings);
  show(findings);
  const bool enough = facts_.reached == Reached::yes && facts_.readable("crm.deal.list") &&
                      facts_.readable("crm.status.list") && facts_.readable("crm.category.list");
  return enough || fail(Phrase::cannot_go_on);
}

std::string Bitrix24Connection::zone() const {
  if (!command_.zone.empty()) return command_.zone;
  return facts_.zone.empty() ? "Europe/Moscow" : facts_.zone;
}

void Bitrix24Connection::introduce() {
  if (!facts_.license.empty()) tell(Phrase::found_plan, {facts_.license});
  tell(Phrase::found_portal, {zone(), currency()});
  for (const auto& pipeline : facts_.pipelines) {
    tell(Phrase::found_pipeline, {pipeline.id, pipeline.name, stages_of(facts_, pipeline.id)});
  }
  for (const auto& type : facts_.smart_processes) tell(Phrase::found_smart, {type.id, type.name});
}

bool Bitrix24Connection::prepare_hook() {
  std::string base = public_url();
  if (base.empty()) base = text(Phrase::hook_placeholder);
  fmt::print("\n");
  tell(Phrase::hook_create);
  fmt::print("  {}\n", text(Phrase::hook_menu));
  fmt::print("  {}\n", text(Phrase::hook_url, {base + "/hook/bitrix24/" + entry_.alias}));
  fmt::print("  {}\n", text(Phrase::hook_events));
  for (const auto& event : events_for(facts_, entry_.proposals)) fmt::print("    {}\n", event);
  token_ = secret_of(command_.token_file, Phrase::ask_token);
  if (token_.empty()) return fail(Phrase::token_missing);
  if (!is_token(token_)) return fail(Phrase::bad_token);
  tell(Phrase::hook_token_kept, {token_.substr(token_.size() - kShownOfSecret)});
  return true;
}

std::vector<Connection::File> Bitrix24Connection::secrets() {
  const std::string rest = beside(entry_.alias + ".rest");
  const std::string tokens = beside(entry_.alias + ".tokens");
  entry_.lines = {
      {"crm", "bitrix24"},      {"mode", facts_.leads ? "classic" : "simple"}, {"zone", zone()},
      {"currency", currency()}, {"application_tokens_file", json(tokens)},     {"rest_url_file", json(rest)}};
  return {{rest, webhook_ + "\n", true}, {tokens, token_ + "\n", true}};
}

}  // namespace

std::unique_ptr<Connection> connect_bitrix24(const CommandOptions& options, const ConnectCommand& command) {
  return std::make_unique<Bitrix24Connection>(options, command);
}

}  // namespace kpistream::app
