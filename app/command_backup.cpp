#include <fmt/chrono.h>
#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "app/backup_api.hpp"
#include "app/clock.hpp"
#include "app/command_tools.hpp"
#include "app/json_text.hpp"
#include "ingest/json/json.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::app {
namespace {

constexpr double kMega = 1e6;

void show_progress(std::uint64_t done, std::uint64_t all) {
  if (::isatty(STDERR_FILENO) == 0) return;
  fmt::print(stderr, "\rread {:.0f} of {:.0f} MB{}", static_cast<double>(done) / kMega,
             static_cast<double>(all) / kMega, done == all ? "\n" : "");
}

std::string json_of(const store::Backup& backup) {
  return fmt::format(R"({{"path":{},"taken":{},"position":{},"files":{},"bytes":{}}})", json(backup.path), backup.taken,
                     backup.position, backup.files, backup.bytes);
}

int print(const store::Backup& backup, std::string_view what, bool as_json) {
  if (as_json) {
    fmt::print("{}\n", json_of(backup));
    return 0;
  }
  fmt::print("{:<9}{}\n{:<9}{:%Y-%m-%d %H:%M:%S} UTC\n{:<9}{}\n{:<9}{:.1f} MB in {} files\n", what, backup.path, "of",
             fmt::gmtime(static_cast<std::time_t>(backup.taken)), "records", backup.position, "size",
             static_cast<double>(backup.bytes) / kMega, backup.files);
  return 0;
}

// As the daemon told it.
store::Copy copy_in(const std::string& body) {
  ingest::JsonDocument document;
  if (!document.parse(body)) return {};
  const auto root = document.root();
  return {root["path"].text(), root["taken"].integer(), static_cast<Position>(root["position"].integer())};
}

// Then the oldest beyond the number that is kept go.
int seal(const Config& config, const store::Copy& copy, bool as_json) {
  const auto backup = store::seal_copy(copy, show_progress);
  store::keep_newest(config.backup_path, config.backup_keep);
  return print(backup, "made", as_json);
}

int fail(std::string_view what) {
  fmt::print(stderr, "kpistream: {}\n", what);
  return 1;
}

// Of files that root writes beside the daemon's the daemon could open none. Nothing: go on.
std::optional<std::string> others_place(const std::string& path) {
  if (::geteuid() != 0) return std::nullopt;
  namespace fs = std::filesystem;
  fs::path place = fs::absolute(path);
  std::error_code ignored;
  while (!fs::exists(place, ignored) && place.has_relative_path()) place = place.parent_path();
  struct ::stat status {};
  if (::stat(place.c_str(), &status) != 0 || status.st_uid == 0) return std::nullopt;
  const auto* const owner = ::getpwuid(status.st_uid);
  return fmt::format("{} belongs to another user, who could not open what root writes: runuser -u {} -- kpistream ...",
                     place.string(), owner != nullptr ? owner->pw_name : std::to_string(status.st_uid));
}

}  // namespace

int run_backup(const CommandOptions& options, const BackupCommand& command) {
  const auto config = config_of(options);
  if (!config) return 1;
  try {
    if (!command.path.empty()) return print(store::check_backup(command.path, show_progress), "whole", options.json);
    if (config->backup_path.empty())
      return fail("backup.path is not set: say in the configuration where backups are to be made");
    if (const auto whose = others_place(config->storage_path)) return fail(*whose);
    const store::FolderLock lock(config->backup_path);
    const auto answer = ask_daemon(*config, std::string(kBackupPath), "{}");
    if (answer.status == 201) return seal(*config, copy_in(answer.body), options.json);
    if (answer.status != 0) return tell_failure(answer, "the daemon has the store");
    store::StoreOptions store_options;
    store_options.path = config->storage_path;
    const auto store = store::Store::open(store_options);
    return seal(*config, make_copy(*config, *store, RunningClock(std::nullopt)), options.json);
  } catch (const StoreError& error) {
    return fail(error.what());
  }
}

int run_restore(const CommandOptions& options, const BackupCommand& command) {
  const auto config = config_of(options);
  if (!config) return 1;
  if (const auto whose = others_place(config->storage_path)) return fail(*whose);
  try {
    const auto backup = store::restore(command.path, config->storage_path, show_progress);
    print(backup, "restored", options.json);
    if (!options.json) fmt::print("now: kpistream verify, then start the daemon\n");
    return 0;
  } catch (const StoreError& error) {
    return fail(error.what());
  }
}

}  // namespace kpistream::app
