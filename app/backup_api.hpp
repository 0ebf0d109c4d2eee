// Backups of the store that the daemon serves: made at its admin address, their age among its metrics.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "app/config.hpp"
#include "ingest/http/server.hpp"
#include "store/backup.hpp"
#include "stream/ports/clock.hpp"
#include "stream/ports/meters.hpp"

namespace kpistream::app {

inline constexpr std::string_view kBackupPath = "/api/v1/backup";

// A copy of the store where `config` wants backups, named by the time. Throws StoreError.
[[nodiscard]] store::Copy make_copy(const Config& config, store::Store& store, const Clock& clock);

// The age of the newest backup where `folder` has backups, also of one that was made before the daemon started; nothing
// where `folder` is empty, for none are made. Thread-safe: each look is at the disk.
class BackupMeter : public Metered {
 public:
  explicit BackupMeter(std::string folder) : folder_(std::move(folder)) {}
  void collect(MeterSink& sink) const override;

 private:
  const std::string folder_;
};

// POST: the part of it that needs the daemon; whoever asks makes a backup of it.
[[nodiscard]] ingest::AdminResponse answer_backup(const Config& config, store::Store& store, const Clock& clock);

}  // namespace kpistream::app
