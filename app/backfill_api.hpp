// Backfill over the admin address: begun by one request, looked after by others.
#pragma once

#include <string_view>

#include "app/config.hpp"
#include "app/portals.hpp"
#include "ingest/http/server.hpp"

namespace kpistream::app {

inline constexpr std::string_view kBackfillPath = "/api/v1/backfill";

// GET, ?portal= for one: {"backfills":[{"portal":"acme","from":1767214800,"active":true,"rows":..,"expected":..,
// "requests":..,"requests_per_second":..,"refused":["voximplant.statistic.get"]}]}; `expected` is 0 until the CRM has
// counted, `from` 0 where none was asked for.
[[nodiscard]] ingest::AdminResponse list_backfills(const PortalReaders& readers, const ingest::AdminRequest& request);

// POST ?portal=acme with {"from":"2026-01-01"}, a day of the portal's zone. Answers 202; 400 for what cannot be read,
// 404 where there is no such portal, 409 where one is under way, each with {"error":"..."}.
[[nodiscard]] ingest::AdminResponse begin_backfill(const Config& config, const PortalReaders& readers,
                                                   const ingest::AdminRequest& request);

}  // namespace kpistream::app
