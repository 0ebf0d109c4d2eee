// Puts the demo's past into a store.
#pragma once

#include <functional>

#include "app/config.hpp"
#include "app/demo/season.hpp"

namespace kpistream::app::demo {

// Into the store of `config`, which is made and must be empty: journals what readers would have, computes as it came,
// and takes each table when it was due, so that what happened later is a correction of it. False: `go_on`, which is
// asked each day, had enough. Throws std::exception.
bool write_past(const Config& config, Season& season, const std::function<bool()>& go_on);

}  // namespace kpistream::app::demo
