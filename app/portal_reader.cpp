#include "app/portal_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "app/kpi_names.hpp"
#include "app/plan_reader.hpp"
#include "app/schedule_reader.hpp"
#include "app/table_reader.hpp"
#include "stream/facts/field_mark.hpp"
#include "stream/kpi/calendar.hpp"

namespace kpistream::app {
namespace {

constexpr std::size_t kHandlerMost = 500;
constexpr std::chrono::seconds kWatchLeast{1};
constexpr std::string_view kTag = "tag";  // what dialects call the tags of a record

template <class T>
void take(T& field, std::optional<T> value) {
  if (value) field = std::move(*value);
}

// ---- who sends

void need(Section& section, std::string_view key, bool given, std::string_view why) {
  if (!given && !section.has(key) && !section.has(std::string(key) + "_file")) {
    section.complain(key, fmt::format("is missing: {}", why));
  }
}

std::string first_or_empty(std::vector<std::string> values) { return values.empty() ? "" : std::move(values.front()); }

// ---- an application of Bitrix24

// Source: Bitrix24, the product's own AuthorizationServerUrlResolver: another server for these regions.
std::string usual_oauth_url(const std::string& portal) {
  const auto ends = [&](std::string_view zone) { return portal.ends_with(zone); };
  constexpr std::array<std::string_view, 8> kZones{".ru", ".by", ".kz", ".am", ".az", ".ge", ".kg", ".uz"};
  return std::any_of(kZones.begin(), kZones.end(), ends) ? "https://oauth.bitrix24.tech" : "https://oauth.bitrix.info";
}

// "https://host" or "https://host:port"; http to this machine, for tests.
bool is_place(const std::string& url) {
  const auto begin = url.starts_with("https://") ? 8U : url.starts_with("http://127.0.0.1") ? 7U : 0U;
  constexpr std::string_view kHost = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:";
  return begin != 0 && url.size() > begin && url.find_first_not_of(kHost, begin) == std::string::npos;
}

std::string read_place(Section& section, std::string_view key) {
  auto url = section.text(key).value_or("");
  while (url.ends_with('/')) url.pop_back();
  if (!url.empty() && !is_place(url)) {
    section.complain(key, fmt::format("'{}' is not an address like https://acme.bitrix24.ru, without a path", url));
  }
  return url;
}

void check_zone(Section& section, std::string_view key, const std::string& zone) {
  PortalSettings settings;
  settings.zone = zone;
  try {
    const Calendar known(settings);
  } catch (const std::exception& e) {
    section.complain(key, e.what());
  }
}

// Never in the configuration itself, which is copied, shown and kept under version control.
std::string read_kept_apart(Section& section, std::string_view key) {
  const std::string file_key = std::string(key) + "_file";
  if (section.has(key)) {
    (void)section.text(key);
    section.complain(
        key, fmt::format("must not stand in the configuration; put it into a file and name it as {}", file_key));
    return {};
  }
  if (!section.has(file_key))
    section.complain(file_key, "is missing: a file that holds what the portal shows of the application");
  return first_or_empty(section.secrets(key, false));
}

void read_application(Section& portal, PortalConfig& config) {
  auto section = portal.section("application");
  if (!section) return;
  ApplicationConfig& application = config.application;
  application.portal = read_place(*section, "portal");
  if (!section->has("portal"))
    section->complain("portal", "is missing: the portal's address, for example https://acme.bitrix24.ru");
  application.oauth_url = read_place(*section, "oauth_url");
  if (application.oauth_url.empty()) application.oauth_url = usual_oauth_url(application.portal);
  take(application.handler_url, section->text("handler_url"));
  const std::string& handler = application.handler_url;
  if (!handler.empty() && (!is_place(handler.substr(0, handler.find('/', 8))) || handler.size() > kHandlerMost)) {
    section->complain("handler_url",
                      fmt::format("'{}' is not an address like https://kpi.example.com/hook/bitrix24/acme", handler));
  }
  application.client_id = read_kept_apart(*section, "client_id");
  application.client_secret = read_kept_apart(*section, "client_secret");
  if (section->has("refresh_token")) {
    (void)read_kept_apart(*section, "refresh_token");
  } else {
    (void)section->secrets("refresh_token", false);  // read again when it is needed
    take(application.refresh_token_file, section->text("refresh_token_file"));
  }
  if (portal.has("rest_url") || portal.has("rest_url_file")) {
    portal.complain("application",
                    "an application and an incoming webhook do the same; leave out one, application or rest_url");
  }
  section->finish();
}

// ---- an integration of amoCRM

constexpr std::size_t kRedirectMost = 500;

// A file that is read again when it is needed.
std::string read_later(Section& section, std::string_view key) {
  if (section.has(key)) return read_kept_apart(section, key);
  (void)section.secrets(key, false);
  return section.text(std::string(key) + "_file").value_or("");
}

void read_integration(Section& account, PortalConfig& config) {
  auto section = account.section("application");
  if (!section) return;
  ApplicationConfig& application = config.application;
  application.portal = application.oauth_url = config.rest_url;
  application.client_id = read_kept_apart(*section, "client_id");
  application.client_secret = read_kept_apart(*section, "client_secret");
  take(application.redirect_uri, section->text("redirect_uri"));
  const std::string& redirect = application.redirect_uri;
  if (redirect.empty()) {
    section->complain("redirect_uri", "is missing: the redirect address, as the integration shows it");
  } else if (redirect.size() > kRedirectMost || redirect.find_first_of("\"\\ ") != std::string::npos) {
    section->complain("redirect_uri", fmt::format("'{}' is not an address", redirect));
  }
  application.code_file = read_later(*section, "code");
  application.refresh_token_file = read_later(*section, "refresh_token");
  if (!application.code_file.empty() && !application.refresh_token_file.empty()) {
    section->complain("code_file", "a code and a refresh token begin the same; leave out one");
  }
  section->finish();
}

void read_bitrix24(Section& section, PortalConfig& portal) {
  portal.settings.crm = Crm::bitrix24;
  portal.settings.leads = section.one_of("mode").value_or("classic") == "classic";
  portal.application_tokens = section.secrets("application_tokens", true);
  read_application(section, portal);
  // An application brings its token itself, with its installation.
  need(section, "application_tokens",
       portal.archived || !portal.application_tokens.empty() || section.is_map("application"),
       "the token shown in the portal's outgoing webhook");
  take(portal.member_id, section.text("member_id"));
  portal.rest_url = first_or_empty(section.secrets("rest_url", false));
  take(portal.settings.loss_reason_field, section.text("loss_reason_field"));
}

constexpr std::size_t kSecretLeast = 8;  // shorter ones are found in any address

void read_hook(Section& portal, HookConfig& hook, const std::vector<std::string>& secrets) {
  auto section = portal.section("hook");
  if (!section) return;
  take(hook.url, section->text("url"));
  while (hook.url.ends_with('/')) hook.url.pop_back();
  const bool secret = std::any_of(secrets.begin(), secrets.end(), [&](const auto& one) {
    return one.size() >= kSecretLeast && hook.url.find(one) != std::string::npos;
  });
  if (secret || hook.url.find_first_of("?#@") != std::string::npos) {
    section->complain("url", "holds more than where we are; leave out the secret, /hook/amocrm/... and all behind it");
  } else if (!hook.url.empty() && !is_place(hook.url.substr(0, hook.url.find('/', 8)))) {
    section->complain("url", "is not an address like https://kpi.example.com");
  }
  take(hook.watch, section->duration("watch"));
  if (hook.watch.count() != 0 && hook.watch < kWatchLeast) {
    section->complain("watch", fmt::format("must be 0 (never) or at least {}s", kWatchLeast.count()));
  }
  take(hook.heal, section->boolean("heal"));
  section->finish();
}

void read_amocrm(Section& section, PortalConfig& portal) {
  portal.settings.crm = Crm::amocrm;
  portal.settings.leads = false;
  portal.hook_secrets = section.secrets("hook_secrets", true);
  need(section, "hook_secrets", portal.archived || !portal.hook_secrets.empty(),
       "the last part of the webhook's URL, long and random");
  take(portal.account_id, section.text("account_id"));
  need(section, "account_id", portal.archived || !portal.account_id.empty(), "the number of the amoCRM account");
  take(portal.rest_url, section.text("rest_url"));
  portal.token = first_or_empty(section.secrets("token", false));
  read_hook(section, portal.hook, portal.hook_secrets);
  read_integration(section, portal);
  const bool integration = section.is_map("application");
  if (integration && !portal.token.empty()) {
    section.complain("application", "an integration and a long-lived token do the same; leave out one");
  }
  if (!portal.archived && portal.rest_url.empty() != (portal.token.empty() && !integration)) {
    section.complain("rest_url",
                     "rest_url and token (or token_file, or application) belong together; give both or none");
  }
  portal.settings.text_times = portal.rest_url.empty();  // also once it is archived: what was decoded stays
  take(portal.settings.text_zone, section.text("text_zone"));
  if (!portal.settings.text_zone.empty()) check_zone(section, "text_zone", portal.settings.text_zone);
}

// ---- where and since when

void read_zone(Section& section, PortalSettings& settings) {
  take(settings.zone, section.text("zone"));
  check_zone(section, "zone", settings.zone);
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

void read_currency(Section& section, PortalSettings& settings) {
  take(settings.currency, section.text("currency"));
  if (!is_currency(settings.currency)) {
    section.complain("currency", "must be an ISO 4217 code in capitals, for example RUB");
  }
}

// ---- what means what in this CRM

using Ids = std::vector<std::string>;

Ids read_ids(Section& section, std::string_view key) {
  std::set<std::string> seen;
  return section.texts(key, [&](const std::string& id) -> std::string {
    if (id.empty()) return "is empty; write an id as the CRM has it, or leave it out";
    return seen.insert(id).second ? "" : fmt::format("'{}' stands here twice; remove one", id);
  });
}

void read_group(Section& portal, std::string_view name, PortalSettings& settings,
                std::initializer_list<std::pair<std::string_view, Ids PortalSettings::*>> lists) {
  auto group = portal.section(name);
  if (!group) return;
  for (const auto& [key, list] : lists) settings.*list = read_ids(*group, key);
  group->finish();
}

std::string wrong_field(const std::string& name, const std::string& id, const PortalSettings& settings) {
  const bool amocrm = settings.crm == Crm::amocrm;
  const bool right = !id.empty() && std::all_of(id.begin(), id.end(), [&](char c) {
    const bool digit = c >= '0' && c <= '9';
    return amocrm ? digit : digit || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  if (!right && amocrm) return fmt::format("'{}' is no number of a field; write for example \"701001\"", id);
  if (!right) return fmt::format("'{}' is no code of a field; write for example UF_CRM_COST", id);
  for (const auto& [other, used] : settings.fields) {
    if (used == id) return fmt::format("'{}' is kept already, as '{}'; use that name instead of '{}'", id, other, name);
  }
  return {};
}

void read_fields(Section& portal, PortalSettings& settings) {
  auto fields = portal.section("fields");
  if (!fields) return;
  for (const auto& name : fields->keys()) {
    if (name == kTag) {
      fields->complain_of_key(name, "'tag' means the CRM's tags; give the field another name");
    } else if (!is_name(name)) {
      fields->complain_of_key(
          name, fmt::format("'{}' is no name: a letter, then letters, digits and _, all of them small", name));
    }
    const auto id = fields->text(name);
    if (fields->size(name) == 0) fields->complain_of_key(name, "which field of the CRM? Write its code or number");
    if (!id) continue;
    if (const auto wrong = wrong_field(name, *id, settings); !wrong.empty()) fields->complain(name, wrong);
    settings.fields.emplace(name, *id);
  }
  fields->finish();
}

std::string unknown_field(const std::string& name, const PortalSettings& settings) {
  std::vector<std::string> known;
  for (const auto& [field, id] : settings.fields) known.push_back(field);
  return fmt::format("`fields` has no '{}'; name the CRM's field there first{}", name, did_you_mean(name, known));
}

// One of our own names for fields.
void read_field(Section& portal, std::string_view key, const PortalSettings& settings, std::string& field) {
  const auto name = portal.text(key);
  if (!name) return;
  field = *name;
  if (!settings.fields.contains(field)) portal.complain(key, unknown_field(field, settings));
}

void read_complaint_value(Section& section, PortalSettings& settings) {
  Field field{section.text("field").value_or(""), section.text("value").value_or("")};
  if (!section.has("field")) {
    section.complain("field", "is missing: tag, or a name from `fields`");
  } else if (field.name != kTag && !settings.fields.contains(field.name)) {
    section.complain("field", unknown_field(field.name, settings));
  }
  if (field.value.empty() || field.value.size() > kFieldValueMax) {
    section.complain("value",
                     fmt::format("must have from 1 to {} bytes: the value, or its id in a list", kFieldValueMax));
  }
  section.finish();
  settings.complaint_fields.push_back(std::move(field));
}

void read_values(Section& portal, PortalSettings& settings) {
  auto values = portal.section("values");
  if (!values) return;
  settings.paid_values = read_ids(*values, "paid");
  for (auto& section : values->sections("complaint")) read_complaint_value(section, settings);
  values->finish();
}

void read_mapping(Section& portal, PortalSettings& settings) {
  using S = PortalSettings;
  read_fields(portal, settings);  // first: the others name them
  read_group(portal, "pipelines", settings, {{"main", &S::main_pipelines}, {"complaints", &S::complaint_pipelines}});
  read_group(portal, "stages", settings,
             {{"incoming", &S::incoming_stages},
              {"qualified", &S::qualified_stages},
              {"quote", &S::quote_stages},
              {"payment", &S::payment_stages},
              {"meeting", &S::meeting_stages},
              {"complaint", &S::complaint_stages}});
  read_group(portal, "types", settings,
             {{"meeting", &S::meeting_types},
              {"complaint", &S::complaint_types},
              {"quote", &S::quote_types},
              {"payment", &S::payment_types}});
  read_values(portal, settings);
  settings.robots = read_ids(portal, "robots");
  read_field(portal, "quote_amount_field", settings, settings.quote_amount_field);
  read_field(portal, "cost_field", settings, settings.cost_field);
  settings.action_fields = portal.texts("action_fields", [&](const std::string& name) {
    const bool known = name == kAmountField || name == kOwnerField || name == kTag || settings.fields.contains(name);
    return known ? "" : unknown_field(name, settings);
  });
}

// ---- limits of the definitions

void read_time(Section& limits, std::string_view key, std::int64_t most, std::int64_t& seconds) {
  const auto time = limits.duration(key);
  if (!time) return;
  seconds = time->count();
  if (seconds < 1 || seconds > most) limits.complain(key, fmt::format("must be from 1s to {}d", most / 86'400));
}

void read_limits(Section& portal, PortalSettings& settings) {
  constexpr std::int64_t kWeek = 604'800;  // as long as a missed call is waited for at all
  take(settings.talk_seconds_min, portal.integer("talk_seconds_min"));
  take(settings.active_time, portal.boolean("active_time"));
  auto limits = portal.section("limits");
  if (!limits) return;
  read_time(*limits, "response", kWeek, settings.response_target);
  read_time(*limits, "return", kWeek, settings.return_within);
  read_time(*limits, "served", kWeek, settings.served_within);
  take(settings.stuck_days, limits->integer("stuck"));
  take(settings.client_days, limits->integer("client"));
  take(settings.bulk_per_minute, limits->integer("bulk"));
  limits->finish();
}

// ---- thresholds of alerts

void read_alerts(Section& portal, insight::AlertThresholds& thresholds) {
  constexpr std::size_t kPlaces = 3;
  auto alerts = portal.section("alerts");
  if (!alerts) return;
  for (const auto& threshold : insight::alert_thresholds()) {
    const auto text = alerts->text(threshold.name);
    if (!text) continue;
    const auto value = parse_decimal(*text, kPlaces, threshold.max / 1'000);
    if (value && *value >= 0 && *value <= threshold.max) {
      thresholds.*threshold.value = *value;
    } else {
      alerts->complain(threshold.name, fmt::format("'{}' is no number from 0 to {} with at most {} decimals", *text,
                                                   threshold.max / 1'000, kPlaces));
    }
  }
  alerts->finish();
}

}  // namespace

PortalConfig read_portal(Section& section, const std::string& alias, const Catalogue* kpis) {
  PortalConfig portal;
  PortalSettings& settings = portal.settings;
  settings.alias = alias;
  read_zone(section, settings);
  read_known_since(section, settings);
  read_currency(section, settings);
  const auto crm = section.one_of("crm");
  if (!crm) {
    if (!section.has("crm")) section.complain("crm", "is missing: bitrix24 or amocrm");
    return portal;
  }
  section.narrow(*crm);
  take(portal.archived, section.boolean("archived"));
  *crm == "bitrix24" ? read_bitrix24(section, portal) : read_amocrm(section, portal);
  take(portal.hook_path, section.text("hook_path"));
  read_mapping(section, settings);
  read_limits(section, settings);
  read_alerts(section, portal.alerts);
  read_work(section, settings.work);
  read_managers(section, settings);
  read_rates(section, settings);
  read_targets(section, kpis, settings);
  read_counts_in(section, settings);
  section.finish();
  return portal;
}

}  // namespace kpistream::app
