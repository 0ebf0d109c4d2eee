// Advice with what became of it, as JSON and for people.
#pragma once

#include <string>

#include "app/insights.hpp"

namespace kpistream::app {

// The cards of now, then those that do not hold any more but were accepted: objects with commas between. Moments are
// seconds since 1970.
[[nodiscard]] std::string advice_json(const PortalInsight& portal);

// The same in lines, in English.
[[nodiscard]] std::string advice_text(const PortalInsight& portal, const PortalSettings& settings);

}  // namespace kpistream::app
