#include "app/backup_api.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "app/json_answer.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::app {

store::Copy make_copy(const Config& config, store::Store& store, const Clock& clock) {
  const UnixSeconds now = clock.wall();
  const std::string name = fmt::format("{:%Y-%m-%dT%H%M%SZ}", fmt::gmtime(static_cast<std::time_t>(now)));
  return store::copy_store(store, config.backup_path, name, now);
}

void BackupMeter::collect(MeterSink& sink) const {
  if (folder_.empty()) return;
  const auto newest = store::newest_backup(folder_);
  sink.gauge("kpistream_backup_last_success_timestamp_seconds",
             "This is when the newest whole backup in backup.path was made; 0 while there is none.", {},
             newest ? static_cast<double>(newest->taken) : 0);
}

ingest::AdminResponse answer_backup(const Config& config, store::Store& store, const Clock& clock) {
  if (config.backup_path.empty()) {
    return json_error(400, "backup.path is not set: say in the configuration where backups are to be made");
  }
  try {
    const store::Copy copy = make_copy(config, store, clock);
    return json_answer(
        201, fmt::format(R"({{"path":{},"taken":{},"position":{}}})", json(copy.path), copy.taken, copy.position));
  } catch (const StoreError& error) {
    return json_error(500, error.what());
  }
}

}  // namespace kpistream::app
