// Every key of a file of KPIs, once: docs/kpis.md explains them at length.
#pragma once

#include "app/shape.hpp"

namespace kpistream::app {

// The whole file; the same object for ever.
[[nodiscard]] const Shape& kpis_shape();

}  // namespace kpistream::app
