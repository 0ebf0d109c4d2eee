#include "app/backup_api.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "app/json_answer.hpp"
#include "app/log.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::app {

store::Backup make_backup(const Config& config, store::Store& store, const Clock& clock, const std::stop_token& stop) {
  const UnixSeconds now = clock.wall();
  const std::string name = fmt::format("{:%Y-%m-%dT%H%M%SZ}", fmt::gmtime(static_cast<std::time_t>(now)));
  const store::Backup made = store::back_up(store, config.backup_path, name, now, stop);
  store::keep_newest(config.backup_path, config.backup_keep);
  return made;
}

std::string backup_json(const store::Backup& backup) {
  return fmt::format(R"({{"path":{},"taken":{},"position":{},"files":{},"bytes":{}}})", json(backup.path), backup.taken,
                     backup.position, backup.files, backup.bytes);
}

BackupDesk::BackupDesk(const Config& config, store::Store& store, const Clock& clock)
    : config_(config), store_(store), clock_(clock) {}

ingest::AdminResponse BackupDesk::begin() {
  if (config_.backup_path.empty()) {
    return json_error(400, "backup.path is not set: say in the configuration where backups are to be made");
  }
  const std::lock_guard lock(mutex_);
  if (running_) return json_error(409, "a backup is being made already; wait for its end");
  running_ = true;
  answer_ = R"({"state":"running"})";
  work_ = std::jthread([this](const std::stop_token& stop) { make(stop); });  // the one before has told its end
  return json_answer(202, answer_);
}

ingest::AdminResponse BackupDesk::last() const {
  const std::lock_guard lock(mutex_);
  return json_answer(200, answer_);
}

void BackupDesk::make(const std::stop_token& stop) {
  try {
    const auto made = make_backup(config_, store_, clock_, stop);
    log_info("backup made", {{"path", made.path}, {"bytes", std::to_string(made.bytes)}});
    end(fmt::format(R"({{"state":"made","backup":{}}})", backup_json(made)));
  } catch (const std::exception& error) {  // nobody else is here to catch what the file system says
    log_error("no backup was made", {{"reason", error.what()}});
    end(fmt::format(R"({{"state":"failed","error":{}}})", json(error.what())));
  }
}

void BackupDesk::end(std::string answer) {
  const std::lock_guard lock(mutex_);
  answer_ = std::move(answer);
  running_ = false;
}

}  // namespace kpistream::app
