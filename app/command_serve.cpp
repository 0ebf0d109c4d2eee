#include <fmt/format.h>

#include <chrono>
#include <stdexcept>

#include "app/commands.hpp"
#include "app/config.hpp"
#include "app/daemon.hpp"
#include "app/end_signals.hpp"
#include "app/log.hpp"
#include "app/service_manager.hpp"
#include "app/web_config.hpp"
#include "app/web_prefix.hpp"

namespace kpistream::app {
namespace {

constexpr std::chrono::minutes kStuck{1};  // without a beat of the processing for so long it is not alive

void override_address(Endpoint& endpoint, const std::string& text) {
  if (text.empty()) return;
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) throw std::runtime_error(fmt::format("'{}' is not address:port", text));
  const int port = std::stoi(text.substr(colon + 1));
  if (port < 0 || port > 65535) throw std::runtime_error(fmt::format("'{}' has no valid port", text));
  endpoint = {text.substr(0, colon), static_cast<std::uint16_t>(port)};
}

void apply_overrides(const CommandOptions& options, Config& config) {
  if (!options.storage_path.empty()) config.storage_path = options.storage_path;
  if (!options.log_level.empty()) config.log_level = options.log_level;
  if (!options.log_format.empty()) config.log_format = options.log_format;
  override_address(config.hook, options.hook_address);
  override_address(config.admin, options.admin_address);
}

struct Loaded {
  Config config;
  WebConfig web;
};

std::optional<Loaded> load(const CommandOptions& options) {
  auto result = load_config(options.config_file);
  auto web = load_web_config(options.web_config_file, result.errors);
  for (const auto& error : result.errors) fmt::print(stderr, "{}\n", error);
  if (!result.errors.empty()) return std::nullopt;
  apply_overrides(options, *result.config);
  return Loaded{std::move(*result.config), std::move(web)};
}

DaemonOptions daemon_options(const CommandOptions& options) {
  DaemonOptions daemon;
  daemon.accept_loss = options.accept_loss;
  daemon.sync = options.sync;
  daemon.telemetry_path = options.telemetry_path;
  daemon.prefix = web_prefix(options.external_url, options.route_prefix);
  daemon.seen_within_tls = options.external_url.starts_with("https://");
  daemon.lifecycle = options.lifecycle;
  if (options.clock_start.empty()) return daemon;
  daemon.clock_start = parse_time(options.clock_start);
  if (!daemon.clock_start) {
    throw std::runtime_error("--clock.start: write a time with an offset, for example 2026-09-14T16:30:00+03:00");
  }
  return daemon;
}

void reload(Daemon& daemon, const CommandOptions& options) {
  if (const auto loaded = load(options)) {
    daemon.reload(loaded->config, loaded->web);
  } else {
    daemon.reload_failed();
    log_error("the configuration has errors; the running one stays", {{"file", options.config_file}});
  }
}

// Waits for signals until one of them ends the daemon, or a part of it fails. Returns the exit code.
int wait_for_end(Daemon& daemon, const CommandOptions& options, const EndSignals& signals, ServiceManager& manager) {
  for (;;) {
    const int signal = signals.next();
    if (signal == SIGHUP) {
      manager.reloading();
      reload(daemon, options);
      manager.ready();
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - daemon.last_beat() < kStuck) manager.alive(now);
    if (EndSignals::ends(signal)) {
      log_info("stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
      return 0;
    }
    if (daemon.failed()) return 1;
  }
}

}  // namespace

int run_serve(const CommandOptions& options) {
  const EndSignals signals;
  const auto loaded = load(options);
  if (!loaded) return 1;
  set_up_log(loaded->config.log_level, loaded->config.log_format);
  Daemon daemon(loaded->config, loaded->web, daemon_options(options));
  daemon.start();
  ServiceManager manager;
  manager.ready();
  const int result = wait_for_end(daemon, options, signals, manager);
  manager.stopping();
  daemon.stop();
  log_info("stopped", {{"exit", std::to_string(result)}});
  return result;
}

}  // namespace kpistream::app
