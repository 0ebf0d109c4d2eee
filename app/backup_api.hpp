// Backups of the store that the daemon serves, at its admin address.
#pragma once

#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "app/config.hpp"
#include "ingest/http/server.hpp"
#include "store/backup.hpp"
#include "stream/ports/clock.hpp"

namespace kpistream::app {

inline constexpr std::string_view kBackupPath = "/api/v1/backup";

// A new backup where `config` wants it, named by the time; then the oldest beyond its number go. Throws StoreError.
[[nodiscard]] store::Backup make_backup(const Config& config, store::Store& store, const Clock& clock,
                                        const std::stop_token& stop = {});

[[nodiscard]] std::string backup_json(const store::Backup& backup);

// Makes one at a time, on a thread of its own: a large store takes minutes, and scrapes go on meanwhile. Thread-safe.
// Everything passed in must outlive it; to destroy it ends what is under way.
class BackupDesk {
 public:
  BackupDesk(const Config& config, store::Store& store, const Clock& clock);

  // POST: 202, and it is under way; 400 without backup.path, 409 while there is one.
  [[nodiscard]] ingest::AdminResponse begin();
  // GET: {"state": "none" | "running" | "made" | "failed"}, with "backup" or "error", of the last one since the start.
  [[nodiscard]] ingest::AdminResponse last() const;

 private:
  void make(const std::stop_token& stop);
  void end(std::string answer);

  const Config& config_;
  store::Store& store_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::string answer_ = R"({"state":"none"})";  // guarded by mutex_
  bool running_ = false;                        // guarded by mutex_
  std::jthread work_;
};

}  // namespace kpistream::app
