// Backups of the store that the daemon serves, at its admin address.
#pragma once

#include <string_view>

#include "app/config.hpp"
#include "ingest/http/server.hpp"
#include "store/backup.hpp"
#include "stream/ports/clock.hpp"

namespace kpistream::app {

inline constexpr std::string_view kBackupPath = "/api/v1/backup";

// A copy of the store where `config` wants backups, named by the time. Throws StoreError.
[[nodiscard]] store::Copy make_copy(const Config& config, store::Store& store, const Clock& clock);

// POST: the part of it that needs the daemon; whoever asks makes a backup of it.
[[nodiscard]] ingest::AdminResponse answer_backup(const Config& config, store::Store& store, const Clock& clock);

}  // namespace kpistream::app
