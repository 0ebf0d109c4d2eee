// The dialect of amoCRM and Kommo: their webhooks and REST v4 lists as observations and wishes. What amoCRM calls a
// lead is a deal in our vocabulary. Sources: amoCRM developers (webhooks, API v4) and captured bodies; KPI.md K8 for
// calls.
#pragma once

#include <memory>

#include "stream/portal.hpp"
#include "stream/ports/adapter.hpp"

namespace kpistream::ingest {

[[nodiscard]] std::unique_ptr<Adapter> make_amocrm_adapter(const PortalSettings& settings);

}  // namespace kpistream::ingest
