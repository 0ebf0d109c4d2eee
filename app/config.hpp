// The configuration file, read and checked. docs/configuration.md explains every key.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/endpoint.hpp"
#include "app/kpi_reader.hpp"
#include "app/viewers.hpp"
#include "stream/insight/alerts.hpp"
#include "stream/periods/keeper.hpp"
#include "stream/portal.hpp"

namespace kpistream::app {

// An application of a Bitrix24 portal, instead of an incoming webhook; an integration of amoCRM, instead of a
// long-lived token.
struct ApplicationConfig {
  std::string portal;              // "https://acme.bitrix24.ru", or amoCRM's rest_url; empty: there is none
  std::string oauth_url;           // the server that gives tokens; amoCRM: the account itself
  std::string client_id;           // a secret like the other
  std::string client_secret;       //
  std::string handler_url;         // where the portal tells that events wait; empty: nowhere
  std::string refresh_token_file;  // holds a first refresh token; empty: the installation's event brings it
  std::string code_file;           // amoCRM: holds the authorization code, instead of a first refresh token
  std::string redirect_uri;        // amoCRM: as the integration has it
  [[nodiscard]] bool operator==(const ApplicationConfig&) const = default;
};

// The webhook that an amoCRM account has for us.
struct HookConfig {
  std::string url;                  // where the account reaches the daemon, without the hook's path; empty: not told
  std::chrono::seconds watch{300};  // between two looks at it; 0: none
  bool heal = false;                // the daemon enables it again
  [[nodiscard]] bool operator==(const HookConfig&) const = default;
};

struct PortalConfig {
  PortalSettings settings;
  insight::AlertThresholds alerts;              // for `kpistream rules`; the daemon itself does not alert
  std::string hook_path;                        // empty: the dialect's default
  std::vector<std::string> application_tokens;  // Bitrix24
  std::string member_id;                        // Bitrix24; empty: not checked
  std::vector<std::string> hook_secrets;        // amoCRM
  std::string account_id;                       // amoCRM
  HookConfig hook;                              // amoCRM
  ApplicationConfig application;
  std::string rest_url;   // Bitrix24: incoming webhook (a secret); empty: no REST
  std::string token;      // amoCRM: long-lived token
  bool archived = false;  // is listened to and asked no more; its figures stay

  // Without the secret of amoCRM's.
  [[nodiscard]] std::string path() const {
    if (!hook_path.empty()) return hook_path;
    return (settings.crm == Crm::bitrix24 ? "/hook/bitrix24/" : "/hook/amocrm/") + settings.alias;
  }
  [[nodiscard]] bool reads() const { return !archived && (!rest_url.empty() || !application.portal.empty()); }
};

// Where `kpistream report --telegram` sends to.
struct TelegramConfig {
  std::string bot_token;  // a secret; empty: there is no bot
  std::string chat_id;    // "-1001234567890" or "@channel"
  std::string api_url = "https://api.telegram.org";
};

struct Config {
  Endpoint hook{"0.0.0.0", 10480};
  std::vector<Endpoint> admin{{"127.0.0.1", 10481}};  // at least one
  bool kpis_hold = false;                             // rebuilt KPIs wait until this is off again
  std::string storage_path = "/var/lib/kpistream";
  std::uint64_t free_bytes_min = 128u << 20;        // on the store's disk, below which no webhook is taken
  std::chrono::seconds retention_raw{30 * 86'400};  // how long journal records are kept; 0: for ever
  std::string backup_path;                          // where backups are made; empty: none are
  std::size_t backup_keep = 7;                      // so many of the newest stay; read by the command that makes them
  std::size_t export_series_max = 500'000;          // on the page of metrics; what is beyond is left out, and told
  std::size_t export_managers = 200;                // of a portal with series of their own
  std::size_t export_sources = 30;                  // the same
  std::string log_level = "info";
  std::string log_format = "logfmt";
  std::chrono::seconds rest_gather{1};        // how long events of one entity are gathered before it is read
  std::chrono::seconds rest_poll{300};        // between two reads of the lists
  std::chrono::seconds rest_directory{3600};  // between two reads of users and funnels
  std::vector<periods::TablePlan> periods;    // tables that are taken when a period closes
  Catalogue kpis;                             // the built-in ones, with those of kpis.file over them
  std::vector<PortalConfig> portals;
  std::vector<ViewerConfig> viewers;  // of the page; none: everybody
  bool hide_names = false;            // ids in the place of people's names, wherever figures are shown
  TelegramConfig telegram;            // read by the command that sends
};

struct ConfigResult {
  std::optional<Config> config;     // absent when there are errors
  std::vector<std::string> errors;  // "file:line:column: path: message"
};

// One code path for start, reload and check-config.
[[nodiscard]] ConfigResult load_config(const std::string& file);

// Whether going from one configuration to the other takes more than new secrets, hook paths, log settings and KPIs, and
// what only commands read.
[[nodiscard]] bool needs_restart(const Config& from, const Config& to);

// "2026-09-14T10:00:00+03:00" or "...Z"; nothing when it is not such a time.
[[nodiscard]] std::optional<UnixSeconds> parse_time(const std::string& text);

}  // namespace kpistream::app
