// A copy of a store that can be put back: made beside everything else, whole or not there, and proved by checksums.
//
// A backup is a folder: the files of a store, and BACKUP, which lists them with length and CRC-32C and comes last. What
// it holds is described in docs/formats/store.md. Tokens of applications stay out: most are used once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "store/store.hpp"
#include "stream/crm/vocabulary.hpp"

namespace kpistream::store {

struct Backup {
  std::string path;
  UnixSeconds taken = 0;
  Position position = 0;  // newest journal record that is surely in it
  std::size_t files = 0;
  std::uint64_t bytes = 0;
};

// Told what was done of how many bytes.
using BackupProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

// All throw StoreError, with a text for people that names file and cure.

// Makes `folder`/`name`, at first beside it under another name, and opens it to see that it is a store before it
// counts. Both are made when missing; the name must be new. What attempts that were cut off left in `folder` goes. Of a
// store one at a time: its directory holds the moment that is copied. Takes long with a large store; `stop` ends it
// early.
Backup back_up(Store& store, const std::string& folder, const std::string& name, UnixSeconds now,
               const std::stop_token& stop = {});
// Of the backups in `folder` the newest by name stay. Anything else there is left alone. How many went.
std::size_t keep_newest(const std::string& folder, std::size_t keep);

// Reads every byte.
[[nodiscard]] Backup check_backup(const std::string& path, const BackupProgress& progress);
// Checks it, copies it to a directory that is empty or not there, checks the copy, and opens it to see that it is a
// store. Killed on the way it leaves what is no store to anybody.
Backup restore(const std::string& path, const std::string& to, const BackupProgress& progress);

}  // namespace kpistream::store
