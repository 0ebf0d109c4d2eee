// The KPIs in force, for people and for scripts.
#pragma once

#include <string>
#include <vector>

#include "stream/kpi/definition.hpp"

namespace kpistream::app {

// What is counted, in one sentence: "call where direction is in and outcome is talk or short, of the owner then".
[[nodiscard]] std::string in_words(const Definition& definition);
[[nodiscard]] std::string in_words(const Formula& formula);

// The metrics it is shown as, in its widest form: without those by manager and by source, and without what was taken
// back.
[[nodiscard]] std::vector<std::string> metrics_of(const Definition& definition);
[[nodiscard]] std::vector<std::string> metrics_of(const Formula& formula);

[[nodiscard]] std::string catalogue_text(const Catalogue& catalogue);
[[nodiscard]] std::string catalogue_json(const Catalogue& catalogue);

}  // namespace kpistream::app
