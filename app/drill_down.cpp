#include "app/drill_down.hpp"

#include <date/date.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <vector>

#include "app/days.hpp"
#include "app/json_text.hpp"
#include "app/query.hpp"
#include "stream/kpi/contribution.hpp"
#include "stream/kpi/drill.hpp"
#include "stream/kpi/kpi_sets.hpp"

namespace kpistream::app {
namespace {

std::optional<Day> parse_day(const std::string& text) {
  Day day = 0;
  if (!read_day(text, day).empty()) return std::nullopt;
  return day;
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

// What people open: of acts on a record that record. Acts are kept as "<kind>:<id>/<actor>/<action>/<day>".
EntityRef record_of(const EntityRef& ref) {
  if (ref.kind != EntityKind::acts) return ref;
  const auto colon = ref.id.find(':');
  const auto slash = ref.id.find('/');
  const std::string kind = ref.id.substr(0, colon);
  const bool of_lead = kind == std::to_string(static_cast<int>(EntityKind::lead));
  const bool of_deal = kind == std::to_string(static_cast<int>(EntityKind::deal));
  if (slash == std::string::npos || colon > slash || !(of_lead || of_deal)) return ref;
  return {of_lead ? EntityKind::lead : EntityKind::deal, ref.id.substr(colon + 1, slash - colon - 1)};
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
  const PortalConfig* portal = nullptr;  // whose record it is
  EntityRef ref;
  Fact fact;
};

// The records of a table of several portals say whose they are.
std::string text_of(const Definition& definition, const Row& row, bool several) {
  return fmt::format("{:<20}  {:<12} {:<10} {:>14}.{:02}  {:>8} s  {}{} {}  {}\n",
                     time_text(instant_of(definition, row.fact)), manager_of(definition, row.fact), row.fact.pipeline,
                     row.fact.amount / 100, std::abs(row.fact.amount % 100), row.fact.seconds,
                     several ? row.portal->settings.alias + " " : "", kind_name(row.ref.kind), row.ref.id,
                     link_to(*row.portal, row.ref));
}

std::string json_of(const Definition& definition, const Row& row) {
  return fmt::format(
      R"({{"portal":{},"at":{},"manager":{},"pipeline":{},"amount_minor":{},"seconds":{},"kind":{},"id":{},"link":{}}})",
      json(row.portal->settings.alias), json(time_text(instant_of(definition, row.fact))),
      json(manager_of(definition, row.fact)), json(row.fact.pipeline), row.fact.amount, row.fact.seconds,
      json(kind_name(row.ref.kind)), json(row.ref.id), json(link_to(*row.portal, row.ref)));
}

template <class List, class Name>
const typename List::value_type* find(const List& list, const Name& is_it) {
  const auto it = std::find_if(list.begin(), list.end(), is_it);
  return it == list.end() ? nullptr : &*it;
}

// A portal and those that are counted in its table.
std::map<std::string, const PortalConfig*> portals_of(const Config& config, const std::string& table) {
  std::map<std::string, const PortalConfig*> portals;
  for (const PortalConfig& portal : config.portals) {
    const std::string& alias = portal.settings.alias;
    if (alias == table || portal.settings.counts_in.portal == table) portals.emplace(alias, &portal);
  }
  return portals;
}

DrillQuery query_of(const std::map<std::string, const PortalConfig*>& portals, const DrillFilter& filter) {
  DrillQuery query{{}, filter.range, {}, {}, {}, filter.label};
  for (const auto& [alias, counted] : portals) query.portals.push_back(alias);
  if (!filter.by) return query;
  auto& wanted = *filter.by == Family::manager    ? query.managers
                 : *filter.by == Family::pipeline ? query.pipelines
                                                  : query.sources;
  wanted.insert(filter.of.begin(), filter.of.end());
  return query;
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
  const auto portals = portals_of(config, query.portal);
  const auto only = [](const std::string& id) { return id.empty() ? std::set<std::string>() : std::set{id}; };
  DrillQuery drilled{{}, {kNoMinute, INT64_MAX}, only(query.pipeline), only(query.manager), only(query.source), {}};
  for (const auto& [alias, counted] : portals) drilled.portals.push_back(alias);
  if (periods) drilled.range = {calendar.begin_of(*first), calendar.begin_of(*last + 1)};  // states: all that stands
  std::vector<Row> rows;
  std::size_t left_off = 0;
  drill(state, *definition, drilled, [&](const EntityKey& record, const Fact& fact) {
    if (rows.size() < DrillDownAnswer::kFactsMax) {
      rows.push_back({portals.at(record.portal), record.ref, fact});
    } else {
      ++left_off;
    }
  });
  std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
    return instant_of(*definition, a.fact) < instant_of(*definition, b.fact);
  });
  DrillDownAnswer answer;
  std::vector<std::string> facts;
  for (const Row& row : rows) {
    answer.text += text_of(*definition, row, portals.size() > 1);
    facts.push_back(json_of(*definition, row));
  }
  answer.text +=
      fmt::format("{} fact(s){}\n", rows.size(), left_off == 0 ? "" : fmt::format(", {} left off", left_off));
  answer.json = fmt::format(R"({{"portal":{},"kpi":{},"left_off":{},"facts":[{}]}})", json(query.portal),
                            json(query.kpi), left_off, fmt::join(facts, ","));
  return answer;
}

std::vector<DrillRecords> drill_records(const Config& config, const State& state, const std::string& table,
                                        const std::vector<DrillFilter>& filters) {
  const auto portals = portals_of(config, table);
  std::vector<DrillAsk> asks;
  asks.reserve(filters.size());
  for (const DrillFilter& filter : filters) asks.push_back({filter.definition, query_of(portals, filter)});
  std::vector<DrillRecords> all(filters.size());
  // Of a year there may be a million: what cannot be among the newest goes at once.
  const auto cut = [&](std::size_t i) {
    auto& [newest, left_off] = all[i];
    std::stable_sort(newest.begin(), newest.end(), [&](const DrillRecord& a, const DrillRecord& b) {
      return instant_of(filters[i].definition, a.fact) > instant_of(filters[i].definition, b.fact);
    });
    if (newest.size() <= filters[i].most) return;
    left_off += newest.size() - filters[i].most;
    newest.resize(filters[i].most);
  };
  drill(state, asks, [&](std::size_t i, const EntityKey& record, const Fact& fact) {
    const EntityRef opened = record_of(record.ref);
    all[i].newest.push_back({kind_name(opened.kind), opened.id, link_to(*portals.at(record.portal), opened), fact});
    if (all[i].newest.size() >= 8 * filters[i].most) cut(i);
  });
  for (std::size_t i = 0; i < all.size(); ++i) cut(i);
  return all;
}

DrillDownQuery drill_down_query(std::string_view text) {
  const Query query(text);
  return {query["portal"],   query["kpi"],     query["from"],  query["to"],
          query["pipeline"], query["manager"], query["source"]};
}

}  // namespace kpistream::app
