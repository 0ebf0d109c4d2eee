// Leads, deals, quotes, invoices and other records with stages from REST answers of Bitrix24. Internal to
// ingest/bitrix24.
#pragma once

#include <string>
#include <string_view>

#include "ingest/json/json.hpp"
#include "stream/portal.hpp"

namespace kpistream::ingest {

// What a record tells, from its own answer or a row of a list; without an id or a version when it is not such a record.
[[nodiscard]] Observation read_lead(const JsonValue& item, const PortalSettings& settings);
[[nodiscard]] Observation read_deal(const JsonValue& item, const PortalSettings& settings);
[[nodiscard]] Observation read_quote(const JsonValue& item, const PortalSettings& settings);

}  // namespace kpistream::ingest
