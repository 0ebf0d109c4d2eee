// Definitions of KPIs as text. docs/kpis.md explains the format; the built-in ones are deploy/kpis.yml.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "stream/kpi/definition.hpp"

namespace kpistream::app {

struct CatalogueResult {
  std::optional<Catalogue> catalogue;  // absent when there are errors
  std::vector<std::string> errors;     // "file:line:column: path: message", all of them in one run
};

// What the program brings along; the same object for ever. Works where nothing is installed.
[[nodiscard]] const Catalogue& built_in_catalogue();

// The definitions of `text` laid over `base`: the same id replaces, `id: off` removes. `file` is for the errors only.
[[nodiscard]] CatalogueResult read_catalogue(const std::string& text, const std::string& file, const Catalogue& base);

// A file laid over the built-in catalogue; an empty name gives the built-in catalogue alone.
[[nodiscard]] CatalogueResult load_catalogue(const std::string& file);

}  // namespace kpistream::app
