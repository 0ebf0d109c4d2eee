// The text of deploy/kpis.yml, as it was when the program was built.
#pragma once

#include <string_view>

namespace kpistream::app {

[[nodiscard]] std::string_view built_in_kpis();

}  // namespace kpistream::app
