#include <algorithm>
#include <array>

#include "app/connect/mapping.hpp"
#include "ingest/rest/readers.hpp"

namespace kpistream::app {
namespace {

using ingest::AmoHookState;

constexpr UnixSeconds kDay = 86'400;
constexpr UnixSeconds kTokenNear = 30 * kDay;
constexpr std::size_t kHooksNear = 95;

struct Outcome {
  Reached reached;
  Phrase what;
  Phrase cure;
};
constexpr std::array<Outcome, 6> kOutcomes{{
    {Reached::no_answer, Phrase::amo_no_answer, Phrase::cure_amo_no_answer},
    {Reached::bad_secret, Phrase::amo_bad_token, Phrase::cure_amo_token},
    {Reached::no_plan, Phrase::amo_unpaid, Phrase::cure_amo_unpaid},
    {Reached::moved, Phrase::amo_moved, Phrase::cure_amo_address},
    {Reached::limited, Phrase::amo_limited, Phrase::cure_limited},
    {Reached::not_bitrix24, Phrase::amo_odd, Phrase::cure_amo_address},
}};

Finding judged(const std::string& list, const MethodFacts& facts, const std::string& alias) {
  switch (facts.state) {
    case MethodFacts::State::readable:
      return {alias, list, true, {Phrase::list_ok}, {}};
    case MethodFacts::State::no_scope:
    case MethodFacts::State::refused:
      return {alias, list, false, {Phrase::amo_list_refused, {facts.error}}, Line{Phrase::cure_amo_list}};
    case MethodFacts::State::unknown:
      break;
  }
  return {alias, list, false, {Phrase::amo_list_unknown}, Line{Phrase::cure_unknown}};
}

// `same`: what is said when both are equal.
void judge_equal(const char* check, const std::string& ours, const std::string& theirs, Phrase same,
                 const Mistake& differ, const std::string& alias, Findings& findings) {
  if (theirs.empty()) return;
  if (ours == theirs) {
    findings.push_back({alias, check, true, {same, {ours}}, {}});
  } else {
    findings.push_back({alias, check, false, {differ.what, {theirs, ours}}, Line{differ.cure, {theirs}}});
  }
}

Ids ids_of(const std::vector<Named>& all) {
  Ids ids;
  for (const auto& one : all) ids.push_back(one.id);
  return ids;
}

void missing_statuses(const AccountFacts& facts, const PortalSettings& settings, Findings& findings) {
  Ids known;
  for (const auto& status : facts.statuses) {
    if (!contains(known, status.id)) known.push_back(status.id);
  }
  missing(stage_lists(), settings, known, {Phrase::amo_no_status, Phrase::cure_amo_status}, {}, findings);
  if (!facts.unsorted) return;
  for (const auto& status : facts.statuses) {
    if (!status.incoming || contains(settings.incoming_stages, status.id)) continue;
    findings.push_back({settings.alias,
                        "mapping",
                        false,
                        {Phrase::amo_incoming_missing, {status.id}},
                        Line{Phrase::cure_amo_incoming, {status.id}}});
  }
}

void missing_others(const AccountFacts& facts, const PortalSettings& settings, Findings& findings) {
  Ids pipelines;
  for (const auto& pipeline : facts.pipelines) pipelines.push_back(pipeline.id);
  missing(pipeline_lists(), settings, pipelines, {Phrase::amo_no_pipeline, Phrase::cure_pipeline}, {}, findings);
  Ids types;
  for (const auto& type : facts.task_types) types.push_back(type.id);
  const auto of_tasks = [](const std::string& id) { return id != "TRANSACTION"; };  // that: purchases of customers
  missing(type_lists(), settings, types, {Phrase::amo_no_type, Phrase::cure_amo_type}, of_tasks, findings);
  if (!facts.paid.empty()) {
    missing(paid_lists(), settings, ids_of(facts.paid), {Phrase::amo_no_paid, Phrase::cure_amo_paid}, {}, findings);
  }
  if (!facts.readable("leads/custom_fields")) return;
  for (const auto& [name, id] : settings.fields) {
    const auto same = [&id = id](const AccountField& field) { return field.id == id; };
    if (std::any_of(facts.fields.begin(), facts.fields.end(), same)) continue;
    findings.push_back({settings.alias,
                        "mapping",
                        false,
                        {Phrase::amo_no_field, {"fields." + name, id}},
                        Line{Phrase::cure_amo_field}});
  }
}

void judge_rights(const AccountFacts& facts, const std::string& alias, Findings& findings) {
  if (!facts.rank_told) {
    findings.push_back({alias, "rights", false, {Phrase::amo_rights_unknown}, Line{Phrase::cure_amo_rights}});
  } else if (facts.admin) {
    findings.push_back({alias, "rights", true, {Phrase::amo_rights_ok, {facts.employee}}, {}});
  } else {
    findings.push_back(
        {alias, "rights", false, {Phrase::amo_rights_wrong, {facts.employee}}, Line{Phrase::cure_amo_rights}});
  }
}

void judge_missing_webhook(const ingest::AmoHookView& view, const ingest::AmoHookAddress& address,
                           const std::string& alias, Findings& findings) {
  const bool can = !view.wanted(address).empty();
  findings.push_back({alias,
                      "webhook",
                      false,
                      {Phrase::webhook_gone},
                      Line{can ? Phrase::cure_webhook_gone : Phrase::cure_webhook_url}});
}

}  // namespace

void judge_account(const AccountFacts& facts, const std::string& account_id, const std::string& alias,
                   Findings& findings) {
  if (facts.reached != Reached::yes) {
    const auto found = std::find_if(kOutcomes.begin(), kOutcomes.end(),
                                    [&](const Outcome& one) { return one.reached == facts.reached; });
    findings.push_back({alias, "rest", false, {found->what}, Line{found->cure}});
    return;
  }
  const bool ours = account_id.empty() || facts.id == account_id;
  findings.push_back({alias,
                      "rest",
                      ours,
                      {ours ? Phrase::account_ok : Phrase::account_other, {facts.id}},
                      ours ? std::nullopt : std::optional<Line>(Line{Phrase::cure_account})});
  if (!ours) return;
  judge_rights(facts, alias, findings);
  for (const auto& list : ingest::amocrm_list_paths()) findings.push_back(judged(list, facts.list(list), alias));
}

void judge_account_settings(const AccountFacts& facts, const PortalSettings& settings, Findings& findings) {
  const auto& alias = settings.alias;
  judge_equal("zone", settings.zone, facts.zone, Phrase::zone_ok, {Phrase::zone_wrong, Phrase::cure_zone}, alias,
              findings);
  judge_equal("currency", settings.currency, facts.currency, Phrase::currency_ok,
              {Phrase::currency_wrong, Phrase::cure_currency}, alias, findings);
  if (!facts.loss_reasons) {
    findings.push_back({alias, "reasons", true, {Phrase::reasons_off}, {}});
  } else {
    findings.push_back({alias, "reasons", true, {Phrase::reasons_ok, {std::to_string(facts.reasons.size())}}, {}});
  }
}

void judge_account_mapping(const AccountFacts& facts, const PortalSettings& settings, Findings& findings) {
  if (!facts.readable("leads/pipelines")) {
    findings.push_back({settings.alias, "mapping", false, {Phrase::amo_unchecked}, Line{Phrase::cure_amo_list}});
    return;
  }
  const auto before = findings.size();
  missing_statuses(facts, settings, findings);
  missing_others(facts, settings, findings);
  if (findings.size() == before) findings.push_back({settings.alias, "mapping", true, {Phrase::amo_mapping_ok}, {}});
}

void judge_token(UnixSeconds end, UnixSeconds now, const std::string& alias, Findings& findings) {
  if (end == 0) return;
  const std::string when = utc_text(end);
  if (end <= now) {
    findings.push_back({alias, "token", false, {Phrase::token_ended, {when}}, Line{Phrase::cure_amo_token}});
  } else if (end - now < kTokenNear) {
    const std::string days = std::to_string((end - now) / kDay);
    findings.push_back({alias, "token", false, {Phrase::token_near, {when, days}}, Line{Phrase::cure_amo_token}});
  } else {
    findings.push_back({alias, "token", true, {Phrase::token_ok, {when}}, {}});
  }
}

void judge_order(ingest::AmoHookOrder::Next end, unsigned status, const std::string& url, const std::string& alias,
                 Findings& findings) {
  using Next = ingest::AmoHookOrder::Next;
  constexpr const char* kCheck = "webhook";
  const std::string told = std::to_string(status);
  switch (end) {
    case Next::done:
      return findings.push_back({alias, kCheck, true, {Phrase::webhook_healed}, {}});
    case Next::refused:
      return findings.push_back(
          {alias, kCheck, false, {Phrase::webhook_refused, {told}}, Line{Phrase::cure_webhook_denied}});
    case Next::no_host:
      return findings.push_back(
          {alias, kCheck, false, {Phrase::webhook_no_host, {ingest::origin_of(url)}}, Line{Phrase::cure_webhook_host}});
    case Next::later:
      return findings.push_back({alias, kCheck, false, {Phrase::webhook_refused, {told}}, Line{Phrase::cure_unknown}});
    case Next::again:
    case Next::failed:
      return findings.push_back(
          {alias, kCheck, false, {Phrase::webhook_refused, {told}}, Line{Phrase::cure_webhook_refused}});
  }
}

void judge_webhook(const ingest::AmoHookView& view, const ingest::AmoHookAddress& address, const std::string& alias,
                   Findings& findings) {
  const auto wrong = [&](Line what, Phrase cure) {
    findings.push_back({alias, "webhook", false, std::move(what), Line{cure}});
  };
  switch (view.state) {
    case AmoHookState::unknown:
      if (view.status == 402 || view.status == 403) return wrong({Phrase::webhook_denied}, Phrase::cure_webhook_denied);
      return wrong({Phrase::webhook_unknown}, Phrase::cure_unknown);
    case AmoHookState::gone:
      return judge_missing_webhook(view, address, alias, findings);
    case AmoHookState::disabled:
      return wrong({Phrase::webhook_disabled}, Phrase::cure_webhook_disabled);
    case AmoHookState::elsewhere:
      return wrong({Phrase::webhook_elsewhere, {ingest::origin_of(view.destination), ingest::origin_of(address.url)}},
                   Phrase::cure_webhook_elsewhere);
    case AmoHookState::short_of:
      return wrong({Phrase::webhook_short, {joined(view.missing)}}, Phrase::cure_webhook_short);
    case AmoHookState::fine:
      break;
  }
  if (!view.older.empty()) {
    return wrong({Phrase::webhook_older, {std::to_string(view.older.size())}}, Phrase::cure_webhook_older);
  }
  if (view.webhooks >= kHooksNear) {
    const Ids values{std::to_string(view.webhooks), std::to_string(ingest::kAmoHooksMost)};
    return wrong({Phrase::webhook_many, values}, Phrase::cure_webhook_many);
  }
  findings.push_back({alias, "webhook", true, {Phrase::webhook_ok, {std::to_string(view.settings.size())}}, {}});
}

}  // namespace kpistream::app
