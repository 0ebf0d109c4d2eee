#include "ingest/bitrix24/lists.hpp"

#include <algorithm>
#include <array>

#include "ingest/bitrix24/acts.hpp"
#include "ingest/bitrix24/calls.hpp"
#include "ingest/bitrix24/items.hpp"
#include "ingest/bitrix24/staged.hpp"
#include "ingest/bitrix24/values.hpp"

namespace kpistream::ingest {
namespace {

using Observations = std::vector<Observation>;
// False: ours to know, but not readable.
using ReadRow = bool (*)(const Subject&, const JsonValue&, const PortalSettings&, Observations&);

template <Observation (*read)(const JsonValue&, const PortalSettings&)>
bool record_row(const Subject& /*subject*/, const JsonValue& row, const PortalSettings& settings, Observations& out) {
  Observation seen = read(row, settings);
  if (!is_id(seen.ref.id) || seen.version == 0) return false;
  out.push_back(std::move(seen));
  return true;
}

bool item_row(const Subject& subject, const JsonValue& row, const PortalSettings& settings, Observations& out) {
  const auto type = subject.parameter("entityTypeId");
  if (!item_kind(type, settings)) return false;
  Observation seen = read_item(type, row, settings);
  if (seen.ref.id.empty() || seen.version == 0) return false;
  out.push_back(std::move(seen));
  return true;
}

bool call_row(const Subject& /*subject*/, const JsonValue& row, const PortalSettings& /*settings*/, Observations& out) {
  const CallWords words = call_words(row);
  if (is_announcement(words)) return true;
  auto seen = read_call(words);
  if (!seen) return false;
  out.push_back(std::move(*seen));
  return true;
}

EntityRef staged_ref(std::string_view type, const std::string& id, const PortalSettings& settings) {
  if (id.empty()) return {};
  if (type == "1") return {EntityKind::lead, id};
  if (type == "2") return {EntityKind::deal, id};
  return type == "5" ? old_invoice_ref(id) : item_ref(type, id, settings);
}

// Leads and old invoices have statuses, all others stages. Nothing is told of owners and sums.
bool history_row(const Subject& subject, const JsonValue& row, const PortalSettings& settings, Observations& out) {
  Observation seen;
  seen.ref = staged_ref(subject.parameter("entityTypeId"), row["OWNER_ID"].id(), settings);
  const bool by_status = row["STATUS_ID"].exists();
  StagePoint point;
  point.row = static_cast<std::uint64_t>(std::max<std::int64_t>(0, row["ID"].integer()));
  point.at = row["CREATED_TIME"].time();
  point.entered = point.at;
  point.pipeline = row["CATEGORY_ID"].text();
  point.stage = row[by_status ? "STATUS_ID" : "STAGE_ID"].text();
  point.outcome = outcome_by_semantics(row[by_status ? "STATUS_SEMANTIC_ID" : "STAGE_SEMANTIC_ID"].text());
  if (seen.ref.id.empty() || point.row == 0 || point.at == 0 || point.stage.empty()) return false;
  if (seen.ref.kind == EntityKind::activity) return true;  // a smart process of acts: they have no stages
  seen.point = std::move(point);
  out.push_back(std::move(seen));
  return true;
}

struct List {
  std::string_view method;
  std::string_view inside;  // of the result; empty: the result itself
  std::string_view order;   // by what its cursor goes: a time of change, or the id
  ReadRow read;
};
constexpr std::array<List, 8> kLists{{{"crm.lead.list", "", "DATE_MODIFY", record_row<read_lead>},
                                      {"crm.deal.list", "", "DATE_MODIFY", record_row<read_deal>},
                                      {"crm.quote.list", "", "DATE_MODIFY", record_row<read_quote>},
                                      {"crm.activity.list", "", "LAST_UPDATED", record_row<read_activity>},
                                      {"tasks.task.list", "tasks", "changedDate", record_row<read_task>},
                                      {"crm.item.list", "items", "updatedTime", item_row},
                                      {"voximplant.statistic.get", "", "ID", call_row},
                                      {"crm.stagehistory.list", "items", "ID", history_row}}};

const List* list_of(const Subject& subject) {
  const auto* list =
      std::find_if(kLists.begin(), kLists.end(), [&](const List& known) { return known.method == subject.method(); });
  return list == kLists.end() ? nullptr : list;
}

void move_cursor(const Subject& subject, std::int64_t newest, Decoded& decoded) {
  auto cursor = told_cursor(subject);
  const bool last = subject.parameter("backfill").empty() && subject.parameter("more").empty();
  if (!cursor && last && newest > 0) {
    cursor.emplace();
    cursor->ref = {EntityKind::cursor, subject.list()};
    cursor->cursor = newest;
  }
  if (cursor) decoded.observations.push_back(std::move(*cursor));
}

}  // namespace

bool is_list(const Subject& subject) { return list_of(subject) != nullptr; }

Decoded decode_list(const Subject& subject, const Record& record, const JsonValue& root,
                    const PortalSettings& settings) {
  const List& list = *list_of(subject);
  Decoded decoded;
  decoded.event = list.method;
  const JsonValue result = root["result"];
  const JsonValue rows = list.inside.empty() || result.is_array() ? result : result[list.inside];
  if (record.status != 200 || root["error"].exists() || !rows.is_array()) {
    decoded.verdict = DecodeVerdict::quarantined;
    decoded.failure = DecodeFailure::answer;
    return decoded;
  }
  std::int64_t newest = 0;
  rows.each([&](const JsonValue& row) {
    if (!list.read(subject, row, settings, decoded.observations)) decoded.verdict = DecodeVerdict::quarantined;
    newest = std::max(newest, list.order == "ID" ? row["ID"].integer() : row[list.order].time());
  });
  move_cursor(subject, newest, decoded);
  // What grows by id, stage histories and calls, tells more than webhooks do.
  decoded.heals = list.order != "ID" && subject.parameter("backfill").empty();
  return decoded;
}

}  // namespace kpistream::ingest
