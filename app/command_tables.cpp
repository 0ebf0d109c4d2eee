#include <fmt/format.h>

#include "app/command_tools.hpp"
#include "app/tables.hpp"
#include "store/store.hpp"

namespace kpistream::app {

int run_tables(const CommandOptions& options, const TablesQuery& query) {
  const auto config = config_of(options);
  if (!config) return 1;
  const auto store = store::Store::open_read_only(config->storage_path);
  const auto answer = tables(*config, store->state(), query);
  return print_answer(answer, options.json);
}

}  // namespace kpistream::app
