#include "app/tables.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "app/json_text.hpp"
#include "app/query.hpp"
#include "ingest/proof/digest.hpp"
#include "stream/kpi/duration.hpp"
#include "stream/periods/ledger.hpp"

namespace kpistream::app {
namespace {

using periods::Corrections;
using periods::KeptSnapshot;
using periods::Snapshot;
using periods::SnapshotHead;
using periods::SnapshotId;

// A table as it is kept, the head of it read.
struct Found {
  KeptSnapshot kept;
  SnapshotHead head;
};

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

std::string moment_text(const Calendar& calendar, UnixSeconds at) {
  const int minute = calendar.minute_of_day(at);
  return fmt::format("{}T{:02}:{:02}", Calendar::text(calendar.day_of(at)), minute / 60, minute % 60);
}

std::string period_text(const Calendar& calendar, const SnapshotHead& head) {
  return periods::period_text(head.period, calendar, head.range);
}

std::string head_json(const Calendar& calendar, const Found& found, std::size_t corrections) {
  const SnapshotHead& head = found.head;
  return fmt::format(
      R"("portal":{},"schedule":{},"period":{},"of":{},"from":{},"to":{},"due":{},"taken":{},"in_time":{},)"
      R"("position":{},"coverage":{},"sha256":{},"intact":{},"correction_count":{})",
      json(head.id.portal), json(head.id.schedule), json(period_text(calendar, head)),
      json(periods::period_name(head.period)), head.range.first * 60, head.range.last * 60, head.id.due, head.taken,
      head.in_time(), head.position, static_cast<double>(head.coverage) / 1'000, json(hex(found.kept.hash)),
      periods::is_intact(head.id, found.kept, ingest::sha256), corrections);
}

std::string head_text(const Calendar& calendar, const Found& found, std::size_t corrections) {
  const SnapshotHead& head = found.head;
  const bool intact = periods::is_intact(head.id, found.kept, ingest::sha256);
  return fmt::format("{:<12} {:<10} {:<8} {:<16}  taken {}  coverage {:5.1f} %  corrections {:>4}  sha256 {}{}\n",
                     head.id.portal, head.id.schedule, periods::period_name(head.period), period_text(calendar, head),
                     moment_text(calendar, head.taken), static_cast<double>(head.coverage) / 10, corrections,
                     hex(found.kept.hash), intact ? "" : "  NOT INTACT");
}

std::string_view family_name(const std::optional<Family>& family) {
  if (!family) return "";
  if (*family == Family::pipeline) return "pipeline";
  return *family == Family::manager ? "manager" : "source";
}

std::string row_json(const periods::SnapshotKpi& kpi, const periods::RowKey& key, const Cell& cell) {
  std::vector<std::string> labels;
  for (std::size_t i = 0; i < std::min(key.labels.size(), kpi.labels.size()); ++i) {
    labels.push_back(fmt::format("{}:{}", json(kpi.labels[i]), json(key.labels[i])));
  }
  std::string quantiles;
  if (const auto half = quantile(cell, 0.5)) {
    quantiles = fmt::format(R"(,"p50":{},"p90":{})", *half, quantile(cell, 0.9).value_or(*half));
  }
  return fmt::format(R"({{"window":{},"by":{},"of":{},"labels":{{{}}},"count":{},"sum":{}{}}})", json(key.window),
                     json(family_name(key.family)), json(key.dimension), fmt::join(labels, ","), cell.at(kCountSlot),
                     cell.at(kSumSlot), quantiles);
}

std::string kpis_json(const Snapshot& table) {
  std::vector<std::string> kpis;
  for (const auto& [id, kpi] : table.kpis) {
    std::vector<std::string> rows;
    for (const auto& [key, cell] : kpi.rows) rows.push_back(row_json(kpi, key, cell));
    kpis.push_back(fmt::format(R"({{"id":{},"version":{},"measure":{},"known":{},"rows":[{}]}})", json(id),
                               json(kpi.cells), json(measure_name(kpi.measure)), kpi.known, fmt::join(rows, ",")));
  }
  return fmt::format("[{}]", fmt::join(kpis, ","));
}

std::string corrections_json(const Corrections& corrections) {
  std::vector<std::string> list;
  for (const auto& each : corrections.list) {
    if (list.size() == TablesAnswer::kCorrectionsMax) break;
    list.push_back(fmt::format(
        R"({{"position":{},"kpi":{},"at":{},"pipeline":{},"manager":{},"source":{},"labels":{},"count":{},"sum":{}}})",
        each.position, json(each.kpi), each.minute * 60, json(each.pipeline), json(each.manager), json(each.source),
        json(each.labels), each.delta.at(kCountSlot), each.delta.at(kSumSlot)));
  }
  std::vector<std::string> ends;
  for (const auto& end : corrections.ends) {
    ends.push_back(fmt::format(R"({{"kpi":{},"position":{},"reason":{}}})", json(end.kpi), end.position,
                               json(periods::end_reason_name(end.reason))));
  }
  return fmt::format(R"("corrections":[{}],"left_off":{},"ends":[{}])", fmt::join(list, ","),
                     corrections.list.size() - list.size(), fmt::join(ends, ","));
}

std::string table_text(const Snapshot& table) {
  std::string text;
  for (const auto& [id, kpi] : table.kpis) {
    if (!kpi.known) text += fmt::format("  {:<28} not known: it was not taken in time\n", id);
    for (const auto& [key, cell] : kpi.rows) {
      const auto of = key.family ? fmt::format("{} {}", family_name(key.family), key.dimension) : "everybody";
      text += fmt::format("  {:<28} {:<18} {:<24} count {:>8}  sum {:>14}\n", id, of,
                          fmt::format("{} {}", key.window, fmt::join(key.labels, " ")), cell.at(kCountSlot),
                          cell.at(kSumSlot));
    }
  }
  return text;
}

std::string corrections_text(const Calendar& calendar, const Corrections& corrections) {
  std::string text = corrections.list.empty() ? "nothing has changed since\n" : "changed since:\n";
  for (const auto& each : corrections.list) {
    text +=
        fmt::format("  {:<28} {}  pipeline {:<8} manager {:<8} {:<16} count {:>+8}  sum {:>+14}\n", each.kpi,
                    moment_text(calendar, each.minute * 60), each.pipeline, each.manager,
                    fmt::format("{}", fmt::join(each.labels, " ")), each.delta.at(kCountSlot), each.delta.at(kSumSlot));
  }
  for (const auto& end : corrections.ends) {
    text += fmt::format("no further corrections of {}: {}\n", end.kpi.empty() ? "any KPI" : end.kpi,
                        periods::end_reason_name(end.reason));
  }
  return text;
}

// The tables of a portal that are asked for, as they were due.
std::vector<Found> find_tables(const State& state, const Calendar& calendar, const std::string& portal,
                               const TablesQuery& query) {
  std::vector<Found> found;
  const auto prefix = query.schedule.empty() ? periods::portal_prefix(periods::Tag::snapshot, portal)
                                             : periods::schedule_prefix(periods::Tag::snapshot, portal, query.schedule);
  periods::each_kept(state, prefix, [&](const SnapshotId& id, const KeptSnapshot& kept) {
    if (!query.due.empty() && query.due != std::to_string(id.due)) return;
    SnapshotHead head = periods::decode_snapshot(kept.bytes, false).head;
    if (!query.period.empty() && query.period != period_text(calendar, head)) return;
    found.push_back({kept, std::move(head)});
  });
  return found;
}

TablesAnswer list_of(const Config& config, const State& state, const TablesQuery& query) {
  TablesAnswer answer;
  std::vector<std::string> list;
  for (const PortalConfig& portal : config.portals) {
    const std::string& alias = portal.settings.alias;
    if (!query.portal.empty() && query.portal != alias) continue;
    const Calendar calendar(portal.settings);
    for (const Found& table : find_tables(state, calendar, alias, query)) {
      const std::size_t corrections = periods::corrections_of(state, table.head.id).list.size();
      list.push_back("{" + head_json(calendar, table, corrections) + "}");
      answer.text += head_text(calendar, table, corrections);
    }
  }
  answer.json = fmt::format(R"({{"tables":[{}]}})", fmt::join(list, ","));
  if (list.empty()) answer.text = "no tables\n";
  return answer;
}

}  // namespace

TablesAnswer tables(const Config& config, const State& state, const TablesQuery& query) {
  TablesAnswer answer;
  const auto portal = std::find_if(config.portals.begin(), config.portals.end(),
                                   [&](const PortalConfig& have) { return have.settings.alias == query.portal; });
  if (!query.portal.empty() && portal == config.portals.end()) {
    answer.error = fmt::format("portal: '{}' is not configured", query.portal);
    return answer;
  }
  if (query.period.empty() && query.due.empty()) return list_of(config, state, query);
  if (query.portal.empty() || query.schedule.empty()) {
    answer.error = "period, due: name portal and schedule too";
    return answer;
  }
  const Calendar calendar(portal->settings);
  const auto found = find_tables(state, calendar, query.portal, query);
  if (found.empty()) {
    answer.error = fmt::format("'{}' of '{}' has no such table; without period and due you see which there are",
                               query.schedule, query.portal);
    return answer;
  }
  const Found& newest = found.back();
  const Snapshot table = periods::decode_snapshot(newest.kept.bytes);
  const Corrections corrections = periods::corrections_of(state, newest.head.id);
  answer.text = head_text(calendar, newest, corrections.list.size()) + table_text(table) +
                corrections_text(calendar, corrections);
  answer.json = fmt::format(R"({{{},"kpis":{},{}}})", head_json(calendar, newest, corrections.list.size()),
                            kpis_json(table), corrections_json(corrections));
  return answer;
}

TablesQuery tables_query(std::string_view text) {
  const Query query(text);
  return {query["portal"], query["schedule"], query["period"], query["due"]};
}

}  // namespace kpistream::app
