// REST answers of Bitrix24. Internal to ingest/bitrix24.
#pragma once

#include "stream/portal.hpp"
#include "stream/ports/adapter.hpp"

namespace kpistream::ingest {

[[nodiscard]] Decoded decode_bitrix24_reading(const Record& record, const PortalSettings& settings);

}  // namespace kpistream::ingest
