#include "app/command_tools.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

#include "ingest/json/json.hpp"

namespace kpistream::app {

std::optional<Config> config_of(const CommandOptions& options) {
  auto loaded = load_config(options.config_file);
  for (const auto& error : loaded.errors) fmt::print(stderr, "{}\n", error);
  if (loaded.config && !options.storage_path.empty()) loaded.config->storage_path = options.storage_path;
  return std::move(loaded.config);
}

std::optional<UnixSeconds> clock_start_of(const CommandOptions& options) {
  if (options.clock_start.empty()) return std::nullopt;
  const auto asked = parse_time(options.clock_start);
  if (!asked) {
    throw std::runtime_error(fmt::format(
        "--clock.start: '{}' is no time with an offset, for example 2026-09-14T16:30:00+03:00", options.clock_start));
  }
  return asked;
}

UnixSeconds now_of(const CommandOptions& options) {
  using namespace std::chrono;
  if (const auto asked = clock_start_of(options)) return *asked;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

std::string portal_of(const Config& config, const std::string& asked) {
  if (!asked.empty() || config.portals.size() != 1) return asked;
  return config.portals.front().settings.alias;
}

std::string table_portal_of(const Config& config, const std::string& asked) {
  std::string only = asked;
  for (const PortalConfig& portal : config.portals) {
    if (!asked.empty() || !portal.settings.counts_in.portal.empty()) continue;
    if (!only.empty()) return {};
    only = portal.settings.alias;
  }
  return only;
}

int tell_failure(const ingest::DaemonAnswer& answer, std::string_view whose) {
  ingest::JsonDocument document;
  if (answer.status == 0) {
    fmt::print(stderr, "kpistream: no daemon answers at listen.admin; {}\n", whose);
  } else if (answer.status == 401) {
    fmt::print(stderr, "kpistream: the daemon asks for a password; ask as its user, or as root\n");
  } else if (document.parse(answer.body)) {
    fmt::print(stderr, "kpistream: {}\n", document.root()["error"].text());
  } else {
    fmt::print(stderr, "kpistream: the daemon answers {}\n", answer.status);
  }
  return 1;
}

}  // namespace kpistream::app
