#include "app/connect/findings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <initializer_list>
#include <span>

#include "app/connect/mapping.hpp"
#include "app/json_text.hpp"

namespace kpistream::app {
namespace {

constexpr UnixSeconds kSkewMost = 60;
constexpr double kLimitedFew = 20;             // a start is hasty
constexpr double kLimitedShare = 10;           // one of so many requests may be limited
constexpr UnixSeconds kSilenceMost = 259'200;  // a weekend and a day

struct Outcome {
  Reached reached;
  Phrase what;
  Phrase cure;
};
constexpr std::array<Outcome, 6> kOutcomes{{
    {Reached::no_answer, Phrase::rest_no_answer, Phrase::cure_no_answer},
    {Reached::bad_secret, Phrase::rest_bad_secret, Phrase::cure_bad_secret},
    {Reached::no_plan, Phrase::rest_no_plan, Phrase::cure_no_plan},
    {Reached::moved, Phrase::rest_moved, Phrase::cure_moved},
    {Reached::limited, Phrase::rest_limited, Phrase::cure_limited},
    {Reached::not_bitrix24, Phrase::rest_odd, Phrase::cure_odd},
}};

constexpr std::string_view kSmart = "DYNAMIC_";

bool names_smart_process(const PortalSettings& settings) {
  return std::any_of(type_lists().begin(), type_lists().end(), [&](const Listed& list) {
    const Ids& ids = settings.*list.ids;
    return std::any_of(ids.begin(), ids.end(), [](const std::string& id) { return id.starts_with(kSmart); });
  });
}

// Whether this portal's figures need the method.
bool needed(const PortalMethod& method, const PortalSettings& settings) {
  if (method.name == kPaymentList) return contains(settings.payment_types, "PAYMENT");
  if (method.name == kTypeList) return names_smart_process(settings);
  if (method.name.ends_with(".fields")) return false;
  const bool of_leads = method.name.starts_with("crm.lead.") || method.name == "crm.stagehistory.list?entityTypeId=1";
  return settings.leads || !of_leads;
}

Finding judged(const PortalMethod& method, const MethodFacts& facts, const std::string& alias) {
  using State = MethodFacts::State;
  switch (facts.state) {
    case State::readable:
      if (facts.rows == 0) return {alias, method.name, true, {Phrase::list_ok}, {}};
      return {alias, method.name, true, {Phrase::list_rows, {std::to_string(facts.rows)}}, {}};
    case State::no_scope:
      return {
          alias, method.name, false, {Phrase::list_no_scope, {method.scope}}, Line{Phrase::cure_scope, {method.scope}}};
    case State::refused:
      return {alias, method.name, false, {Phrase::list_refused, {facts.error}}, Line{Phrase::cure_refused}};
    case State::unknown:
      break;
  }
  return {alias, method.name, false, {Phrase::list_unknown}, Line{Phrase::cure_unknown}};
}

bool smart(const std::string& id) { return id.starts_with(kSmart); }

void missing_stages(const PortalFacts& facts, const PortalSettings& settings, Findings& findings) {
  Ids all;
  Ids of_deals;
  for (const auto& stage : facts.stages) {
    all.push_back(stage.id);
    if (stage.list.starts_with("DEAL_STAGE")) of_deals.push_back(stage.id);
  }
  Findings found;
  missing(stage_lists(), settings, all, {Phrase::mapping_stage, Phrase::cure_stage}, {}, found);
  missing(paid_lists(), settings, all, {Phrase::mapping_stage, Phrase::cure_stage}, {}, found);
  for (auto& finding : found) {
    finding.cure->values = {joined(of_deals)};
    findings.push_back(std::move(finding));
  }
}

void missing_fields(const PortalFacts& facts, const PortalSettings& settings, Findings& findings) {
  // Fields of smart processes are not asked for.
  if (!facts.readable(kDealFields) || names_smart_process(settings)) return;
  const auto judge = [&](const std::string& key, const std::string& code) {
    if (!code.starts_with("UF_CRM_") || facts.fields.contains(code)) return;
    findings.push_back(
        {settings.alias, "mapping", false, {Phrase::mapping_field, {key, code}}, Line{Phrase::cure_field}});
  };
  for (const auto& [name, code] : settings.fields) judge("fields." + name, code);
  judge("loss_reason_field", settings.loss_reason_field);
}

// ---- the daemon's metrics

// The value of each sample of the family that has all these labels ("portal=\"acme\"").
template <class Take>
void each_sample(std::string_view metrics, std::string_view family, std::initializer_list<std::string> labels,
                 const Take& take) {
  for (std::size_t at = 0; at < metrics.size();) {
    const auto end = std::min(metrics.find('\n', at), metrics.size());
    const std::string_view line = metrics.substr(at, end - at);
    at = end + 1;
    if (!line.starts_with(family) || line.size() == family.size() || line[family.size()] != '{') continue;
    const auto has = [&](const std::string& label) { return line.find(label) != std::string_view::npos; };
    const auto blank = line.rfind(' ');
    if (!std::all_of(labels.begin(), labels.end(), has) || blank == std::string_view::npos) continue;
    take(std::strtod(std::string(line.substr(blank + 1)).c_str(), nullptr));
  }
}

double sum_of(std::string_view metrics, std::string_view family, std::initializer_list<std::string> labels) {
  double sum = 0;
  each_sample(metrics, family, labels, [&](double value) { sum += value; });
  return sum;
}

// 0 when there is none.
double greatest_of(std::string_view metrics, std::string_view family, std::initializer_list<std::string> labels) {
  double greatest = 0;
  each_sample(metrics, family, labels, [&](double value) { greatest = std::max(greatest, value); });
  return greatest;
}

std::string whole(double value) { return std::to_string(static_cast<long long>(value)); }

// The label of the one sample that is 1.
std::string application_state(std::string_view metrics, const std::string& portal) {
  constexpr std::string_view kFamily = "kpistream_application_state{";
  constexpr std::string_view kLabel = "state=\"";
  for (auto at = metrics.find(kFamily); at != std::string_view::npos; at = metrics.find(kFamily, at + 1)) {
    const std::string_view line = metrics.substr(at, metrics.find('\n', at) - at);
    const auto label = line.find(kLabel);
    if (line.find(portal) == std::string_view::npos || !line.ends_with(" 1") || label == std::string_view::npos)
      continue;
    const std::string_view rest = line.substr(label + kLabel.size());
    return std::string(rest.substr(0, rest.find('"')));
  }
  return {};
}

void judge_hook(const DaemonFacts& daemon, bool queue, UnixSeconds now, const std::string& alias, Findings& findings) {
  const std::string when = utc_text(daemon.last_event);
  if (queue && daemon.last_event == 0) {
    findings.push_back({alias, "hook", true, {Phrase::hook_unneeded}, {}});
  } else if (daemon.last_event == 0 && daemon.hooks_refused > 0) {
    findings.push_back({alias,
                        "hook",
                        false,
                        {Phrase::hook_never_refused, {whole(daemon.hooks_refused)}},
                        Line{Phrase::cure_hook_token}});
  } else if (daemon.last_event == 0) {
    findings.push_back({alias, "hook", false, {Phrase::hook_never}, Line{Phrase::cure_hook}});
  } else if (daemon.hook_silent || now - daemon.last_event > kSilenceMost) {
    findings.push_back({alias, "hook", false, {Phrase::hook_old, {when}}, Line{Phrase::cure_hook}});
  } else {
    findings.push_back({alias, "hook", true, {Phrase::hook_ok, {when}}, {}});
  }
}

// The first two columns are that wide; both are ASCII.
std::string line_of(const Finding& finding, std::size_t portal, std::size_t check, Language language) {
  const auto padded = [](std::string word, std::size_t width) {
    word.resize(std::max(word.size(), width), ' ');
    return word;
  };
  const std::string first = padded(finding.portal, portal);
  std::string text = (first.empty() ? "" : first + "  ") + padded(finding.check, check) + "  ";
  text += say(language, finding.ok ? Phrase::ok : Phrase::wrong) + ": " + say(language, finding.what);
  if (finding.cure) text += "; " + say(language, Phrase::cure) + ": " + say(language, *finding.cure);
  return text;
}

}  // namespace

void judge_rest(const PortalFacts& facts, const PortalSettings& settings, Findings& findings) {
  const auto& alias = settings.alias;
  if (facts.reached != Reached::yes) {
    const auto found = std::find_if(kOutcomes.begin(), kOutcomes.end(),
                                    [&](const Outcome& one) { return one.reached == facts.reached; });
    findings.push_back({alias, "rest", false, {found->what}, Line{found->cure}});
    return;
  }
  findings.push_back({alias, "rest", true, {Phrase::rest_ok}, {}});
  if (facts.admin) {
    findings.push_back({alias, "rights", true, {Phrase::rights_ok, {facts.employee}}, {}});
  } else {
    findings.push_back({alias, "rights", false, {Phrase::rights_wrong, {facts.employee}}, Line{Phrase::cure_rights}});
  }
  for (const auto& method : portal_methods()) {
    if (needed(method, settings)) findings.push_back(judged(method, facts.method(method.name), alias));
  }
}

void judge_mode(const PortalFacts& facts, const PortalSettings& settings, Findings& findings) {
  const auto& alias = settings.alias;
  if (facts.mode_told && facts.leads != settings.leads) {
    findings.push_back({alias,
                        "mode",
                        false,
                        {Phrase::mode_wrong},
                        Line{facts.leads ? Phrase::cure_mode_classic : Phrase::cure_mode_simple}});
  } else if (facts.mode_told) {
    findings.push_back({alias, "mode", true, {facts.leads ? Phrase::mode_ok_leads : Phrase::mode_ok_simple}, {}});
  }
}

void judge_mapping(const PortalFacts& facts, const PortalSettings& settings, Findings& findings) {
  const auto& alias = settings.alias;
  if (facts.reached != Reached::yes) return;
  if (!facts.readable("crm.status.list") || !facts.readable("crm.category.list")) {
    findings.push_back({alias, "mapping", false, {Phrase::mapping_unchecked}, Line{Phrase::cure_scope, {"crm"}}});
    return;
  }
  const auto before = findings.size();
  missing_stages(facts, settings, findings);
  Ids pipelines;
  for (const auto& pipeline : facts.pipelines) pipelines.push_back(pipeline.id);
  missing(pipeline_lists(), settings, pipelines, {Phrase::mapping_pipeline, Phrase::cure_pipeline}, {}, findings);
  if (facts.readable(kTypeList)) {
    Ids types;
    for (const auto& type : facts.smart_processes) types.push_back(std::string(kSmart) + type.id);
    missing(type_lists(), settings, types, {Phrase::mapping_type, Phrase::cure_type}, smart, findings);
  }
  missing_fields(facts, settings, findings);
  if (findings.size() == before) findings.push_back({alias, "mapping", true, {Phrase::mapping_ok}, {}});
}

void judge_clock(UnixSeconds portal, UnixSeconds ours, const std::string& alias, Findings& findings) {
  if (portal == 0) return;
  const UnixSeconds skew = std::abs(ours - portal);
  if (skew <= kSkewMost) {
    findings.push_back({alias, "clock", true, {Phrase::clock_ok}, {}});
  } else {
    findings.push_back(
        {alias, "clock", false, {Phrase::clock_wrong, {std::to_string(skew)}}, Line{Phrase::cure_clock}});
  }
}

DaemonFacts daemon_facts(std::string_view metrics, const std::string& alias) {
  const std::string portal = "portal=\"" + alias + "\"";
  DaemonFacts facts;
  facts.answers = true;
  each_sample(metrics, "kpistream_events_total", {portal}, [&](double) { facts.serves = true; });
  facts.last_event = static_cast<UnixSeconds>(greatest_of(metrics, "kpistream_last_event_timestamp_seconds", {portal}));
  facts.hooks_refused = sum_of(metrics, "kpistream_webhook_requests_total", {"result=\"stranger\""}) +
                        sum_of(metrics, "kpistream_webhook_requests_total", {"result=\"not_found\""});
  const auto requests = [&](const char* result) {
    return sum_of(metrics, "kpistream_api_requests_total", {portal, std::string("result=\"") + result + "\""});
  };
  facts.application = application_state(metrics, portal);
  facts.hook_silent = sum_of(metrics, "kpistream_hook_silent", {portal}) > 0;
  facts.requests_ok = requests("ok");
  facts.requests_failed = requests("failed") + requests("denied");
  facts.requests_limited = requests("limited");
  return facts;
}

void judge_daemon(const DaemonFacts& daemon, bool reads, bool queue, UnixSeconds now, const std::string& alias,
                  Findings& findings) {
  if (!daemon.answers) {
    findings.push_back({alias, "daemon", false, {Phrase::daemon_silent}, Line{Phrase::cure_daemon}});
    return;
  }
  if (!daemon.serves) {
    findings.push_back({alias, "daemon", false, {Phrase::portal_unserved}, Line{Phrase::cure_restart}});
    return;
  }
  judge_hook(daemon, queue, now, alias, findings);
  if (!reads) return;
  if (daemon.requests_failed > daemon.requests_ok) {
    findings.push_back({alias,
                        "reader",
                        false,
                        {Phrase::reader_wrong, {whole(daemon.requests_ok), whole(daemon.requests_failed)}},
                        Line{Phrase::cure_reader}});
  } else if (daemon.requests_limited > kLimitedFew && daemon.requests_limited * kLimitedShare > daemon.requests_ok) {
    findings.push_back({alias,
                        "reader",
                        false,
                        {Phrase::reader_limited, {whole(daemon.requests_limited), whole(daemon.requests_ok)}},
                        Line{Phrase::cure_reader_limited}});
  } else {
    findings.push_back({alias, "reader", true, {Phrase::reader_ok, {whole(daemon.requests_ok)}}, {}});
  }
}

Finding config_finding(const std::string& error) {
  const bool secret = error.find("_file: ") != std::string::npos;
  return {"",
          "config",
          false,
          {Phrase::config_wrong, {error}},
          Line{secret ? Phrase::cure_secret_file : Phrase::cure_config}};
}

std::string finding_text(const Finding& finding, Language language) { return line_of(finding, 0, 0, language); }

std::string findings_text(const Findings& findings, Language language) {
  std::size_t portal = 0;
  std::size_t check = 0;
  for (const Finding& finding : findings) {
    portal = std::max(portal, finding.portal.size());
    check = std::max(check, finding.check.size());
  }
  std::string text;
  for (const Finding& finding : findings) text += line_of(finding, portal, check, language) + "\n";
  return text;
}

std::string findings_json(const Findings& findings, Language language) {
  std::string text = std::string("{\"ok\":") + (all_well(findings) ? "true" : "false") + ",\"checks\":[";
  for (const Finding& finding : findings) {
    if (text.back() == '}') text += ',';
    text += "{\"portal\":" + json(finding.portal) + ",\"check\":" + json(finding.check) +
            ",\"ok\":" + (finding.ok ? "true" : "false") + ",\"what\":" + json(say(language, finding.what));
    if (finding.cure) text += ",\"cure\":" + json(say(language, *finding.cure));
    text += '}';
  }
  return text + "]}";
}

bool all_well(const Findings& findings) {
  return std::all_of(findings.begin(), findings.end(), [](const Finding& one) { return one.ok; });
}

std::string utc_text(UnixSeconds at) {
  const auto days = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(at)));
  const std::chrono::year_month_day date(days);
  const auto of_day = at - std::chrono::duration_cast<std::chrono::seconds>(days.time_since_epoch()).count();
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d:%02d UTC", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(of_day / 3600),
                static_cast<int>(of_day / 60 % 60), static_cast<int>(of_day % 60));
  return text.data();
}

}  // namespace kpistream::app
