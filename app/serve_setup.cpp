#include "app/serve_setup.hpp"

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>
#include <utility>

#include "app/command_tools.hpp"
#include "app/web_prefix.hpp"

namespace kpistream::app {
namespace {

void override_address(Endpoint& endpoint, const std::string& text) {
  if (text.empty()) return;
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error(fmt::format("'{}' is not address:port", text));
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data() + colon + 1, end, port);
  if (failed != std::errc() || stopped != end) throw std::runtime_error(fmt::format("'{}' has no valid port", text));
  endpoint = {text.substr(0, colon), port};
}

void apply_overrides(const CommandOptions& options, Config& config) {
  if (!options.storage_path.empty()) config.storage_path = options.storage_path;
  if (!options.log_level.empty()) config.log_level = options.log_level;
  if (!options.log_format.empty()) config.log_format = options.log_format;
  override_address(config.hook, options.hook_address);
  override_address(config.admin, options.admin_address);
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
