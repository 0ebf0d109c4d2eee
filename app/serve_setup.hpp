// What `kpistream serve` is to start with, by its configuration and command line; `check-config` looks at the same.
#pragma once

#include <optional>

#include "app/commands.hpp"
#include "app/config.hpp"
#include "app/daemon.hpp"
#include "app/web_config.hpp"

namespace kpistream::app {

struct ServeSetup {
  Config config;  // with what the command line lays over it
  WebConfig web;
  DaemonOptions daemon;
};

// Nothing: a file is wrong, and all that is wrong has been said. Throws std::runtime_error for a wrong option.
[[nodiscard]] std::optional<ServeSetup> serve_setup(const CommandOptions& options);

}  // namespace kpistream::app
