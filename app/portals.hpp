// From the configuration to the parts that serve its portals.
#pragma once

#include <memory>
#include <vector>

#include "app/config.hpp"
#include "ingest/hook.hpp"
#include "stream/processor.hpp"

namespace kpistream::app {

[[nodiscard]] std::vector<PortalSettings> portal_settings(const Config& config);
[[nodiscard]] std::vector<ProcessorPortal> processor_portals(const Config& config);
[[nodiscard]] std::shared_ptr<const std::vector<std::shared_ptr<const ingest::HookGuard>>> hook_guards(
    const Config& config);

}  // namespace kpistream::app
