#include <fmt/format.h>
#include <unistd.h>

#include "app/command_tools.hpp"
#include "app/portals.hpp"
#include "ingest/proof/digest.hpp"
#include "store/store.hpp"
#include "stream/verify.hpp"

namespace kpistream::app {
namespace {

void print_report(const VerifyReport& report, bool json) {
  if (json) {
    // The differences hold ids and key bytes already made printable; quotes cannot appear in them.
    fmt::print(R"({{"passed":{},"position":{},"entities":{},"facts":{},"cells":{},"tables":{},"differences":{}}})"
               "\n",
               report.passed(), report.position, report.entities, report.facts, report.cells, report.tables,
               report.differences.size());
    return;
  }
  for (const auto& difference : report.differences) fmt::print("{}\n", difference);
  fmt::print("{}: {} journal records, {} entities, {} facts, {} cells, {} tables\n",
             report.passed() ? "passed" : "FAILED", report.position, report.entities, report.facts, report.cells,
             report.tables);
}

}  // namespace

int run_verify(const CommandOptions& options) {
  const auto config = config_of(options);
  if (!config) return 1;
  const auto store = store::Store::open_read_only(config->storage_path);
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  const Position tail = store->journal().tail();
  const auto progress = [&](Position at) {
    if (terminal) fmt::print(stderr, "\rreplayed {} of {} records", at, tail);
  };
  const auto report = verify(store->journal(), store->state(), processor_portals(*config), ingest::sha256, progress);
  if (terminal) fmt::print(stderr, "\n");
  print_report(report, options.json);
  return report.passed() ? 0 : 1;
}

}  // namespace kpistream::app
