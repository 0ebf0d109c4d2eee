#include "app/config.hpp"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "app/config_keys.hpp"
#include "app/portal_reader.hpp"
#include "app/table_reader.hpp"
#include "app/viewer_reader.hpp"
#include "app/yaml_reader.hpp"

namespace kpistream::app {
namespace {

constexpr std::size_t kAliasMax = 32;
constexpr std::size_t kBotTokenMax = 128;
constexpr std::uint64_t kFreeBytesMax = std::uint64_t{1} << 40;  // of the store's option

bool is_alias(const std::string& alias) {
  return !alias.empty() && alias.size() <= kAliasMax && std::all_of(alias.begin(), alias.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

template <class T>
void take(T& field, std::optional<T> value) {
  if (value) field = std::move(*value);
}

// One address, or a list of them.
void read_endpoints(Section& section, std::string_view key, std::vector<Endpoint>& endpoints) {
  std::vector<Endpoint> read;
  static_cast<void>(section.texts(key, [&](const std::string& text) { return add_endpoint(text, read); }));
  if (!read.empty()) endpoints = std::move(read);
}

void read_endpoint(Section& section, std::string_view key, Endpoint& endpoint) {
  const auto value = section.text(key);
  if (!value) return;
  std::vector<Endpoint> read;
  const auto wrong = add_endpoint(*value, read);
  wrong.empty() ? void(endpoint = read.front()) : section.complain(key, wrong);
}

bool is_bot_token(std::string_view text) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || text.size() > kBotTokenMax) return false;
  const std::string_view secret = text.substr(colon + 1);
  return text.substr(0, colon).find_first_not_of("0123456789") == std::string_view::npos && !secret.empty() &&
         secret.find_first_not_of(kLetters) == std::string_view::npos;
}

bool is_chat(std::string_view text) {
  if (text.starts_with('@')) return text.size() > 1;
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// The token is part of an address: it must be nothing else.
void read_telegram(Section& report, TelegramConfig& telegram) {
  auto section = report.section("telegram");
  if (!section) return;
  const auto tokens = section->secrets("bot_token", false);
  const char* const key = section->has("bot_token_file") ? "bot_token_file" : "bot_token";
  if (!tokens.empty()) telegram.bot_token = tokens.front();
  if (tokens.empty() && !section->has(key))
    section->complain("bot_token",
                      "is missing: bot_token_file, a file with what @BotFather has given you, or bot_token");
  if (!tokens.empty() && !is_bot_token(telegram.bot_token))
    section->complain(key, "is no token of a bot: digits, a colon, and more of A-Z a-z 0-9 _ -");
  take(telegram.chat_id, section->text("chat_id"));
  if (!is_chat(telegram.chat_id))
    section->complain("chat_id", "is missing or no chat: write its number, for example -1001234567890, or @channel");
  take(telegram.api_url, section->text("api_url"));
  if (!telegram.api_url.starts_with("https://") && !telegram.api_url.starts_with("http://"))
    section->complain("api_url", "must look like https://api.telegram.org");
  section->finish();
}

void read_general(Section& root, Config& config) {
  if (auto listen = root.section("listen")) {
    read_endpoint(*listen, "hook", config.hook);
    read_endpoints(*listen, "admin", config.admin);
    listen->finish();
  }
  if (auto storage = root.section("storage")) {
    take(config.storage_path, storage->text("path"));
    take(config.free_bytes_min, storage->bytes("free_bytes_min", kFreeBytesMax));
    storage->finish();
  }
  if (auto retention = root.section("retention")) {
    take(config.retention_raw, retention->duration("raw"));
    retention->finish();
  }
  if (auto backup = root.section("backup")) {
    take(config.backup_path, backup->text("path"));
    if (!config.backup_path.empty() && !config.backup_path.starts_with('/'))
      backup->complain("path", "must begin with '/': the daemon makes backups there wherever it was started");
    if (const auto keep = backup->integer("keep")) config.backup_keep = static_cast<std::size_t>(*keep);
    backup->finish();
  }
  if (auto exported = root.section("export")) {
    if (const auto most = exported->integer("max_series")) config.export_series_max = static_cast<std::size_t>(*most);
    if (const auto most = exported->integer("managers")) config.export_managers = static_cast<std::size_t>(*most);
    if (const auto most = exported->integer("sources")) config.export_sources = static_cast<std::size_t>(*most);
    exported->finish();
  }
  if (auto report = root.section("report")) {
    read_telegram(*report, config.telegram);
    report->finish();
  }
  if (auto page = root.section("page")) {
    take(config.hide_names, page->boolean("hide_names"));
    page->finish();
  }
  if (auto log = root.section("log")) {
    take(config.log_level, log->one_of("level"));
    take(config.log_format, log->one_of("format"));
    log->finish();
  }
  if (auto rest = root.section("rest")) {
    take(config.rest_gather, rest->duration("gather"));
    take(config.rest_poll, rest->duration("poll"));
    take(config.rest_directory, rest->duration("directory"));
    rest->finish();
  }
}

std::vector<periods::TablePlan> default_periods() {
  return {{"daily", periods::Schedule("daily"), periods::Period::day, 100},
          {"weekly", periods::Schedule("weekly"), periods::Period::week, 110},
          {"monthly", periods::Schedule("monthly"), periods::Period::month, 36}};
}

void read_period(Section& periods, const std::string& name, Config& config) {
  auto section = periods.section(name);
  if (!section && periods.size(name) == 0) periods.complain(name, "says nothing; write for example {schedule: weekly}");
  if (!section) return;
  if (!is_alias(name)) section->complain("", "a name is made of a-z, 0-9, - and _, at most 32 of them");
  const auto when = section->text("schedule");
  const auto period = section->one_of("period");
  const auto keep = section->integer("keep").value_or(100);
  section->finish();
  if (!when) return section->complain("schedule", "is missing: when the table is taken, for example weekly");
  try {
    periods::TablePlan plan{name, periods::Schedule(*when), periods::Period::day, static_cast<std::size_t>(keep)};
    plan.period = period ? *periods::period_of(*period) : plan.schedule.usual_period();
    config.periods.push_back(std::move(plan));
  } catch (const periods::ScheduleError& error) {
    section->complain("schedule", error.what());
  }
}

void read_periods(Section& root, Config& config) {
  auto section = root.section("periods");
  if (!section) {
    config.periods = default_periods();
    return;
  }
  for (const auto& name : section->keys()) read_period(*section, name, config);
}

// Its mistakes stand in a file of their own and come after those of this one.
void read_kpis(Section& root, Config& config, std::vector<std::string>& mistakes) {
  std::string file;
  if (auto kpis = root.section("kpis")) {
    take(file, kpis->text("file"));
    take(config.kpis_hold, kpis->boolean("hold"));
    kpis->finish();
  }
  auto result = load_catalogue(file);
  mistakes = std::move(result.errors);
  take(config.kpis, std::move(result.catalogue));
}

void read_portals(Section& root, const Catalogue* kpis, Config& config) {
  if (!root.has("portals")) root.complain("portals", "is missing: at least one portal to listen to");
  auto portals = root.section("portals");
  if (!portals) return;
  std::vector<Section> sections;
  for (const auto& alias : portals->keys()) {
    if (!is_alias(alias)) portals->complain(alias, "a portal's name is 1 to 32 of: a-z 0-9 _ -");
    if (auto section = portals->section(alias)) {
      config.portals.push_back(read_portal(*section, alias, kpis));
      sections.push_back(std::move(*section));
    } else if (portals->size(alias) == 0) {
      portals->complain(alias, "a mapping of the portal's settings is expected here");
    }
  }
  join_tables(config.portals, sections);
}

bool same_portal(const PortalConfig& a, const PortalConfig& b) {
  return a.settings == b.settings && a.application == b.application && a.rest_url == b.rest_url && a.token == b.token &&
         a.archived == b.archived && a.hook.watch == b.hook.watch && a.hook.heal == b.hook.heal;
}

}  // namespace

// gcc 12 takes a value that the date library always sets for one that may not be.
#ifndef __clang__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
std::optional<UnixSeconds> parse_time(const std::string& text) {
  for (const char* form : {"%FT%T%Ez", "%FT%TZ"}) {
    std::istringstream in(text);
    date::sys_seconds at;
    in >> date::parse(form, at);
    if (!in.fail() && in.peek() == std::istringstream::traits_type::eof()) return at.time_since_epoch().count();
  }
  return {};
}
#ifndef __clang__
#pragma GCC diagnostic pop
#endif

ConfigResult load_config(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  if (!in || !(text << in.rdbuf()))
    return {{}, {file + ":1:1: cannot be read; does it exist, and may this user read it?"}};
  ConfigErrors errors(file);
  std::vector<std::string> kpi_mistakes;
  Config config;
  auto root = Section::document(text.str(), errors, config_shape());
  if (errors.none()) {
    read_general(root, config);
    read_kpis(root, config, kpi_mistakes);
    read_periods(root, config);
    read_portals(root, kpi_mistakes.empty() ? &config.kpis : nullptr, config);
    config.viewers = read_viewers(root, config.portals);
    root.finish();
  }
  auto mistakes = errors.all();
  mistakes.insert(mistakes.end(), kpi_mistakes.begin(), kpi_mistakes.end());
  if (!mistakes.empty()) return {{}, std::move(mistakes)};
  return {std::move(config), {}};
}

bool needs_restart(const Config& from, const Config& to) {
  const bool same =
      from.hook == to.hook && from.admin == to.admin && from.storage_path == to.storage_path &&
      from.free_bytes_min == to.free_bytes_min && from.retention_raw == to.retention_raw &&
      from.backup_path == to.backup_path && from.export_series_max == to.export_series_max &&
      from.export_managers == to.export_managers && from.export_sources == to.export_sources &&
      from.rest_gather == to.rest_gather && from.rest_poll == to.rest_poll &&
      from.rest_directory == to.rest_directory &&
      std::equal(from.portals.begin(), from.portals.end(), to.portals.begin(), to.portals.end(), same_portal);
  return !same;
}

}  // namespace kpistream::app
