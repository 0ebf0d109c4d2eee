#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/config.hpp"

namespace kpistream::app {

int run_check_config(const CommandOptions& options) {
  const auto result = load_config(options.config_file);
  for (const auto& error : result.errors) fmt::print(stderr, "{}\n", error);
  if (!result.config) return 1;
  fmt::print("{}: correct, {} portal(s)\n", options.config_file, result.config->portals.size());
  for (const auto& portal : result.config->portals) {
    const bool bitrix24 = portal.settings.crm == Crm::bitrix24;
    const auto& table = portal.settings.counts_in.portal;
    fmt::print("  {:<16} {:<9} {:<20} {}{}\n", portal.settings.alias, bitrix24 ? "bitrix24" : "amocrm",
               portal.settings.zone,
               portal.archived  ? "archived"
               : portal.reads() ? "with REST"
                                : "without REST",
               table.empty() ? "" : ", counts in " + table);
  }
  return 0;
}

}  // namespace kpistream::app
