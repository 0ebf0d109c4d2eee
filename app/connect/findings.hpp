// What `doctor` says of a portal, judged from what the portal and the daemon tell. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/connect/account_facts.hpp"
#include "app/connect/portal_facts.hpp"
#include "app/connect/words.hpp"
#include "ingest/rest/amocrm_hooks.hpp"
#include "stream/portal.hpp"

namespace kpistream::app {

struct Finding {
  std::string portal;
  std::string check;  // the same in both languages: "rest", "rights", "crm.deal.list", "mapping", "hook", ...
  bool ok = true;
  Line what;
  std::optional<Line> cure;  // of what is wrong
};
using Findings = std::vector<Finding>;

// REST, the rights, and each list that is read. `settings`: the portal as it is configured.
void judge_rest(const PortalFacts& facts, const PortalSettings& settings, Findings& findings);
// Whether the portal works with leads, as the configuration says.
void judge_mode(const PortalFacts& facts, const PortalSettings& settings, Findings& findings);
// Whether the stages, funnels, smart processes and fields that the configuration names exist.
void judge_mapping(const PortalFacts& facts, const PortalSettings& settings, Findings& findings);
// The difference between the portal's clock and ours.
void judge_clock(UnixSeconds portal, UnixSeconds ours, const std::string& alias, Findings& findings);

// What the daemon's metrics say of a portal.
struct DaemonFacts {
  bool answers = false;
  bool serves = false;          // it knows the portal
  UnixSeconds last_event = 0;   // 0: none since its start
  double hooks_refused = 0;     // of all portals: with a wrong token, or to an unknown path
  double requests_ok = 0;       // to the portal's REST
  double requests_failed = 0;   // refused, failed
  double requests_limited = 0;  // too many
  bool hook_silent = false;     // by the portal's own norm
  std::string application{};    // state of the authorisation; empty: not told
};
[[nodiscard]] DaemonFacts daemon_facts(std::string_view metrics, const std::string& alias);
// `reads`: it has a REST; `queue`: events come from there too, so that none need be sent.
void judge_daemon(const DaemonFacts& daemon, bool reads, bool queue, UnixSeconds now, const std::string& alias,
                  Findings& findings);

// The authorisation of a Bitrix24 application, by the state that the daemon tells; empty: it tells none. `file`: where
// the tokens are kept; `hook`: the path that its installation is to be told to.
void judge_application(std::string_view state, const std::string& file, const std::string& hook,
                       const std::string& alias, Findings& findings);
// A webhook that was to be made or mended; `status`: of the account's last answer, `url`: where the account is to send.
void judge_order(ingest::AmoHookOrder::Next end, unsigned status, const std::string& url, const std::string& alias,
                 Findings& findings);

// An error of the configuration's reader.
[[nodiscard]] Finding config_finding(const std::string& error);

// amoCRM and Kommo: the account, whose token it is, and each list that is read. `account_id`: the configured one;
// empty: any.
void judge_account(const AccountFacts& facts, const std::string& account_id, const std::string& alias,
                   Findings& findings);
// Zone, currency, and what the account can say at all.
void judge_account_settings(const AccountFacts& facts, const PortalSettings& settings, Findings& findings);
// Whether the statuses, funnels, task types, fields and users that the configuration names exist.
void judge_account_mapping(const AccountFacts& facts, const PortalSettings& settings, Findings& findings);
// When a long-lived token ends; `end` 0: it does not say.
void judge_token(UnixSeconds end, UnixSeconds now, const std::string& alias, Findings& findings);
// The account's webhook for us.
void judge_webhook(const ingest::AmoHookView& view, const ingest::AmoHookAddress& address, const std::string& alias,
                   Findings& findings);

// One line, with the cure behind it. Nothing that is judged holds a secret.
[[nodiscard]] std::string finding_text(const Finding& finding, Language language);
// A line for each, names and checks in columns.
[[nodiscard]] std::string findings_text(const Findings& findings, Language language);
// {"ok":false,"checks":[{"portal":...,"check":...,"ok":...,"what":...,"cure":...}]}
[[nodiscard]] std::string findings_json(const Findings& findings, Language language);
[[nodiscard]] bool all_well(const Findings& findings);

// "2026-09-14 10:00:03 UTC"
[[nodiscard]] std::string utc_text(UnixSeconds at);

}  // namespace kpistream::app
