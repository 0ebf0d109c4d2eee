// Every key of the configuration, once: docs/configuration.md explains them at length.
#pragma once

#include "app/shape.hpp"

namespace kpistream::app {

// The whole file; the same object for ever.
[[nodiscard]] const Shape& config_shape();

// One portal: what it has whatever its `crm`, and as cases all it may have with each.
[[nodiscard]] Shape portal_shape();

}  // namespace kpistream::app
