#include "app/connect/portal_check.hpp"

#include <stdexcept>

#include "app/admin_client.hpp"
#include "app/connect/account_client.hpp"
#include "app/portals.hpp"
#include "ingest/rest/portal_client.hpp"
#include "ingest/rest/small_files.hpp"
#include "ingest/rest/token_file.hpp"

namespace kpistream::app {
namespace {

constexpr std::chrono::milliseconds kDeadline{30'000};

void judge_bitrix24(const PortalFacts& facts, const PortalConfig& portal, UnixSeconds now, Findings& findings) {
  judge_rest(facts, portal.settings, findings);
  judge_mode(facts, portal.settings, findings);
  judge_mapping(facts, portal.settings, findings);
  judge_clock(facts.clock, now, portal.settings.alias, findings);
}

void check_bitrix24(const PortalConfig& portal, UnixSeconds now, Findings& findings) {
  judge_bitrix24(ask_bitrix24(portal.rest_url), portal, now, findings);
}

// With the access token that the daemon keeps. It is never renewed here: only one may do that.
void check_application(const Config& config, const PortalConfig& portal, UnixSeconds now, Findings& findings) {
  const auto& alias = portal.settings.alias;
  const auto bytes = ingest::disk_files().read(token_path(config, alias));
  const auto tokens = bytes ? ingest::decode_token_file(*bytes) : std::nullopt;
  if (!tokens || !tokens->current) {
    findings.push_back({alias, "rest", false, {Phrase::app_no_pair}, Line{Phrase::cure_app_refused}});
    return;
  }
  const std::string question = ingest::with_access(portal_question(), tokens->current->access);
  const auto answer = ingest::ask_portal(portal.application.portal + "/rest/", "batch.json", question, "", kDeadline);
  switch (ingest::access_verdict(answer.status, answer.body)) {
    case ingest::AccessVerdict::expired:
      findings.push_back({alias, "rest", true, {Phrase::app_token_ended}, {}});
      break;
    case ingest::AccessVerdict::dead:
      findings.push_back({alias, "rest", false, {Phrase::app_refused}, Line{Phrase::cure_app_refused}});
      break;
    case ingest::AccessVerdict::fine:
      judge_bitrix24(portal_facts(answer.status, answer.json, answer.body), portal, now, findings);
  }
}

// As the daemon keeps it; empty: it has none.
std::string access_token(const std::string& path) {
  const auto bytes = ingest::disk_files().read(path);
  const auto tokens = bytes ? ingest::decode_token_file(*bytes) : std::nullopt;
  return tokens && tokens->current ? tokens->current->access : std::string();
}

// The new one first; what is not needed any more afterwards.
void heal_webhook(AccountClient& client, const PortalConfig& portal, const ingest::AmoHookView& before,
                  Findings& findings) {
  const auto address = hook_address(portal);
  const auto& alias = portal.settings.alias;
  const std::string wanted = before.wanted(address);
  if (before.state == ingest::AmoHookState::unknown || wanted.empty()) {
    return judge_webhook(before, address, alias, findings);
  }
  if (before.state != ingest::AmoHookState::fine) {
    const auto ordered = client.order(wanted, before.wanted_settings(), [](int) {});
    if (!ordered.made()) return judge_order(ordered.end, ordered.status, wanted, alias, findings);
  }
  for (const auto& older : before.older) client.remove(older);
  if (before.state == ingest::AmoHookState::elsewhere) client.remove(before.destination);
  const auto after = client.webhooks(address);
  if (after.state == ingest::AmoHookState::fine && before.state != ingest::AmoHookState::fine) {
    return judge_order(ingest::AmoHookOrder::Next::done, after.status, wanted, alias, findings);
  }
  judge_webhook(after, address, alias, findings);
}

void check_amocrm(const Config& config, const PortalConfig& portal, UnixSeconds now, bool heal, Findings& findings) {
  const auto& alias = portal.settings.alias;
  // Of an integration, the access token that the daemon keeps. It is never renewed here: only one may do that.
  const bool integration = !portal.application.portal.empty();
  const std::string token = integration ? access_token(token_path(config, alias)) : portal.token;
  if (token.empty()) {
    findings.push_back({alias, "rest", false, {Phrase::app_no_pair}, Line{Phrase::cure_amo_pair}});
    return;
  }
  AccountClient client(portal.rest_url, token);
  const auto facts = client.facts();
  if (integration && facts.reached == Reached::bad_secret) {
    findings.push_back({alias, "rest", true, {Phrase::app_token_ended}, {}});
    return;
  }
  judge_account(facts, portal.account_id, alias, findings);
  if (!integration) judge_token(token_end(token), now, alias, findings);
  if (facts.reached != Reached::yes || facts.id != portal.account_id) return;
  judge_account_settings(facts, portal.settings, findings);
  judge_account_mapping(facts, portal.settings, findings);
  const auto view = client.webhooks(hook_address(portal));
  const bool wrong = view.state != ingest::AmoHookState::fine || !view.older.empty();
  if (heal && wrong) return heal_webhook(client, portal, view, findings);
  judge_webhook(view, hook_address(portal), alias, findings);
}

void check_crm(const Config& config, const PortalConfig& portal, UnixSeconds now, bool heal, Findings& findings) {
  const auto& alias = portal.settings.alias;
  if (!portal.reads()) {
    findings.push_back({alias, "rest", false, {Phrase::rest_missing}, Line{Phrase::cure_rest_missing}});
    return;
  }
  try {
    if (portal.settings.crm == Crm::amocrm) return check_amocrm(config, portal, now, heal, findings);
    if (!portal.application.portal.empty()) return check_application(config, portal, now, findings);
    check_bitrix24(portal, now, findings);
  } catch (const std::runtime_error& error) {
    findings.push_back({alias, "rest", false, {Phrase::rest_bad_url, {error.what()}}, Line{Phrase::cure_bad_url}});
  }
}

}  // namespace

PortalFacts ask_bitrix24(const std::string& rest_url) {
  const auto answer = ingest::ask_portal(rest_url, "batch.json", portal_question(), "", kDeadline);
  return portal_facts(answer.status, answer.json, answer.body);
}

DaemonFacts ask_daemon_of(const Config& config, const std::string& alias) {
  const auto answer = ask_daemon(config, "/metrics");
  return answer.status == 200 ? daemon_facts(answer.body, alias) : DaemonFacts{};
}

void check_portal(const Config& config, const PortalConfig& portal, UnixSeconds now, bool heal, Findings& findings) {
  const auto& alias = portal.settings.alias;
  if (portal.archived) return findings.push_back({alias, "config", true, {Phrase::portal_archived}, {}});
  check_crm(config, portal, now, heal, findings);
  const DaemonFacts daemon = ask_daemon_of(config, alias);
  const bool application = !portal.application.portal.empty() && portal.settings.crm == Crm::bitrix24;
  if (application && daemon.answers && daemon.serves) {
    const std::string hook = portal.path();
    judge_application(daemon.application, token_path(config, alias), hook, alias, findings);
  }
  judge_daemon(daemon, portal.reads(), application, now, alias, findings);
}

}  // namespace kpistream::app
