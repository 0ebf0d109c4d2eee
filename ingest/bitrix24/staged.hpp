// Leads, deals, quotes and invoices from REST answers of Bitrix24. Internal to ingest/bitrix24.
#pragma once

#include "ingest/json/json.hpp"
#include "stream/portal.hpp"

namespace kpistream::ingest {

// What an answer's `result` tells; without an id or a version when it is not such a record.
[[nodiscard]] Observation read_lead(const JsonValue& result, const PortalSettings& settings);
[[nodiscard]] Observation read_deal(const JsonValue& result, const PortalSettings& settings);
[[nodiscard]] Observation read_quote(const JsonValue& result, const PortalSettings& settings);
[[nodiscard]] Observation read_invoice(const JsonValue& result, const PortalSettings& settings);

}  // namespace kpistream::ingest
