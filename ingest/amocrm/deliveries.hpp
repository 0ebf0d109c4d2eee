// Webhooks of amoCRM. Internal to ingest/amocrm.
#pragma once

#include "ingest/amocrm/text_times.hpp"
#include "stream/portal.hpp"
#include "stream/ports/adapter.hpp"

namespace kpistream::ingest {

[[nodiscard]] Decoded decode_amocrm_delivery(const Record& record, const PortalSettings& settings,
                                             const TextTimes& times);
[[nodiscard]] Topic amocrm_topic(std::string_view event);

}  // namespace kpistream::ingest
