#include <fmt/format.h>

#include <iterator>
#include <map>
#include <stdexcept>

#include "app/config_keys.hpp"
#include "stream/insight/alerts.hpp"
#include "stream/kpi/definition.hpp"

namespace kpistream::app {
namespace {

using Keys = std::vector<Key>;

constexpr const char* kTime = "^[0-9]+-[0-9]+-[0-9]+T[0-9:]+(Z|[+-][0-9:]+)$";
constexpr const char* kDay = "^2[01][0-9]{2}-[0-9]{2}-[0-9]{2}$";
constexpr const char* kSpan = "^2[01][0-9]{2}-[0-9]{2}-[0-9]{2}(/2[01][0-9]{2}-[0-9]{2}-[0-9]{2})?$";
constexpr const char* kWeekdays = "^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$";
constexpr const char* kHours = "^(off|[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9])$";
constexpr const char* kPlace = "^(https://[A-Za-z0-9.:-]+|http://127\\.0\\.0\\.1[A-Za-z0-9.:-]*)/*$|^$";
constexpr const char* kAnyName = "";
constexpr std::int64_t kTeamBytesMax = 64;  // it becomes a label

Shape ids() { return list_of(text(1)); }

Keys with(Keys first, Keys others) {
  first.insert(first.end(), std::make_move_iterator(others.begin()), std::make_move_iterator(others.end()));
  return first;
}

// ---- who sends

Keys common_keys(std::vector<std::string> crms) {
  return {
      required({"crm", word(std::move(crms)), "What the portal is.", ""}),
      {"zone", text(1), "The portal's time zone, an IANA name.", R"("Europe/Moscow")"},
      {"currency", text_like("^[A-Z]{3}$"), "The currency of the figures, an ISO 4217 code.", R"("RUB")"},
      {"known_since", text_like(kTime),
       "From when on the figures are complete, for example 2026-09-01T00:00:00+03:00; a window that begins earlier is "
       "absent, not zero.",
       ""},
  };
}

Keys bitrix24_application() {
  return {
      required({"portal", text_like(kPlace), "The portal's address, without a path: https://acme.bitrix24.ru.", ""}),
      {"oauth_url", text_like(kPlace), "The server that gives tokens; by the portal's domain if not given.", ""},
      {"handler_url", text(0, 500),
       "Where the internet sees this daemon's hook, https://<your host>/hook/bitrix24/<name>: there the portal tells "
       "that events wait.",
       ""},
      required(kept_apart({"client_id", text(), "The application's client_id, as the portal shows it.", ""})),
      required(kept_apart({"client_secret", text(), "The application's client_secret, as the portal shows it.", ""})),
      kept_apart({"refresh_token", text(), "A first refresh token, where no event can bring it; used once.", ""}),
  };
}

Keys amocrm_application() {
  return {
      required(kept_apart({"client_id", text(), "The integration's id, as its page shows it.", ""})),
      required(kept_apart({"client_secret", text(), "The integration's secret key, as its page shows it.", ""})),
      required({"redirect_uri", text(1, 500), "The redirect address, as the integration's page has it.", ""}),
      kept_apart({"code", text(), "The authorization code of that page: good for 20 minutes, and once.", ""}),
      kept_apart({"refresh_token", text(), "Instead of a code: a first refresh token.", ""}),
  };
}

Keys bitrix24_keys() {
  return {
      {"mode", word({"classic", "simple"}), "simple: the portal has no leads, and a deal is an inquiry.",
       R"("classic")"},
      secret({"application_tokens", list_of(text()),
              "Tokens of the portal's outgoing webhooks; not needed with an application.", ""}),
      {"application", mapping(bitrix24_application()), "An application of the portal, instead of rest_url.", ""},
      {"member_id", text(), "The portal's fixed id, which webhooks have to name; not checked if not given.", ""},
      secret({"rest_url", text(), "The incoming webhook's address.", ""}),
      {"loss_reason_field", text(), "Code of the field with the reason of a refusal, UF_CRM_...", ""},
  };
}

Keys hook_keys() {
  return {
      {"url", text(),
       "Where the account reaches the daemon, https://kpi.example.com: with it a lost webhook can be made "
       "anew.",
       ""},
      {"watch", duration(), "How often the daemon looks whether the account still has its webhook enabled; 0: never.",
       R"("5m")"},
      {"heal", boolean(), "Whether the daemon enables a disabled webhook itself, and makes a lost one.", "false"},
  };
}

Keys amocrm_keys() {
  return {
      secret({"hook_secrets", list_of(text()), "The last part of the webhook's path, long and random.", ""}),
      {"account_id", text(), "Number of the account.", ""},
      {"rest_url", text(), "https://<account>.amocrm.ru, or .kommo.com.", ""},
      secret({"token", text(), "A long-lived token of the account.", ""}),
      {"hook", mapping(hook_keys()), "The webhook that the account has for us.", ""},
      {"application", mapping(amocrm_application()), "An integration of the account, instead of token.", ""},
      {"text_zone", text(), "Zone of the times that old webhooks tell as text, where there is no rest_url.", ""},
  };
}

// ---- what its CRM means

Keys stage_keys() {
  return {
      {"incoming", ids(), "amoCRM: statuses of what has arrived and is not yet accepted.", ""},
      {"qualified", ids(), "Reaching one of them ends the processing of an inquiry.", ""},
      {"quote", ids(), "Stages of a quote, or of a deal, that mean: the quote was sent.", ""},
      {"payment", ids(), "Stages of a deal that mean: paid.", ""},
      {"meeting", ids(), "Stages of a deal that mean: a meeting was held.", ""},
      {"complaint", ids(), "A deal that reaches one of them is a complaint.", ""},
  };
}

Keys type_keys() {
  return {
      {"meeting", ids(), "Types of activities and tasks that are meetings, instead of those of the CRM.", ""},
      {"complaint", ids(), "Types of activities that are complaints.", ""},
      {"quote", ids(), "Bitrix24: what else is a quote: DYNAMIC_128, DOCUMENT, DOCUMENT_12.", ""},
      {"payment", ids(), "What else is a payment: DYNAMIC_130, PAYMENT; amoCRM: TRANSACTION.", ""},
  };
}

Keys value_keys() {
  return {
      {"paid", ids(), "Stages of an invoice, or values of its status, that mean: paid.", ""},
      {"complaint",
       mappings({required({"field", text(), "tag, or a name from `fields`.", ""}),
                 required({"value", text(1, static_cast<std::int64_t>(kFieldValueMax)),
                           "The value, or its id in a list.", ""})}),
       "A record with such a value is a complaint.", ""},
  };
}

Keys meaning_keys() {
  return {
      {"fields", names("^(?!tag$)[a-z][a-z0-9_]{0,63}$", text(1)),
       "Custom fields to keep: a name of your own, and the CRM's code (Bitrix24) or number (amoCRM).", ""},
      {"pipelines",
       mapping(
           {{"main", ids(), "Funnels whose balance of what comes in and goes out is watched; all if not given.", ""},
            {"complaints", ids(), "A deal made in one of these funnels is a complaint.", ""}}),
       "What the funnels mean.", ""},
      {"stages", mapping(stage_keys()), "What the stages mean.", ""},
      {"types", mapping(type_keys()), "What types of activities, tasks and items mean.", ""},
      {"values", mapping(value_keys()), "What values of fields mean.", ""},
      {"robots", ids(), "Users whose acts nobody did: integrations, service accounts.", ""},
      {"quote_amount_field", text(), "The name from `fields` that holds the sum of the quote.", ""},
      {"cost_field", text(), "The name from `fields` that holds what a deal costs you.", ""},
      {"action_fields", list_of(text()),
       "Fields whose change is an action of whoever made it: amount, owner, tag, names from `fields`.", ""},
  };
}

// ---- limits and alerts

Keys limit_keys() {
  return {
      {"response", duration(),
       "Working time within which an inquiry should be answered: past it, it is overdue and not in time.", R"("15m")"},
      {"return", duration(), "Working time after which a missed call counts as not returned; up to 7d.", R"("2h")"},
      {"served", duration(), "Who calls again within this time and is answered was served after all.", R"("5m")"},
      {"stuck", integer(1, 365), "Working days without an action after which a deal is stuck.", "5"},
      {"client", integer(1, 3'650), "Days after a sale for which a client is active.", "365"},
      {"bulk", integer(1, 1'000'000),
       "Leads, or deals, that one user or program makes within a minute: more are an import.", "30"},
  };
}

std::string about_threshold(std::string_view name) {
  static const std::map<std::string_view, std::string_view> kAbout{
      {"drop_ratio", "A figure of the last hour, or of the day so far, is at this part of its baseline or less."},
      {"drop_spreads", "And so many spreads below it: beyond chance."},
      {"drop_volume", "Where the baseline is at least so much; of revenue, the baseline of sales."},
      {"missed_ratio", "More than this part of today's incoming calls of working hours is missed."},
      {"missed_volume", "Of at least so many calls."},
      {"in_time_ratio", "Less than this part of today's inquiries is answered within limits.response."},
      {"response_volume", "Of at least so many inquiries."},
      {"overdue_leads", "So many inquiries wait longer than limits.response."},
      {"halved_ratio", "A manager is at this part of his last week's actions or less."},
      {"under_team_ratio", "Or, over a closed week, at this part of the median of the others in the team or less."},
      {"activity_fall", "By at least so many actions."},
      {"activity_volume", "Where there should be at least so many actions."},
      {"pace_ratio", "A plan is below this part of what working time asks for by now."},
      {"pace_elapsed", "Once this part of the period's working time has passed."}};
  return std::string(kAbout.at(name));
}

Keys alert_keys() {
  const insight::AlertThresholds initial;
  Keys keys;
  for (const auto& threshold : insight::alert_thresholds()) {
    keys.push_back({std::string(threshold.name), decimal(0, threshold.max / 1'000), about_threshold(threshold.name),
                    fmt::format("{}", static_cast<double>(initial.*threshold.value) / 1'000)});
  }
  return keys;
}

// ---- who works when, money and plans

Keys work_keys() {
  return {
      {"hours", names(kWeekdays, text_like(kHours)),
       "Hours by day of the week, in the portal's zone; days that are not named are free, like off.",
       R"({"mon-fri":"09:00-18:00"})"},
      {"holidays", list_of(text_like(kSpan)), "Days without work: 2026-11-04, or 2026-12-31/2027-01-08.", ""},
      {"transferred", names(kDay, word({"mon", "tue", "wed", "thu", "fri", "sat", "sun"})),
       "Days worked like that day of the week, whatever they are.", ""},
  };
}

Keys manager_keys() {
  return {
      {"team", text(1, kTeamBytesMax), "Team of the user; people are compared within their team.", ""},
      {"since", text_like(kDay), "First day at work; for 90 days a newcomer is not measured against the others.", ""},
      {"absent", list_of(text_like(kSpan)), "Holidays and sick leave.", ""},
  };
}

Keys target_keys() {
  Shape value = decimal(0, 1'000'000'000'000'000);
  value.pattern = "^[0-9]+([.][0-9]{1,2}|[smhdw])?$";
  return {
      required({"kpi", text(), "revenue, the id of a KPI for its count, or the id and .sum for its sum.", ""}),
      {"manager", text(1), "Whose target it is: one manager's.", ""},
      {"team", text(1), "Whose target it is: one team's; with neither, everybody's.", ""},
      {"period", word({"week", "month", "quarter"}), "In which it is to be reached.", R"("month")"},
      {"from", text_like(kDay), "It holds for periods that begin on this day or later, until a newer one does.", ""},
      required({"value", std::move(value),
                "What is to be reached in each period: a number, money in the portal's currency, or time.", ""}),
  };
}

Keys counts_in_keys() {
  const auto mapped = [] { return names(kAnyName, text(1, static_cast<std::int64_t>(Label::kLabelMax))); };
  return {
      required({"portal", text(1), "The portal whose table it is; one that has a table of its own.", ""}),
      {"people", mapped(), "Ids of this portal's users, and the table's ids that they are.", ""},
      {"pipelines", mapped(), "Ids of this portal's funnels, and the table's ids that they are.", ""},
      {"stages", mapped(), "Ids of this portal's stages, and the table's ids that they are.", ""},
      {"sources", mapped(), "Ids of this portal's sources, and the table's ids that they are.", ""},
      {"loss_reasons", mapped(), "Ids of this portal's reasons of a refusal, and the table's ids that they are.", ""},
      {"until", text_like(kTime), "The move: what is of this moment or later does not count.", ""},
  };
}

Keys other_keys() {
  return {
      {"talk_seconds_min", integer(0, 3'600), "An answered call shorter than this many seconds is short.", "10"},
      {"active_time", boolean(), "Whether the time people are active in the CRM is measured.", "false"},
      {"limits", mapping(limit_keys()), "Limits of the definitions.", ""},
      {"alerts", mapping(alert_keys()), "Thresholds that `kpistream rules` writes for Prometheus.", ""},
      {"work", mapping(work_keys()), "When is worked.", ""},
      {"managers", names("^(?!(none|other|queue)$).", mapping(manager_keys())), "The people, by their ids in the CRM.",
       ""},
      {"rates", names("^[A-Z]{3}$", names(kDay, decimal(0, 1'000'000))),
       "What 1 unit of a currency costs in the portal's, from each day on: USD: {2026-01-01: 91.50}.", ""},
      {"targets", mappings(target_keys()), "The plan. Older targets stay: they are its history.", ""},
      {"counts_in", mapping(counts_in_keys()), "In whose table this portal's figures are; in its own if not given.",
       ""},
  };
}

Shape with_crm(const char* crm, Keys of_crm) {
  Keys keys = with(
      common_keys({crm}),
      {{"archived", boolean(), "true: the portal is switched off. Nobody is listened to, its figures stay.", "false"}});
  keys = with(std::move(keys), std::move(of_crm));
  keys.push_back({"hook_path", text(), "Another path for the webhooks than /hook/<crm>/<name>.", ""});
  return mapping(with(with(std::move(keys), meaning_keys()), other_keys()));
}

}  // namespace

Shape portal_shape() {
  Shape shape = mapping(common_keys({"bitrix24", "amocrm"}));
  shape.cases.push_back({"bitrix24", with_crm("bitrix24", bitrix24_keys())});
  shape.cases.push_back({"amocrm", with_crm("amocrm", amocrm_keys())});
  return shape;
}

}  // namespace kpistream::app
