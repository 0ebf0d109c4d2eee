#include "app/portals.hpp"

#include <set>

#include "app/clock.hpp"
#include "app/connect/files.hpp"
#include "app/log.hpp"
#include "ingest/amocrm/adapter.hpp"
#include "ingest/amocrm/guard.hpp"
#include "ingest/bitrix24/adapter.hpp"
#include "ingest/bitrix24/guard.hpp"
#include "stream/facts/table.hpp"
#include "stream/reading_state.hpp"

namespace kpistream::app {
namespace {

std::shared_ptr<const Adapter> make_adapter(const PortalSettings& settings) {
  if (settings.crm == Crm::bitrix24) return ingest::make_bitrix24_adapter(settings);
  return ingest::make_amocrm_adapter(settings);
}

// Says which records cannot be read: by words of ours and the position in the journal, never by what the CRM sent.
class TellingAdapter : public Adapter {
 public:
  explicit TellingAdapter(std::shared_ptr<const Adapter> adapter) : adapter_(std::move(adapter)) {}

  [[nodiscard]] Decoded decode(const Record& record) const override {
    Decoded decoded = adapter_->decode(record);
    if (decoded.verdict != DecodeVerdict::quarantined) return decoded;
    const std::string position = std::to_string(record.position);
    if (record.kind == RecordKind::delivery) {
      log_debug("a webhook cannot be read",
                {{"portal", record.portal}, {"event", decoded.event}, {"position", position}});
    } else {
      // After its list a subject goes on with ids and cursors.
      log_debug("an answer of the CRM cannot be read", {{"portal", record.portal},
                                                        {"asked", record.subject.substr(0, record.subject.find('?'))},
                                                        {"status", std::to_string(record.status)},
                                                        {"position", position}});
    }
    return decoded;
  }
  [[nodiscard]] Topic topic(std::string_view event) const override { return adapter_->topic(event); }

 private:
  std::shared_ptr<const Adapter> adapter_;
};

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

void log_hook(const std::string& portal, const ingest::AmoHookWatch::News& news) {
  const std::string state(ingest::name_of(news.state));
  if (news.healed)
    return log_info("the webhook is enabled again; the lists bring what was not told", {{"portal", portal}});
  if (news.state == ingest::AmoHookState::fine) return log_info("the account's webhook is there", {{"portal", portal}});
  if (news.state == ingest::AmoHookState::unknown) {
    return log_warn("the account does not show its webhooks; `kpistream doctor` says why",
                    {{"portal", portal}, {"status", std::to_string(news.status)}});
  }
  if (news.helpless) {
    return log_warn("the account's webhook cannot be enabled from here; `kpistream doctor` says why",
                    {{"portal", portal}, {"state", state}, {"status", std::to_string(news.status)}});
  }
  log_warn("the account's webhook is not as it should be; `kpistream doctor --heal` mends it",
           {{"portal", portal}, {"state", state}});
}

template <class Shared>
Shared find(const std::map<std::string, Shared>& all, const std::string& alias) {
  const auto found = all.find(alias);
  return found == all.end() ? nullptr : found->second;
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
  options.fields = !portal.settings.loss_reason_field.empty();
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

std::vector<PortalSettings> table_settings(const Config& config) { return tables_of(portal_settings(config)); }

std::vector<ProcessorPortal> processor_portals(const Config& config) {
  std::vector<ProcessorPortal> portals;
  for (const auto& portal : config.portals) {
    portals.push_back({portal.settings, std::make_shared<TellingAdapter>(make_adapter(portal.settings))});
  }
  return portals;
}

std::set<std::string> archived_portals(const Config& config) {
  std::set<std::string> archived;
  for (const auto& portal : config.portals) {
    if (portal.archived) archived.insert(portal.settings.alias);
  }
  return archived;
}

std::string token_path(const Config& config, const std::string& alias) {
  return config.storage_path + "/tokens/" + alias + ".json";
}

Applications make_applications(const Config& config) {
  Applications applications;
  for (const auto& portal : config.portals) {
    const ApplicationConfig& application = portal.application;
    if (application.portal.empty() || portal.archived) continue;
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

std::shared_ptr<const ingest::HookGuards> hook_guards(const Config& config, const Applications& applications,
                                                      const Clock& clock) {
  std::vector<ingest::Bitrix24Hook> bitrix24;
  std::vector<ingest::AmoHook> amocrm;
  for (const auto& portal : config.portals) {
    const auto& alias = portal.settings.alias;
    if (portal.archived) continue;
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
        amocrm.back().heard = [tokens, &clock](ingest::ApplicationEvent event) {
          event.offer.at = clock.wall();  // it tells no time of its own
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

ingest::AmoHookAddress hook_address(const PortalConfig& portal) {
  return {portal.hook.url, portal.path(), portal.hook_secrets};
}

HookWatches make_hook_watches(const Config& config) {
  HookWatches watches;
  for (const auto& portal : config.portals) {
    const bool watched = portal.settings.crm == Crm::amocrm && portal.reads() && portal.hook.watch.count() != 0;
    if (!watched) continue;
    const std::string& alias = portal.settings.alias;
    ingest::AmoHookWatch::Options options;
    options.portal = alias;
    options.address = hook_address(portal);
    options.every = portal.hook.watch;
    options.heal = portal.hook.heal;
    options.told = [alias](const ingest::AmoHookWatch::News& news) { log_hook(alias, news); };
    watches.emplace(alias, std::make_shared<ingest::AmoHookWatch>(std::move(options)));
  }
  return watches;
}

void expect_hooks(const Config& config, const HookWatches& watches) {
  for (const auto& portal : config.portals) {
    if (const auto watch = find(watches, portal.settings.alias)) watch->expect(hook_address(portal));
  }
}

PortalReaders make_readers(const Config& config, const Applications& applications, const HookWatches& watches,
                           ingest::RestPool& pool, Journal& journal, const State& state, const Clock& clock) {
  PortalReaders readers;
  for (const auto& portal : config.portals) {
    if (!portal.reads()) continue;
    auto options = reader_options(config, portal, state);
    options.application = find(applications, portal.settings.alias);
    if (const auto watch = find(watches, portal.settings.alias)) options.errands.push_back(watch);
    readers.emplace(portal.settings.alias, portal.settings.crm == Crm::bitrix24
                                               ? ingest::make_bitrix24_reader(pool, std::move(options), journal, clock)
                                               : ingest::make_amocrm_reader(pool, std::move(options), journal, clock));
  }
  return readers;
}

}  // namespace kpistream::app
