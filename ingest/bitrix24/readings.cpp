#include "ingest/bitrix24/readings.hpp"

#include <algorithm>
#include <array>

#include "ingest/bitrix24/acts.hpp"
#include "ingest/bitrix24/staged.hpp"
#include "ingest/json/json.hpp"

namespace kpistream::ingest {
namespace {

struct Method {
  std::string_view subject;  // before the id
  std::string_view event;
  EntityKind kind;
  Observation (*read)(const JsonValue&, const PortalSettings&);
};
constexpr std::array<Method, 7> kMethods{
    {{"crm.lead.get?id=", "crm.lead.get", EntityKind::lead, read_lead},
     {"crm.deal.get?id=", "crm.deal.get", EntityKind::deal, read_deal},
     {"crm.quote.get?id=", "crm.quote.get", EntityKind::quote, read_quote},
     {"crm.item.get?entityTypeId=31&id=", "crm.item.get", EntityKind::invoice, read_invoice},
     {"crm.activity.get?id=", "crm.activity.get", EntityKind::activity, read_activity},
     {"tasks.task.get?taskId=", "tasks.task.get", EntityKind::task, read_task},
     {"crm.timeline.comment.get?id=", "crm.timeline.comment.get", EntityKind::note, read_comment}}};

bool is_empty(const JsonValue& array) {
  bool empty = array.is_array();
  array.each([&](const JsonValue&) { empty = false; });
  return empty;
}

// Of an error without a code.
constexpr std::array<std::string_view, 4> kGone{"", "Not found", "Not found.", "Activity is not found"};

// A missing entity answers in these ways, tasks in one of their own. Nothing else may pass for one: figures would
// vanish.
bool is_gone(const Method& method, const Record& record, const JsonValue& root) {
  if (root["error"].exists()) {
    const std::string code = root["error"].text();
    const std::string words = root["error_description"].text();
    if (record.status != 400 || !root["error"].is_string()) return false;
    return code == "NOT_FOUND" || (code.empty() && std::find(kGone.begin(), kGone.end(), words) != kGone.end());
  }
  return method.kind == EntityKind::task && record.status == 200 && is_empty(root["result"]);
}

Decoded decode_entity_reading(const Method& method, const Record& record, const JsonValue& root,
                              const PortalSettings& settings) {
  Decoded decoded;
  decoded.event = method.event;
  const std::string id = record.subject.substr(method.subject.size());
  if (!is_id(id)) {
    decoded.verdict = DecodeVerdict::quarantined;
    return decoded;
  }
  if (is_gone(method, record, root)) {
    Observation gone;
    gone.ref = {method.kind, id};
    gone.presence = Presence::gone;
    decoded.observations.push_back(std::move(gone));
    return decoded;
  }
  Observation seen = method.read(root["result"], settings);
  if (root["error"].exists() || seen.ref.id != id || seen.version == 0) {
    decoded.verdict = DecodeVerdict::quarantined;
  } else {
    decoded.observations.push_back(std::move(seen));
  }
  return decoded;
}

Decoded decode_users(const JsonValue& root) {
  Decoded decoded;
  decoded.event = "user.get";
  if (!root["result"].is_array()) decoded.verdict = DecodeVerdict::quarantined;
  root["result"].each([&](const JsonValue& user) {
    Observation seen;
    seen.ref = {EntityKind::manager, user["ID"].text()};
    seen.name = user["NAME"].text();
    if (const auto last = user["LAST_NAME"].text(); !last.empty()) seen.name += (seen.name.empty() ? "" : " ") + last;
    if (is_id(seen.ref.id)) decoded.observations.push_back(std::move(seen));
  });
  return decoded;
}

Decoded decode_categories(const JsonValue& root) {
  Decoded decoded;
  decoded.event = "crm.category.list";
  const JsonValue categories = root["result"]["categories"];
  if (!categories.is_array()) decoded.verdict = DecodeVerdict::quarantined;
  categories.each([&](const JsonValue& category) {
    Observation seen;
    seen.ref = {EntityKind::pipeline, category["id"].text()};
    seen.name = category["name"].text();
    if (is_id(seen.ref.id)) decoded.observations.push_back(std::move(seen));
  });
  return decoded;
}

}  // namespace

Decoded decode_bitrix24_reading(const Record& record, const PortalSettings& settings) {
  JsonDocument document;
  Decoded unreadable;
  unreadable.event = "other";
  unreadable.verdict = DecodeVerdict::quarantined;
  if (!document.parse(record.body)) return unreadable;
  for (const auto& method : kMethods) {
    if (record.subject.starts_with(method.subject)) {
      return decode_entity_reading(method, record, document.root(), settings);
    }
  }
  if (record.subject.starts_with("user.get")) return decode_users(document.root());
  if (record.subject.starts_with("crm.category.list")) return decode_categories(document.root());
  return unreadable;
}

}  // namespace kpistream::ingest
