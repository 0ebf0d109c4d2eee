#include "app/connect/portal_check.hpp"

#include <stdexcept>

#include "app/admin_client.hpp"
#include "ingest/rest/portal_client.hpp"

namespace kpistream::app {
namespace {

constexpr std::chrono::milliseconds kDeadline{30'000};

void check_bitrix24(const PortalConfig& portal, UnixSeconds now, Findings& findings) {
  const PortalFacts facts = ask_bitrix24(portal.rest_url);
  judge_rest(facts, portal.settings, findings);
  judge_mode(facts, portal.settings, findings);
  judge_mapping(facts, portal.settings, findings);
  judge_clock(facts.clock, now, portal.settings.alias, findings);
}

void check_amocrm(const PortalConfig& portal, Findings& findings) {
  const auto answer = ingest::ask_portal(portal.rest_url, "api/v4/account", "", portal.token, kDeadline);
  judge_account(answer.status, answer.body, portal.account_id, portal.settings.alias, findings);
}

void check_crm(const PortalConfig& portal, UnixSeconds now, Findings& findings) {
  const auto& alias = portal.settings.alias;
  if (portal.rest_url.empty()) {
    findings.push_back({alias, "rest", false, {Phrase::rest_missing}, Line{Phrase::cure_rest_missing}});
    return;
  }
  try {
    portal.settings.crm == Crm::bitrix24 ? check_bitrix24(portal, now, findings) : check_amocrm(portal, findings);
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

void check_portal(const Config& config, const PortalConfig& portal, UnixSeconds now, Findings& findings) {
  check_crm(portal, now, findings);
  const auto& alias = portal.settings.alias;
  judge_daemon(ask_daemon_of(config, alias), !portal.rest_url.empty(), now, alias, findings);
}

}  // namespace kpistream::app
