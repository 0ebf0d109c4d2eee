#include "app/backfill_api.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "app/days.hpp"
#include "app/json_answer.hpp"
#include "app/query.hpp"
#include "ingest/json/json.hpp"
#include "stream/kpi/calendar.hpp"

namespace kpistream::app {
namespace {

std::string progress_json(const std::string& portal, const ingest::BackfillProgress& progress) {
  std::vector<std::string> refused;
  for (const auto& list : progress.refused) refused.push_back(json(list));
  return fmt::format(
      R"({{"portal":{},"from":{},"active":{},"rows":{},"expected":{},"requests":{},"requests_per_second":{},"refused":[{}]}})",
      json(portal), progress.from, progress.active, progress.rows, progress.expected, progress.requests,
      progress.requests_per_second, fmt::join(refused, ","));
}

}  // namespace

ingest::AdminResponse list_backfills(const PortalReaders& readers, const ingest::AdminRequest& request) {
  const std::string wanted = Query(request.query)["portal"];
  std::vector<std::string> all;
  for (const auto& [portal, reader] : readers) {
    if (wanted.empty() || wanted == portal) all.push_back(progress_json(portal, reader->backfill_progress()));
  }
  return json_answer(200, fmt::format(R"({{"backfills":[{}]}})", fmt::join(all, ",")));
}

ingest::AdminResponse begin_backfill(const Config& config, const PortalReaders& readers,
                                     const ingest::AdminRequest& request) {
  const std::string alias = Query(request.query)["portal"];
  const auto portal = std::find_if(config.portals.begin(), config.portals.end(),
                                   [&](const PortalConfig& one) { return one.settings.alias == alias; });
  if (portal == config.portals.end()) return json_error(404, fmt::format("portal: '{}' is not configured", alias));
  const auto reader = readers.find(alias);
  if (reader == readers.end())
    return json_error(400, "the portal has no REST address; see rest_url and application in its configuration");
  ingest::JsonDocument document;
  if (!document.parse(request.body)) return json_error(400, R"(the body must be an object: {"from":"2026-01-01"})");
  Day day = 0;
  if (auto wrong = read_day(document.root()["from"].text(), day); !wrong.empty()) {
    return json_error(400, "from: " + wrong);
  }
  const UnixSeconds from = Calendar(portal->settings).begin_of(day) * 60;
  const auto start = reader->second->backfill(from);
  if (start == ingest::BackfillStart::busy) {
    return json_error(409, "another backfill of this portal is under way; it can be watched with kpistream backfill");
  }
  if (start == ingest::BackfillStart::impossible) {
    return json_error(
        400, "the history of this portal cannot be read now: its reader has not started, or is stopping; try again");
  }
  return json_answer(202, progress_json(alias, reader->second->backfill_progress()));
}

}  // namespace kpistream::app
