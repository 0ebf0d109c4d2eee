// What several commands do alike.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "app/admin_client.hpp"
#include "app/commands.hpp"
#include "app/config.hpp"

namespace kpistream::app {

// The configuration with what the command line lays over it. Nothing: it is wrong, and what is wrong has been said.
[[nodiscard]] std::optional<Config> config_of(const CommandOptions& options);

// --clock.start. Throws std::runtime_error when it is no time.
[[nodiscard]] std::optional<UnixSeconds> clock_start_of(const CommandOptions& options);
// The time to look from: --clock.start, or now.
[[nodiscard]] UnixSeconds now_of(const CommandOptions& options);

// The portal that was asked for, or the only one; empty: there are several.
[[nodiscard]] std::string portal_of(const Config& config, const std::string& asked);
// The same where a table is meant: the only portal that has one of its own.
[[nodiscard]] std::string table_portal_of(const Config& config, const std::string& asked);

// Says why the daemon did not do it. `whose`: what only the running daemon does, as the end of a sentence. The exit
// code.
int tell_failure(const ingest::DaemonAnswer& answer, std::string_view whose);

// Prints an answer with its `error`, `text` and `json`. The exit code.
template <typename Answer>
int print_answer(const Answer& answer, bool as_json) {
  if (!answer.error.empty()) {
    fmt::print(stderr, "{}\n", answer.error);
    return 1;
  }
  fmt::print("{}", as_json ? answer.json + "\n" : answer.text);
  return 0;
}

}  // namespace kpistream::app
