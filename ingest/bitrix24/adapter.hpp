// The dialect of Bitrix24: its events and REST answers as observations and wishes.
// Sources: Bitrix24 REST documentation (event and method pages); KPI.md K8 for calls.
#pragma once

#include <memory>

#include "stream/portal.hpp"
#include "stream/ports/adapter.hpp"

namespace kpistream::ingest {

[[nodiscard]] std::unique_ptr<Adapter> make_bitrix24_adapter(const PortalSettings& settings);

}  // namespace kpistream::ingest
