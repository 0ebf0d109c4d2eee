#include <fmt/format.h>

#include <chrono>

#include "app/commands.hpp"
#include "app/drill_down.hpp"
#include "store/store.hpp"

namespace kpistream::app {

int run_facts(const CommandOptions& options, const DrillDownQuery& query) {
  auto loaded = load_config(options.config_file);
  for (const auto& error : loaded.errors) fmt::print(stderr, "{}\n", error);
  if (!loaded.config) return 1;
  if (!options.storage_path.empty()) loaded.config->storage_path = options.storage_path;
  const auto store = store::Store::open_read_only(loaded.config->storage_path);
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
  const auto answer = drill_down(*loaded.config, store->state(), query, now.count());
  if (!answer.error.empty()) {
    fmt::print(stderr, "{}\n", answer.error);
    return 1;
  }
  fmt::print("{}", options.json ? answer.json + "\n" : answer.text);
  return 0;
}

}  // namespace kpistream::app
