#include "app/config.hpp"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

#include "app/yaml_reader.hpp"
#include "stream/kpi/calendar.hpp"

namespace kpistream::app {
namespace {

constexpr std::size_t kAliasMax = 32;

bool is_alias(const std::string& alias) {
  return !alias.empty() && alias.size() <= kAliasMax && std::all_of(alias.begin(), alias.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

template <class T>
void take(T& field, std::optional<T> value) {
  if (value) field = std::move(*value);
}

void read_endpoint(Section& section, std::string_view key, Endpoint& endpoint) {
  const auto value = section.text(key);
  if (!value) return;
  const auto colon = value->rfind(':');
  const std::string port = colon == std::string::npos ? "" : value->substr(colon + 1);
  std::uint16_t number = 0;
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (port.empty() || failed != std::errc{} || end != port.data() + port.size()) {
    section.complain(key, fmt::format("'{}' is not address:port, for example 127.0.0.1:10480", *value));
    return;
  }
  endpoint = {value->substr(0, colon), number};
}

void read_general(Section& root, Config& config) {
  if (auto listen = root.section("listen")) {
    read_endpoint(*listen, "hook", config.hook);
    read_endpoint(*listen, "admin", config.admin);
    listen->finish();
  }
  if (auto storage = root.section("storage")) {
    take(config.storage_path, storage->text("path"));
    storage->finish();
  }
  if (auto log = root.section("log")) {
    take(config.log_level, log->one_of("level", {"debug", "info", "warn", "error"}));
    take(config.log_format, log->one_of("format", {"logfmt", "json"}));
    log->finish();
  }
  if (auto rest = root.section("rest")) {
    take(config.rest_gather, rest->duration("gather"));
    take(config.rest_poll, rest->duration("poll"));
    take(config.rest_directory, rest->duration("directory"));
    rest->finish();
  }
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

void read_zone(Section& section, PortalSettings& settings) {
  take(settings.zone, section.text("zone"));
  try {
    const Calendar known(settings.zone);
  } catch (const std::exception& e) {
    section.complain("zone", e.what());
  }
}

void read_known_since(Section& section, PortalSettings& settings) {
  const auto value = section.text("known_since");
  if (!value) return;
  if (const auto at = parse_time(*value)) {
    settings.known_since = *at;
  } else {
    section.complain("known_since",
                     fmt::format("'{}' is not a time with an offset, for example 2026-09-01T00:00:00+03:00", *value));
  }
}

void read_common(Section& section, PortalSettings& settings) {
  read_zone(section, settings);
  read_known_since(section, settings);
  take(settings.currency, section.text("currency"));
  const bool letters =
      std::all_of(settings.currency.begin(), settings.currency.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (settings.currency.size() != 3 || !letters) {
    section.complain("currency", "must be an ISO 4217 code in capitals, for example RUB");
  }
  take(settings.talk_seconds_min, section.integer("talk_seconds_min", 0, 3600));
  settings.quote_stages = section.texts("quote_stages");
}

void need(Section& section, std::string_view key, bool given, std::string_view why) {
  if (!given && !section.has(key) && !section.has(std::string(key) + "_file")) {
    section.complain(key, fmt::format("is missing: {}", why));
  }
}

std::string first_or_empty(std::vector<std::string> values) { return values.empty() ? "" : std::move(values.front()); }

void read_bitrix24(Section& section, PortalConfig& portal) {
  portal.settings.crm = Crm::bitrix24;
  portal.settings.leads = section.one_of("mode", {"classic", "simple"}).value_or("classic") == "classic";
  portal.application_tokens = section.secrets("application_tokens", true);
  need(section, "application_tokens", !portal.application_tokens.empty(),
       "the token shown in the portal's outgoing webhook");
  take(portal.member_id, section.text("member_id"));
  portal.rest_url = first_or_empty(section.secrets("rest_url", false));
  take(portal.settings.loss_reason_field, section.text("loss_reason_field"));
}

void read_amocrm(Section& section, PortalConfig& portal) {
  portal.settings.crm = Crm::amocrm;
  portal.settings.leads = false;
  portal.hook_secrets = section.secrets("hook_secrets", true);
  need(section, "hook_secrets", !portal.hook_secrets.empty(), "the last part of the webhook's URL, long and random");
  take(portal.account_id, section.text("account_id"));
  need(section, "account_id", !portal.account_id.empty(), "the number of the amoCRM account");
  take(portal.rest_url, section.text("rest_url"));
  portal.token = first_or_empty(section.secrets("token", false));
  if (portal.rest_url.empty() != portal.token.empty()) {
    section.complain("rest_url", "rest_url and token (or token_file) belong together; give both or none");
  }
  take(portal.settings.quote_amount_field, section.text("quote_amount_field"));
  portal.settings.incoming_stages = section.texts("incoming_stages");
  if (section.has("meeting_task_types")) portal.settings.meeting_task_types = section.texts("meeting_task_types");
  portal.settings.paid_values = section.texts("paid_values");
}

void read_portal(Section& portals, const std::string& alias, Config& config) {
  auto section = portals.section(alias);
  if (!section) return portals.complain(alias, "a mapping of the portal's settings is expected here");
  if (!is_alias(alias)) portals.complain(alias, "a portal's name is 1 to 32 of: a-z 0-9 _ -");
  PortalConfig portal;
  portal.settings.alias = alias;
  const auto crm = section->one_of("crm", {"bitrix24", "amocrm"});
  if (!crm) {
    if (!section->has("crm")) section->complain("crm", "is missing: bitrix24 or amocrm");
    return;
  }
  read_common(*section, portal.settings);
  take(portal.hook_path, section->text("hook_path"));
  *crm == "bitrix24" ? read_bitrix24(*section, portal) : read_amocrm(*section, portal);
  section->finish();
  config.portals.push_back(std::move(portal));
}

}  // namespace

std::optional<UnixSeconds> parse_time(const std::string& text) {
  for (const char* form : {"%FT%T%Ez", "%FT%TZ"}) {
    std::istringstream in(text);
    date::sys_seconds at;
    in >> date::parse(form, at);
    if (!in.fail() && in.peek() == std::istringstream::traits_type::eof()) return at.time_since_epoch().count();
  }
  return {};
}

ConfigResult load_config(const std::string& file) {
  std::ifstream in(file);
  std::stringstream text;
  if (!in || !(text << in.rdbuf()))
    return {{}, {file + ":1:1: cannot be read; does it exist, and may this user read it?"}};
  ConfigErrors errors(file);
  std::vector<std::string> kpi_mistakes;
  Config config;
  auto root = Section::document(text.str(), errors);
  if (errors.none()) {
    read_general(root, config);
    read_kpis(root, config, kpi_mistakes);
    if (auto portals = root.section("portals")) {
      for (const auto& alias : portals->keys()) read_portal(*portals, alias, config);
    }
    if (!root.has("portals")) root.complain("portals", "is missing: at least one portal to listen to");
    root.finish();
  }
  auto mistakes = errors.all();
  mistakes.insert(mistakes.end(), kpi_mistakes.begin(), kpi_mistakes.end());
  if (!mistakes.empty()) return {{}, std::move(mistakes)};
  return {std::move(config), {}};
}

}  // namespace kpistream::app
