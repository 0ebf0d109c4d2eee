// The configuration as it is in force: what the file says with its variables filled in, and the defaults of all it
// leaves out. Secrets are shown as <secret>, whether they stand in the file or come from the environment.
#pragma once

#include <string>

#include "app/config.hpp"

namespace kpistream::app {

// YAML that load_config reads as the same configuration, but for the secrets. `config` is what load_config has made of
// `file`, and has the last word where it was changed since. Empty: the file cannot be read any more.
[[nodiscard]] std::string effective_config(const std::string& file, const Config& config);

}  // namespace kpistream::app
