#include <fmt/format.h>

#include "app/command_tools.hpp"

namespace kpistream::app {

int run_health(const CommandOptions& options) {
  const auto config = config_of(options);
  if (!config) return 1;
  const auto answer = ask_daemon(*config, "/-/ready");
  if (answer.status == 200) {
    fmt::print("ready\n");
    return 0;
  }
  fmt::print(stderr, "kpistream: {}\n",
             answer.status == 0     ? "no daemon answers"
             : answer.status == 401 ? "the daemon asks for a password; ask as its user, or as root"
                                    : "the daemon is starting or stopping");
  return 1;
}

}  // namespace kpistream::app
