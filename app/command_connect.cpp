#include "app/commands.hpp"
#include "app/connect/connections.hpp"

namespace kpistream::app {

int run_connect_bitrix24(const CommandOptions& options, const ConnectCommand& command) {
  return connect_bitrix24(options, command)->run();
}

int run_connect_amocrm(const CommandOptions& options, const ConnectCommand& command) {
  return connect_amocrm(options, command)->run();
}

}  // namespace kpistream::app
