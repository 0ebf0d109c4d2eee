// Activities, tasks and comments from REST answers of Bitrix24. Internal to ingest/bitrix24.
#pragma once

#include "ingest/json/json.hpp"
#include "stream/portal.hpp"

namespace kpistream::ingest {

// What a record tells, from its own answer or a row of a list; without an id or a version when it is not such an act.
[[nodiscard]] Observation read_activity(const JsonValue& item, const PortalSettings& settings);
[[nodiscard]] Observation read_task(const JsonValue& item, const PortalSettings& settings);
[[nodiscard]] Observation read_comment(const JsonValue& item, const PortalSettings& settings);

}  // namespace kpistream::ingest
