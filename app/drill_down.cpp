#include "app/drill_down.hpp"

#include <date/date.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "app/json_text.hpp"
#include "app/query.hpp"
#include "stream/kpi/contribution.hpp"
#include "stream/kpi/drill.hpp"
#include "stream/kpi/kpi_sets.hpp"

namespace kpistream::app {
namespace {

std::optional<Day> parse_day(const std::string& text) {
  std::istringstream in(text);
  date::sys_days day{};
  in >> date::parse("%F", day);
  if (in.fail() || in.peek() != std::istringstream::traits_type::eof()) return std::nullopt;
  return day.time_since_epoch().count();
}

// "https://acme.bitrix24.ru" of an address that may hold a secret behind that.
std::string origin_of(const std::string& url) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return {};
  return url.substr(0, url.find('/', scheme + 3));
}

// The page of a record in its CRM; empty where there is none or its address is not known.
std::string link_to(const PortalConfig& portal, const EntityRef& ref) {
  const std::string& application = portal.application.portal;
  const std::string origin = application.empty() ? origin_of(portal.rest_url) : application;
  if (origin.empty()) return {};
  if (portal.settings.crm == Crm::amocrm) return ref.kind == EntityKind::deal ? origin + "/leads/detail/" + ref.id : "";
  switch (ref.kind) {
    case EntityKind::lead:
      return origin + "/crm/lead/details/" + ref.id + "/";
    case EntityKind::deal:
      return origin + "/crm/deal/details/" + ref.id + "/";
    case EntityKind::quote:
      return origin + "/crm/type/7/details/" + ref.id + "/";
    case EntityKind::invoice:
      return origin + "/crm/type/31/details/" + ref.id + "/";
    default:
      return {};
  }
}

std::string_view kind_name(EntityKind kind) {
  switch (kind) {
    case EntityKind::lead:
      return "lead";
    case EntityKind::deal:
      return "deal";
    case EntityKind::activity:
      return "activity";
    case EntityKind::call:
      return "call";
    case EntityKind::quote:
      return "quote";
    case EntityKind::invoice:
      return "invoice";
    case EntityKind::task:
      return "task";
    case EntityKind::message:
      return "message";
    case EntityKind::note:
      return "note";
    case EntityKind::client:
      return "client";
    default:
      return "acts";
  }
}

std::string time_text(UnixSeconds at) {
  if (at == kNoTime) return "no time";
  return date::format("%FT%TZ", date::sys_seconds{std::chrono::seconds{at}});
}

struct Row {
  EntityRef ref;
  Fact fact;
};

std::string text_of(const PortalConfig& portal, const Definition& definition, const Row& row) {
  return fmt::format("{:<20}  {:<12} {:<10} {:>14}.{:02}  {:>8} s  {} {}  {}\n",
                     time_text(instant_of(definition, row.fact)), manager_of(definition, row.fact), row.fact.pipeline,
                     row.fact.amount / 100, std::abs(row.fact.amount % 100), row.fact.seconds, kind_name(row.ref.kind),
                     row.ref.id, link_to(portal, row.ref));
}

std::string json_of(const PortalConfig& portal, const Definition& definition, const Row& row) {
  return fmt::format(
      R"({{"at":{},"manager":{},"pipeline":{},"amount_minor":{},"seconds":{},"kind":{},"id":{},"link":{}}})",
      json(time_text(instant_of(definition, row.fact))), json(manager_of(definition, row.fact)),
      json(row.fact.pipeline), row.fact.amount, row.fact.seconds, json(kind_name(row.ref.kind)), json(row.ref.id),
      json(link_to(portal, row.ref)));
}

template <class List, class Name>
const typename List::value_type* find(const List& list, const Name& is_it) {
  const auto it = std::find_if(list.begin(), list.end(), is_it);
  return it == list.end() ? nullptr : &*it;
}

DrillDownAnswer wrong(std::string error) {
  DrillDownAnswer answer;
  answer.error = std::move(error);
  return answer;
}

}  // namespace

DrillDownAnswer drill_down(const Config& config, const State& state, const DrillDownQuery& query, UnixSeconds now) {
  const auto* portal =
      find(config.portals, [&](const PortalConfig& have) { return have.settings.alias == query.portal; });
  if (portal == nullptr) return wrong(fmt::format("portal: '{}' is not configured", query.portal));
  // What is counted now: after a reload, or while a change is held, that is not what the configuration says.
  const auto in_force = stored_definitions(state, DefinitionState::in_force);
  const auto* definition = find(in_force, [&](const Definition& have) { return have.id == query.kpi; });
  if (definition == nullptr) {
    return wrong(fmt::format("kpi: '{}' is not a KPI in force that counts facts; see kpistream kpis", query.kpi));
  }
  const Calendar calendar(portal->settings);
  const std::string today = Calendar::text(calendar.day_of(now));
  const std::string from = query.from.empty() ? today : query.from;
  const auto first = parse_day(from);
  const auto last = parse_day(query.to.empty() ? from : query.to);
  if (!first || !last || *first > *last) return wrong("from, to: write days as 2026-09-14, from not after to");
  const bool periods = is_history(definition->windows);
  DrillQuery drilled{query.portal, {kNoMinute, INT64_MAX}, query.pipeline, query.manager, query.source};
  if (periods) drilled.range = {calendar.begin_of(*first), calendar.begin_of(*last + 1)};  // states: all that stands
  std::vector<Row> rows;
  std::size_t left_off = 0;
  drill(state, *definition, drilled, [&](const EntityRef& ref, const Fact& fact) {
    if (rows.size() < DrillDownAnswer::kFactsMax) {
      rows.push_back({ref, fact});
    } else {
      ++left_off;
    }
    return true;
  });
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
    return instant_of(*definition, a.fact) < instant_of(*definition, b.fact);
  });
  DrillDownAnswer answer;
  std::vector<std::string> facts;
  for (const Row& row : rows) {
    answer.text += text_of(*portal, *definition, row);
    facts.push_back(json_of(*portal, *definition, row));
  }
  answer.text +=
      fmt::format("{} fact(s){}\n", rows.size(), left_off == 0 ? "" : fmt::format(", {} left off", left_off));
  answer.json = fmt::format(R"({{"portal":{},"kpi":{},"left_off":{},"facts":[{}]}})", json(query.portal),
                            json(query.kpi), left_off, fmt::join(facts, ","));
  return answer;
}

DrillDownQuery drill_down_query(std::string_view text) {
  const Query query(text);
  return {query["portal"],   query["kpi"],     query["from"],  query["to"],
          query["pipeline"], query["manager"], query["source"]};
}

}  // namespace kpistream::app
