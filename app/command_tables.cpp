#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/config.hpp"
#include "app/tables.hpp"
#include "store/store.hpp"

namespace kpistream::app {

int run_tables(const CommandOptions& options, const TablesQuery& query) {
  auto loaded = load_config(options.config_file);
  for (const auto& error : loaded.errors) fmt::print(stderr, "{}\n", error);
  if (!loaded.config) return 1;
  if (!options.storage_path.empty()) loaded.config->storage_path = options.storage_path;
  const auto store = store::Store::open_read_only(loaded.config->storage_path);
  const auto answer = tables(*loaded.config, store->state(), query);
  if (!answer.error.empty()) {
    fmt::print(stderr, "{}\n", answer.error);
    return 1;
  }
  fmt::print("{}", options.json ? answer.json + "\n" : answer.text);
  return 0;
}

}  // namespace kpistream::app
