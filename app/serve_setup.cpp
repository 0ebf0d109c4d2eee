#include "app/serve_setup.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

#include "app/command_tools.hpp"
#include "app/web_prefix.hpp"

namespace kpistream::app {
namespace {

std::vector<Endpoint> endpoints_of(std::string_view option, const std::vector<std::string>& texts) {
  std::vector<Endpoint> endpoints;
  for (const std::string& text : texts) {
    const auto wrong = add_endpoint(text, endpoints);
    if (!wrong.empty()) throw std::runtime_error(fmt::format("{}: {}", option, wrong));
  }
  return endpoints;
}

void apply_overrides(const CommandOptions& options, Config& config) {
  if (!options.storage_path.empty()) config.storage_path = options.storage_path;
  if (!options.log_level.empty()) config.log_level = options.log_level;
  if (!options.log_format.empty()) config.log_format = options.log_format;
  if (!options.hook_address.empty())
    config.hook = endpoints_of("--hook.listen-address", {options.hook_address}).front();
  if (!options.admin_addresses.empty()) config.admin = endpoints_of("--web.listen-address", options.admin_addresses);
}

DaemonOptions daemon_options(const CommandOptions& options) {
  DaemonOptions daemon;
  daemon.accept_loss = options.accept_loss;
  daemon.sync = options.sync;
  daemon.telemetry_path = options.telemetry_path;
  daemon.prefix = web_prefix(options.external_url, options.route_prefix);
  daemon.seen_within_tls = options.external_url.starts_with("https://");
  daemon.lifecycle = options.lifecycle;
  daemon.clock_start = clock_start_of(options);
  return daemon;
}

}  // namespace

std::optional<ServeSetup> serve_setup(const CommandOptions& options) {
  auto result = load_config(options.config_file);
  auto web = load_web_config(options.web_config_file, result.errors);
  for (const auto& error : result.errors) fmt::print(stderr, "{}\n", error);
  if (!result.errors.empty()) return std::nullopt;
  apply_overrides(options, *result.config);
  return ServeSetup{std::move(*result.config), std::move(web), daemon_options(options)};
}

}  // namespace kpistream::app
