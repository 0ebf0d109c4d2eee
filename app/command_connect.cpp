#include "app/commands.hpp"
#include "app/connect/connect.hpp"

namespace kpistream::app {

int run_connect(const CommandOptions& options, const ConnectCommand& command) {
  return Connection(options, command).run();
}

}  // namespace kpistream::app
