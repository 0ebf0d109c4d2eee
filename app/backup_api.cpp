#include "app/backup_api.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "app/json_answer.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::app {

store::Backup make_backup(const Config& config, store::Store& store, const Clock& clock) {
  const UnixSeconds now = clock.wall();
  const std::string name = fmt::format("{:%Y-%m-%dT%H%M%SZ}", fmt::gmtime(static_cast<std::time_t>(now)));
  const store::Backup made = store::back_up(store, config.backup_path, name, now);
  store::keep_newest(config.backup_path, config.backup_keep);
  return made;
}

std::string backup_json(const store::Backup& backup) {
  return fmt::format(R"({{"path":{},"taken":{},"position":{},"files":{},"bytes":{}}})", json(backup.path), backup.taken,
                     backup.position, backup.files, backup.bytes);
}

ingest::AdminResponse answer_backup(const Config& config, store::Store& store, const Clock& clock) {
  if (config.backup_path.empty()) {
    return json_error(400, "backup.path is not set: say in the configuration where backups are to be made");
  }
  try {
    return json_answer(201, backup_json(make_backup(config, store, clock)));
  } catch (const StoreError& error) {
    return json_error(500, error.what());
  }
}

}  // namespace kpistream::app
