// From the configuration to the parts that serve its portals.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "ingest/http/server.hpp"
#include "ingest/rest/amocrm_hooks.hpp"
#include "ingest/rest/readers.hpp"
#include "stream/processor.hpp"

namespace kpistream::app {

[[nodiscard]] std::vector<PortalSettings> portal_settings(const Config& config);
// Those with a table of their own, each with the portals that are counted in it.
[[nodiscard]] std::vector<PortalSettings> table_settings(const Config& config);
[[nodiscard]] std::vector<ProcessorPortal> processor_portals(const Config& config);

[[nodiscard]] std::set<std::string> archived_portals(const Config& config);

// The tokens of portals with an application, by portal.
using Applications = std::map<std::string, std::shared_ptr<ingest::TokenStore>>;
[[nodiscard]] Applications make_applications(const Config& config);
// Where a portal's tokens are kept.
[[nodiscard]] std::string token_path(const Config& config, const std::string& alias);

[[nodiscard]] std::shared_ptr<const ingest::HookGuards> hook_guards(const Config& config,
                                                                    const Applications& applications,
                                                                    const Clock& clock);

// Where an amoCRM account's webhook for this portal goes.
[[nodiscard]] ingest::AmoHookAddress hook_address(const PortalConfig& portal);
// The watches over the webhooks of amoCRM accounts, by portal.
using HookWatches = std::map<std::string, std::shared_ptr<ingest::AmoHookWatch>>;
[[nodiscard]] HookWatches make_hook_watches(const Config& config);
// After a reload: what they look for.
void expect_hooks(const Config& config, const HookWatches& watches);

// By portal; portals without a REST address have none.
using PortalReaders = std::map<std::string, std::unique_ptr<ingest::Reader>>;
[[nodiscard]] PortalReaders make_readers(const Config& config, const Applications& applications,
                                         const HookWatches& watches, ingest::RestPool& pool, Journal& journal,
                                         const State& state, const Clock& clock);

}  // namespace kpistream::app
