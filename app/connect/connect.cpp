#include "app/connect/connect.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "app/config.hpp"
#include "app/connect/files.hpp"
#include "app/connect/findings.hpp"
#include "app/connect/portal_check.hpp"
#include "app/connect/terminal.hpp"
#include "app/json_text.hpp"
#include "ingest/rest/portal_client.hpp"

namespace kpistream::app {
namespace {

constexpr std::chrono::milliseconds kLook{500};
constexpr int kWait = 300;  // seconds, with somebody at the terminal
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

}  // namespace

Connection::Connection(const CommandOptions& options, const ConnectCommand& command)
    : options_(options),
      command_(command),
      language_(language_of(command.language, system_locale())),
      asks_(!command.yes && somebody_asks()) {}

int Connection::run() {
  if (!read_webhook() || !check() || !name()) return 1;
  show();
  agree_on_mapping();
  show_hook();
  if (!read_token() || !write()) return 1;
  return wait();
}

bool Connection::read_webhook() {
  if (!command_.webhook_file.empty()) {
    webhook_ = first_line(command_.webhook_file);
  } else if (asks_) {
    webhook_ = ask_line(text(Phrase::ask_webhook), true);
  }
  return !webhook_.empty() || fail(Phrase::webhook_missing);
}

// What makes everything else pointless ends it; the rest is told, with its cure.
bool Connection::check() {
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
  for (const auto& finding : findings) fmt::print("  {}\n", finding_text(finding, language_));
  const bool enough = facts_.reached == Reached::yes && facts_.readable("crm.deal.list") &&
                      facts_.readable("crm.status.list") && facts_.readable("crm.category.list");
  return enough || fail(Phrase::cannot_go_on);
}

bool Connection::name() {
  entry_.alias = command_.alias;
  if (entry_.alias.empty()) {
    entry_.alias = alias_of_host(ingest::host_of_url(webhook_));
    const std::string told = asks_ ? ask_line(text(Phrase::ask_alias, {entry_.alias})) : "";
    if (!told.empty()) entry_.alias = told;
  }
  entry_.leads = facts_.leads;
  if (!facts_.currency.empty()) entry_.currency = facts_.currency;
  entry_.zone = !command_.zone.empty() ? command_.zone : !facts_.zone.empty() ? facts_.zone : entry_.zone;
  return is_portal_alias(entry_.alias) || fail(Phrase::bad_alias);
}

void Connection::show() const {
  if (!facts_.license.empty()) tell(Phrase::found_plan, {facts_.license});
  tell(Phrase::found_portal, {entry_.zone, entry_.currency});
  for (const auto& pipeline : facts_.pipelines) {
    tell(Phrase::found_pipeline, {pipeline.id, pipeline.name, stages_of(facts_, pipeline.id)});
  }
  for (const auto& type : facts_.smart_processes) tell(Phrase::found_smart, {type.id, type.name});
}

void Connection::agree_on_mapping() {
  auto proposals = propose(facts_);
  fmt::print("\n{}\n", text(Phrase::proposing));
  for (const auto& one : proposals) {
    const std::string what = one.group.empty() ? text(Phrase::nothing_to_write)
                                               : fmt::format("{}.{}: {}", one.group, one.key, json(one.values));
    fmt::print("  {}: {} ({})\n", text(one.subject), what, say(language_, one.reason));
  }
  if (!asks_ || ask_yes(text(Phrase::ask_mapping), true)) entry_.proposals = std::move(proposals);
}

void Connection::show_hook() {
  std::string base = command_.public_url;
  if (base.empty() && asks_) base = ask_line(text(Phrase::ask_public_url));
  while (base.ends_with('/')) base.pop_back();
  if (base.empty()) base = text(Phrase::hook_placeholder);
  fmt::print("\n");
  tell(Phrase::hook_create);
  fmt::print("  {}\n", text(Phrase::hook_menu));
  fmt::print("  {}\n", text(Phrase::hook_url, {base + "/hook/bitrix24/" + entry_.alias}));
  fmt::print("  {}\n", text(Phrase::hook_events));
  for (const auto& event : events_for(facts_, entry_.proposals)) fmt::print("    {}\n", event);
}

bool Connection::read_token() {
  if (!command_.token_file.empty()) {
    token_ = first_line(command_.token_file);
  } else if (asks_) {
    token_ = ask_line(text(Phrase::ask_token), true);
  }
  if (token_.empty()) return fail(Phrase::token_missing);
  if (!is_token(token_)) return fail(Phrase::bad_token);
  tell(Phrase::hook_token_kept, {token_.substr(token_.size() - kShownOfSecret)});
  return true;
}

// A configuration that is there is never touched: then the portal's lines go into a file of their own.
bool Connection::write() {
  entry_.rest_file = beside(entry_.alias + ".rest");
  entry_.tokens_file = beside(entry_.alias + ".tokens");
  const bool fresh = !std::filesystem::exists(options_.config_file);
  const std::string path = fresh ? options_.config_file : beside(entry_.alias + ".portal.yml");
  for (const auto& file : {entry_.rest_file, entry_.tokens_file, path}) {
    if (!may_replace(file)) return false;
  }
  if (!write_all(path, fresh ? config_text() : portal_yaml(entry_))) return false;
  if (!fresh) {
    tell(Phrase::fragment, {options_.config_file, path});
    fmt::print("{}", portal_yaml(entry_));
    tell(Phrase::reload_hint);
    return true;
  }
  const auto loaded = load_config(path);
  for (const auto& error : loaded.errors) fmt::print(stderr, "{}\n", error);
  if (loaded.config) tell(Phrase::start_hint, {path});
  return loaded.config.has_value();
}

bool Connection::write_all(const std::string& path, const std::string& yaml) const {
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::absolute(path).parent_path(), ignored);
  struct File {
    std::string path;
    std::string text;
    bool secret;
  };
  const std::vector<File> files{
      {entry_.rest_file, webhook_ + "\n", true}, {entry_.tokens_file, token_ + "\n", true}, {path, yaml, false}};
  for (const auto& file : files) {
    if (!write_file(file.path, file.text, file.secret)) return fail(Phrase::cannot_write, {file.path});
    tell(Phrase::written, {file.path});
  }
  return true;
}

int Connection::wait() const {
  const int seconds = command_.wait >= 0 ? command_.wait : asks_ ? kWait : 0;
  if (seconds == 0) return 0;
  const auto loaded = load_config(options_.config_file);
  if (!loaded.config) return 1;
  const auto last = ask_daemon_of(*loaded.config, entry_.alias).last_event;
  tell(Phrase::waiting, {std::to_string(seconds)});
  std::fflush(stdout);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  while (std::chrono::steady_clock::now() < end) {
    const auto daemon = ask_daemon_of(*loaded.config, entry_.alias);
    if (daemon.last_event != 0 && daemon.last_event != last) {
      tell(Phrase::event_came, {utc_text(daemon.last_event)});
      return 0;
    }
    std::this_thread::sleep_for(kLook);
  }
  tell(Phrase::no_event);
  return 1;
}

bool Connection::may_replace(const std::string& path) const {
  if (command_.overwrite || !std::filesystem::exists(path)) return true;
  if (asks_ && ask_yes(text(Phrase::ask_overwrite, {path}), false)) return true;
  return fail(Phrase::exists, {path});
}

std::string Connection::config_text() const {
  const Config defaults;
  const auto address = [](const std::string& wish, const Endpoint& otherwise) {
    return wish.empty() ? fmt::format("{}:{}", otherwise.address, otherwise.port) : wish;
  };
  const std::string& store = options_.storage_path.empty() ? defaults.storage_path : options_.storage_path;
  return fmt::format("listen: {{hook: {}, admin: {}}}\nstorage: {{path: {}}}\nportals:\n{}",
                     json(address(options_.hook_address, defaults.hook)),
                     json(address(options_.admin_address, defaults.admin)), json(store), portal_yaml(entry_));
}

std::string Connection::beside(const std::string& file) const {
  return (std::filesystem::absolute(options_.config_file).parent_path() / file).string();
}

std::string Connection::text(Phrase phrase, const std::vector<std::string>& values) const {
  return say(language_, phrase, values);
}

void Connection::tell(Phrase phrase, const std::vector<std::string>& values) const {
  fmt::print("{}\n", text(phrase, values));
}

bool Connection::fail(Phrase phrase, const std::vector<std::string>& values) const {
  std::fflush(stdout);
  fmt::print(stderr, "kpistream: {}\n", text(phrase, values));
  return false;
}

}  // namespace kpistream::app
