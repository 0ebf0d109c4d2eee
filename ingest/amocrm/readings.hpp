// REST answers of amoCRM. Internal to ingest/amocrm.
#pragma once

#include "stream/portal.hpp"
#include "stream/ports/adapter.hpp"

namespace kpistream::ingest {

[[nodiscard]] Decoded decode_amocrm_reading(const Record& record, const PortalSettings& settings);

}  // namespace kpistream::ingest
