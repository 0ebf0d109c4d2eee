#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/config_keys.hpp"
#include "app/config_schema.hpp"
#include "app/effective_config.hpp"
#include "app/kpi_keys.hpp"
#include "app/serve_setup.hpp"

namespace kpistream::app {

int run_check_config(const CommandOptions& options) {
  const auto setup = serve_setup(options);
  if (!setup) return 1;
  const Config& config = setup->config;
  if (options.effective) {
    fmt::print("{}", effective_config(options.config_file, config));
    return 0;
  }
  fmt::print("{}: correct, {} portal(s)\n", options.config_file, config.portals.size());
  for (const auto& portal : config.portals) {
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

int run_config_schema(bool kpis) {
  fmt::print("{}", kpis ? json_schema(kpis_shape(), "KPIs of kpistream")
                        : json_schema(config_shape(), "Configuration of kpistream"));
  return 0;
}

}  // namespace kpistream::app
