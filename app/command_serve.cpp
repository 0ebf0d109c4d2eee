#include <chrono>

#include "app/commands.hpp"
#include "app/daemon.hpp"
#include "app/end_signals.hpp"
#include "app/log.hpp"
#include "app/serve_setup.hpp"
#include "app/service_manager.hpp"

namespace kpistream::app {
namespace {

constexpr std::chrono::minutes kStuck{1};  // without a beat of the processing for so long it is not alive

void reload(Daemon& daemon, const CommandOptions& options) {
  if (const auto setup = serve_setup(options)) {
    daemon.reload(setup->config, setup->web);
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
  const auto setup = serve_setup(options);
  if (!setup) return 1;
  set_up_log(setup->config.log_level, setup->config.log_format);
  Daemon daemon(setup->config, setup->web, setup->daemon);
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
