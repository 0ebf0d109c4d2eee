#include "app/portals.hpp"

#include <set>

#include "app/clock.hpp"
#include "app/connect/files.hpp"
#include "app/log.hpp"
#include "ingest/amocrm/adapter.hpp"
#include "ingest/amocrm/guard.hpp"
#include "ingest/bitrix24/adapter.hpp"
#include "ingest/bitrix24/guard.hpp"
#include "stream/reading_state.hpp"

namespace kpistream::app {
namespace {

std::shared_ptr<const Adapter> make_adapter(const PortalSettings& settings) {
  if (settings.crm == Crm::bitrix24) return ingest::make_bitrix24_adapter(settings);
  return ingest::make_amocrm_adapter(settings);
}

// "DYNAMIC_128" is the smart process whose entityTypeId is 128.
std::vector<std::string> item_types(const PortalSettings& settings) {
  constexpr std::string_view kDynamic = "DYNAMIC_";
  std::set<std::string> types;
  for (const auto* list :
       {&settings.quote_types, &settings.payment_types, &settings.meeting_types, &settings.complaint_types}) {
    for (const std::string& type : *list) {
      if (!type.starts_with(kDynamic)) continue;
      std::string number = type.substr(kDynamic.size());
      if (!number.empty() && number.find_first_not_of("0123456789") == std::string::npos)
        types.insert(std::move(number));
    }
  }
  return {types.begin(), types.end()};
}

std::string rest_of(const ApplicationConfig& application) { return application.portal + "/rest/"; }

bool is_amocrm(const PortalConfig& portal) { return portal.settings.crm == Crm::amocrm; }

std::string base_url(const PortalConfig& portal) {
  return portal.application.portal.empty() || is_amocrm(portal) ? portal.rest_url : rest_of(portal.application);
}

// What the operator gives to begin with.
void take_first(const ApplicationConfig& application, ingest::TokenStoreOptions& options) {
  const bool code = !application.code_file.empty();
  const std::string& file = code ? application.code_file : application.refresh_token_file;
  if (file.empty()) return;
  options.first = [file] { return first_line(file); };
  options.first_is = code ? ingest::Grant::code : ingest::Grant::refresh;
}

void log_state(const std::string& portal, ingest::TokenState state) {
  const std::string name(ingest::name_of(state));
  if (state == ingest::TokenState::working) return log_info("the application is authorised", {{"portal", portal}});
  log_warn("the application is not authorised; `kpistream doctor` says what to do",
           {{"portal", portal}, {"state", name}});
}

std::shared_ptr<ingest::TokenStore> find(const Applications& applications, const std::string& alias) {
  const auto found = applications.find(alias);
  return found == applications.end() ? nullptr : found->second;
}

ingest::ReaderOptions reader_options(const Config& config, const PortalConfig& portal, const State& state) {
  ingest::ReaderOptions options;
  options.portal = portal.settings.alias;
  options.base_url = base_url(portal);
  options.handler = portal.application.handler_url;
  options.token = portal.token;
  options.gather = config.rest_gather;
  options.poll = config.rest_poll;
  options.directory = config.rest_directory;
  options.item_types = item_types(portal.settings);
  options.first_read_from = portal.settings.known_since;
  options.cursor = [&state, alias = portal.settings.alias](const std::string& list) {
    return read_cursor(state, alias, list);
  };
  options.backfills = [&state, alias = portal.settings.alias] {
    return read_cursors(state, alias, ingest::kBackfillPrefix);
  };
  options.known = [&state, alias = portal.settings.alias](EntityKind kind, const std::string& after, std::size_t most) {
    return known_ids(state, alias, kind, after, most);
  };
  return options;
}

}  // namespace

std::vector<PortalSettings> portal_settings(const Config& config) {
  std::vector<PortalSettings> settings;
  for (const auto& portal : config.portals) {
    settings.push_back(portal.settings);
    if (!portal.reads()) continue;
    settings.back().compared_lists =
        is_amocrm(portal) ? ingest::amocrm_timed_lists() : ingest::bitrix24_timed_lists(item_types(portal.settings));
  }
  return settings;
}

std::vector<ProcessorPortal> processor_portals(const Config& config) {
  std::vector<ProcessorPortal> portals;
  for (const auto& portal : config.portals) portals.push_back({portal.settings, make_adapter(portal.settings)});
  return portals;
}

std::string token_path(const Config& config, const std::string& alias) {
  return config.storage_path + "/tokens/" + alias + ".json";
}

Applications make_applications(const Config& config) {
  Applications applications;
  for (const auto& portal : config.portals) {
    const ApplicationConfig& application = portal.application;
    if (application.portal.empty()) continue;
    const std::string& alias = portal.settings.alias;
    ingest::TokenStoreOptions options;
    options.portal = alias;
    options.path = token_path(config, alias);
    using Dialect = ingest::OAuthClient::Dialect;
    options.endpoint = base_url(portal);
    options.member_id = portal.member_id;
    options.client = {is_amocrm(portal) ? Dialect::amocrm : Dialect::bitrix24, application.oauth_url,
                      application.client_id, application.client_secret, application.redirect_uri};
    take_first(application, options);
    options.told = [alias](ingest::TokenState state) { log_state(alias, state); };
    applications.emplace(alias, std::make_shared<ingest::TokenStore>(std::move(options)));
  }
  return applications;
}

std::shared_ptr<const ingest::HookGuards> hook_guards(const Config& config, const Applications& applications) {
  std::vector<ingest::Bitrix24Hook> bitrix24;
  std::vector<ingest::AmoHook> amocrm;
  for (const auto& portal : config.portals) {
    const auto& alias = portal.settings.alias;
    if (portal.settings.crm == Crm::bitrix24) {
      bitrix24.push_back({alias, portal.hook_path, portal.application_tokens, portal.member_id});
      if (const auto tokens = find(applications, alias)) {
        bitrix24.back().learned = tokens->application_tokens();
        bitrix24.back().heard = [tokens](const ingest::ApplicationEvent& event) { tokens->heard(event); };
      }
    } else {
      amocrm.push_back({alias, portal.hook_path, portal.hook_secrets, portal.account_id, portal.application.client_id,
                        portal.application.client_secret});
      if (const auto tokens = find(applications, alias)) {
        amocrm.back().heard = [tokens](ingest::ApplicationEvent event) {
          event.offer.at = RunningClock(std::nullopt).wall();  // it tells no time of its own
          tokens->heard(event);
        };
      }
    }
  }
  auto guards = std::make_shared<ingest::HookGuards>();
  guards->push_back(std::make_shared<ingest::Bitrix24Guard>(std::move(bitrix24)));
  guards->push_back(std::make_shared<ingest::AmoGuard>(std::move(amocrm)));
  return guards;
}

PortalReaders make_readers(const Config& config, const Applications& applications, ingest::RestPool& pool,
                           Journal& journal, const State& state, const Clock& clock) {
  PortalReaders readers;
  for (const auto& portal : config.portals) {
    if (!portal.reads()) continue;
    auto options = reader_options(config, portal, state);
    options.application = find(applications, portal.settings.alias);
    readers.emplace(portal.settings.alias, portal.settings.crm == Crm::bitrix24
                                               ? ingest::make_bitrix24_reader(pool, std::move(options), journal, clock)
                                               : ingest::make_amocrm_reader(pool, std::move(options), journal, clock));
  }
  return readers;
}

}  // namespace kpistream::app
