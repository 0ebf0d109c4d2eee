// The running daemon: builds every part from the configuration, runs them, and takes them down in order.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/web_config.hpp"
#include "stream/ports/clock.hpp"
#include "stream/ports/journal.hpp"

namespace kpistream::app {

struct DaemonOptions {
  std::optional<UnixSeconds> clock_start;
  std::string telemetry_path = "/metrics";
  std::string prefix;            // of all admin paths: "" or "/kpi"
  bool seen_within_tls = false;  // people reach the admin address by https, through a proxy
  bool lifecycle = false;        // PUT /-/reload and /-/quit are done, as SIGHUP and SIGTERM are
  bool accept_loss = false;
  bool sync = true;  // false: for measuring only; a 2xx then does not survive a power cut
};

// start(), reload() and stop() from one thread.
class Daemon {
 public:
  Daemon(Config config, WebConfig web, DaemonOptions options);
  ~Daemon();

  // Opens the store, recovers, and serves. Returns when ready. Throws std::exception with a text for people.
  void start();

  // Takes new secrets, portal addresses, viewers, users and certificates at once. What needs a restart is said in the
  // log.
  void reload(const Config& config, const WebConfig& web);
  void reload_failed();  // for the figures

  // Stops accepting, finishes what was accepted, flushes. Stopping twice is fine.
  void stop();

  // When the processing thread was last seen at work; it looks up at least five times a second when there is none.
  [[nodiscard]] std::chrono::steady_clock::time_point last_beat() const;

  // The storage or the processor has failed for good: end the process, a restart serves again.
  [[nodiscard]] bool failed() const;

  // Where it listens, once it serves.
  [[nodiscard]] std::uint16_t hook_port() const;
  [[nodiscard]] std::vector<Endpoint> admin_addresses() const;  // with the ports that they have got

  // For who tells it something besides the webhooks and the readers: to be silent before stop().
  [[nodiscard]] Journal& journal();
  [[nodiscard]] const Clock& clock() const;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace kpistream::app
