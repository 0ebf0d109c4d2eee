// Webhooks of Bitrix24. Internal to ingest/bitrix24.
#pragma once

#include "stream/ports/adapter.hpp"

namespace kpistream::ingest {

[[nodiscard]] Decoded decode_bitrix24_delivery(const Record& record);

}  // namespace kpistream::ingest
