#include "ingest/amocrm/purchases.hpp"

#include <algorithm>
#include <utility>

namespace kpistream::ingest {
namespace {

constexpr std::string_view kType = "TRANSACTION";
constexpr std::string_view kCustomers = "customers/";
constexpr std::string_view kTransactions = "/transactions";

// Without a version: it tells no time of its last change. Without a stage: it is made or it is not, whatever
// `values.paid` says of invoices. Without a client: a customer is neither the contact nor the company that deals know.
bool read_purchase(const JsonValue& item, Decoded& decoded) {
  const std::string id = item["id"].id();
  const bool gone = item["is_deleted"].truth();
  const UnixSeconds completed = item["completed_at"].integer();
  if (id.empty() || (completed <= 0 && !gone)) return false;
  Observation seen;
  seen.ref = {EntityKind::invoice, "purchase:" + id};
  seen.presence = gone ? Presence::gone : Presence::present;
  StagePoint point;
  point.entered = completed;
  point.outcome = Outcome::won;
  point.amount = item["price"].money();
  point.owner = item["created_by"].id();
  point.author = point.mover = item["created_by"].actor();
  seen.point = std::move(point);
  decoded.observations.push_back(std::move(seen));
  return true;
}

}  // namespace

bool purchases_count(const PortalSettings& settings) {
  const auto& types = settings.payment_types;
  return std::find(types.begin(), types.end(), kType) != types.end();
}

std::string purchases_subject(const std::string& customer) {
  return std::string(kCustomers).append(customer).append(kTransactions);
}

bool is_purchases(std::string_view method) {
  if (!method.starts_with(kCustomers) || !method.ends_with(kTransactions)) return false;
  method.remove_prefix(kCustomers.size());
  return method.size() > kTransactions.size() && is_id(method.substr(0, method.size() - kTransactions.size()));
}

Decoded decode_purchases(const Record& record, const PortalSettings& settings) {
  Decoded decoded;
  decoded.event = "customers/transactions";
  if (record.status == 204) return decoded;
  if (!purchases_count(settings)) {
    decoded.verdict = DecodeVerdict::ignored;
    return decoded;
  }
  JsonDocument document;
  const bool readable = record.status == 200 && document.parse(record.body);
  const JsonValue items = readable ? document.root()["_embedded"]["transactions"] : JsonValue();
  if (!items.is_array()) {
    decoded.verdict = DecodeVerdict::quarantined;
    decoded.failure = DecodeFailure::answer;
  }
  items.each([&decoded](const JsonValue& item) {
    if (!read_purchase(item, decoded)) decoded.verdict = DecodeVerdict::quarantined;
  });
  return decoded;
}

}  // namespace kpistream::ingest
