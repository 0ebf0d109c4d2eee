// Backups of the store that the daemon serves, at its admin address.
#pragma once

#include <string_view>

#include "app/config.hpp"
#include "ingest/http/server.hpp"
#include "store/backup.hpp"
#include "stream/ports/clock.hpp"

namespace kpistream::app {

inline constexpr std::string_view kBackupPath = "/api/v1/backup";

// A new backup where `config` wants it, named by the time; then the oldest beyond its number go. Throws StoreError.
[[nodiscard]] store::Backup make_backup(const Config& config, store::Store& store, const Clock& clock);

[[nodiscard]] std::string backup_json(const store::Backup& backup);

// POST: makes one. Whoever waits for it waits for the whole copy.
[[nodiscard]] ingest::AdminResponse answer_backup(const Config& config, store::Store& store, const Clock& clock);

}  // namespace kpistream::app
