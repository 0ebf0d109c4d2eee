#include <fmt/format.h>

#include <filesystem>

#include "app/commands.hpp"
#include "app/config.hpp"
#include "app/kpi_words.hpp"

namespace kpistream::app {

int run_kpis(const CommandOptions& options) {
  // To look at what the program brings along, nothing has to be configured.
  if (options.config_file == CommandOptions().config_file && !std::filesystem::exists(options.config_file)) {
    fmt::print("{}", options.json ? catalogue_json(built_in_catalogue()) : catalogue_text(built_in_catalogue()));
    return 0;
  }
  const auto loaded = load_config(options.config_file);
  for (const auto& error : loaded.errors) fmt::print(stderr, "{}\n", error);
  if (!loaded.config) return 1;
  fmt::print("{}", options.json ? catalogue_json(loaded.config->kpis) : catalogue_text(loaded.config->kpis));
  return 0;
}

}  // namespace kpistream::app
