#include "ingest/bitrix24/readings.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <utility>

#include "ingest/bitrix24/acts.hpp"
#include "ingest/bitrix24/deliveries.hpp"
#include "ingest/bitrix24/directories.hpp"
#include "ingest/bitrix24/items.hpp"
#include "ingest/bitrix24/lists.hpp"
#include "ingest/bitrix24/staged.hpp"
#include "ingest/json/json.hpp"
#include "ingest/subject.hpp"

namespace kpistream::ingest {
namespace {

template <EntityKind kind>
EntityRef plain_ref(std::string_view id) {
  return {kind, std::string(id)};
}

// One record by its id.
struct Method {
  std::string_view subject;  // before the id
  std::string_view event;
  std::string_view inside;  // of the result; empty: the result itself
  EntityRef (*ref)(std::string_view id);
  Observation (*read)(const JsonValue&, const PortalSettings&);
  bool timeless = false;  // tells no time of its last change: it is what it was when it was read
};
constexpr std::array<Method, 9> kMethods{
    {{"crm.lead.get?id=", "crm.lead.get", "", plain_ref<EntityKind::lead>, read_lead},
     {"crm.deal.get?id=", "crm.deal.get", "", plain_ref<EntityKind::deal>, read_deal},
     {"crm.quote.get?id=", "crm.quote.get", "", plain_ref<EntityKind::quote>, read_quote},
     {"crm.invoice.get?id=", "crm.invoice.get", "", old_invoice_ref, read_old_invoice},
     {"crm.activity.get?id=", "crm.activity.get", "", plain_ref<EntityKind::activity>, read_activity},
     {"tasks.task.get?taskId=", "tasks.task.get", "task", plain_ref<EntityKind::task>, read_task},
     {"crm.timeline.comment.get?id=", "crm.timeline.comment.get", "", plain_ref<EntityKind::note>, read_comment},
     {"crm.documentgenerator.document.get?id=", "crm.documentgenerator.document.get", "document", document_ref,
      read_document},
     {"sale.payment.get?id=", "sale.payment.get", "payment", payment_ref, read_payment, true}}};

constexpr std::string_view kItem = "crm.item.get?entityTypeId=";

bool is_empty(const JsonValue& array) {
  bool empty = array.is_array();
  array.each([&](const JsonValue&) { empty = false; });
  return empty;
}

// Of an error without a code.
constexpr std::array<std::string_view, 4> kGone{"", "Not found", "Not found.", "Activity is not found"};
// The shop's way to say that there is no such payment.
constexpr std::string_view kNoPayment = "200640400001";

// A missing entity answers in these ways, tasks in one of their own. Nothing else may pass for one: figures would
// vanish.
bool is_gone(std::string_view event, const Record& record, const JsonValue& root) {
  if (root["error"].exists()) {
    const std::string code = root["error"].text();
    if (record.status != 400) return false;
    if (event == "sale.payment.get" && code == kNoPayment) return true;
    if (!root["error"].is_string()) return false;
    const std::string words = root["error_description"].text();
    return code == "NOT_FOUND" || (code.empty() && std::find(kGone.begin(), kGone.end(), words) != kGone.end());
  }
  return event == "tasks.task.get" && record.status == 200 && is_empty(root["result"]);
}

// `ref`: what was asked for; without an id when the question makes no sense.
Decoded decode_record(std::string_view event, const EntityRef& ref, const Record& record, const JsonValue& root,
                      const std::function<Observation()>& read) {
  Decoded decoded;
  decoded.event = event;
  decoded.heals = record.asked == 0;  // a record that a list has missed
  if (ref.id.empty()) {
    decoded.verdict = DecodeVerdict::quarantined;
    return decoded;
  }
  if (is_gone(event, record, root)) {
    Observation gone;
    gone.ref = ref;
    gone.presence = Presence::gone;
    decoded.observations.push_back(std::move(gone));
    return decoded;
  }
  Observation seen = read();
  if (root["error"].exists() || seen.ref != ref || seen.version == 0) {
    decoded.verdict = DecodeVerdict::quarantined;
    decoded.failure = DecodeFailure::answer;
  } else {
    decoded.observations.push_back(std::move(seen));
  }
  return decoded;
}

Decoded decode_by_method(const Method& method, const Record& record, const JsonValue& root,
                         const PortalSettings& settings) {
  const std::string_view id = std::string_view(record.subject).substr(method.subject.size());
  return decode_record(method.event, is_id(id) ? method.ref(id) : EntityRef{}, record, root, [&] {
    const JsonValue result = root["result"];
    Observation seen = method.read(method.inside.empty() ? result : result[method.inside], settings);
    if (method.timeless) seen.version = seen.point->at = record.arrived;
    return seen;
  });
}

// "crm.item.get?entityTypeId=31&id=88". Of a type that the mapping does not know any more: ignored.
Decoded decode_item(const Record& record, const JsonValue& root, const PortalSettings& settings) {
  const std::string_view rest = std::string_view(record.subject).substr(kItem.size());
  const std::string_view type = rest.substr(0, rest.find('&'));
  const std::string_view after = rest.substr(type.size());
  const std::string_view id = after.starts_with("&id=") ? after.substr(4) : std::string_view{};
  if (is_id(type) && is_id(id) && !item_kind(type, settings)) {
    Decoded decoded;
    decoded.event = "crm.item.get";
    decoded.verdict = DecodeVerdict::ignored;
    return decoded;
  }
  const EntityRef ref = is_id(type) && is_id(id) ? item_ref(type, id, settings) : EntityRef{};
  return decode_record("crm.item.get", ref, record, root,
                       [&] { return read_item(type, root["result"]["item"], settings); });
}

Decoded other(std::string_view event, DecodeVerdict verdict) {
  Decoded decoded;
  decoded.event = event;
  decoded.verdict = verdict;
  return decoded;
}

class JsonData : public EventData {
 public:
  explicit JsonData(JsonValue data) : data_(data) {}
  [[nodiscard]] std::string value(std::string_view key, std::string_view inner) const override {
    return inner.empty() ? data_[key].scalar() : data_[key][inner].scalar();
  }

 private:
  JsonValue data_;
};

constexpr std::size_t kOfflineEventsMost = 50;  // in one answer; a full one has more behind it

// Events that waited in the portal for an application: told like webhooks. What one of them leaves open makes it
// quarantined, as with a webhook.
Decoded decode_offline_events(const Record& record, const JsonValue& root, const PortalSettings& settings) {
  Decoded decoded = other("event.offline.get", DecodeVerdict::understood);
  const JsonValue events = root["result"]["events"];
  if (record.status != 200 || !events.is_array()) {
    decoded.verdict = DecodeVerdict::quarantined;
    decoded.failure = DecodeFailure::answer;
  }
  std::size_t count = 0;
  events.each([&](const JsonValue& event) {
    ++count;
    Decoded one = decode_bitrix24_event(event["EVENT_NAME"].text(), JsonData(event["EVENT_DATA"]), settings);
    if (one.verdict == DecodeVerdict::quarantined) decoded.verdict = DecodeVerdict::quarantined;
    std::move(one.observations.begin(), one.observations.end(), std::back_inserter(decoded.observations));
    std::move(one.wishes.begin(), one.wishes.end(), std::back_inserter(decoded.wishes));
  });
  if (count >= kOfflineEventsMost) decoded.wishes.push_back(record.subject);
  return decoded;
}

// Who buys is told by the records themselves, and names of clients are nothing we keep.
constexpr std::array<std::string_view, 2> kIgnored{"crm.contact.get", "crm.company.get"};

}  // namespace

Decoded decode_bitrix24_reading(const Record& record, const PortalSettings& settings) {
  JsonDocument document;
  if (!document.parse(record.body)) {
    Decoded decoded = other("other", DecodeVerdict::quarantined);
    decoded.failure = record.status == 200 ? DecodeFailure::syntax : DecodeFailure::answer;
    return decoded;
  }
  const JsonValue root = document.root();
  const Subject subject(record.subject);
  for (const auto& method : kMethods) {
    if (record.subject.starts_with(method.subject)) return decode_by_method(method, record, root, settings);
  }
  if (record.subject.starts_with(kItem)) return decode_item(record, root, settings);
  if (is_list(subject)) return decode_list(subject, record, root, settings);
  if (subject.method() == "backfill") return decode_backfill(subject);
  if (auto directory = decode_directory(subject, record, root, settings)) return std::move(*directory);
  if (subject.method() == "event.offline.get") return decode_offline_events(record, root, settings);
  for (const auto method : kIgnored) {
    if (subject.method() == method) return other(method, DecodeVerdict::ignored);
  }
  return other("other", DecodeVerdict::quarantined);
}

}  // namespace kpistream::ingest
