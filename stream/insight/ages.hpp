// How old what stands open is: quantiles of ages, which grow with the clock alone (KPI.md, K15).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "stream/kpi/figures.hpp"

namespace kpistream::insight {

// In seconds, to the minute; nearest rank.
struct Ages {
  std::int64_t median = 0;
  std::int64_t ninetieth = 0;  // nine of ten are not older
  friend bool operator==(const Ages&, const Ages&) = default;
};

// Of a state, which stands at the creation of each. Nothing when nothing stands.
[[nodiscard]] std::optional<Ages> ages(const Figures& figures, std::string_view kpi);

}  // namespace kpistream::insight
