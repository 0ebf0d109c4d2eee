// From the configuration to the parts that serve its portals.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "ingest/http/server.hpp"
#include "ingest/rest/readers.hpp"
#include "stream/processor.hpp"

namespace kpistream::app {

[[nodiscard]] std::vector<PortalSettings> portal_settings(const Config& config);
[[nodiscard]] std::vector<ProcessorPortal> processor_portals(const Config& config);
[[nodiscard]] std::shared_ptr<const ingest::HookGuards> hook_guards(const Config& config);

// By portal; portals without a REST address have none.
using PortalReaders = std::map<std::string, std::unique_ptr<ingest::Reader>>;
[[nodiscard]] PortalReaders make_readers(const Config& config, ingest::RestPool& pool, Journal& journal,
                                         const State& state, const Clock& clock);

}  // namespace kpistream::app
