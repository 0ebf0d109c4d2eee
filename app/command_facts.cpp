#include <fmt/format.h>

#include "app/command_tools.hpp"
#include "app/drill_down.hpp"
#include "store/store.hpp"

namespace kpistream::app {

int run_facts(const CommandOptions& options, const DrillDownQuery& query) {
  const auto config = config_of(options);
  if (!config) return 1;
  const auto store = store::Store::open_read_only(config->storage_path);
  const auto answer = drill_down(*config, store->state(), query, now_of(options));
  return print_answer(answer, options.json);
}

}  // namespace kpistream::app
