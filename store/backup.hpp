// A copy of a store that can be put back: made beside everything else, whole or not there, and proved by checksums.
//
// A backup is a folder: the files of a store, and BACKUP, which lists them with length and CRC-32C and comes last. What
// it holds is described in docs/formats/store.md. Tokens of applications stay out: most are used once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
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

// All but newest_backup throw StoreError, with a text for people that names file and cure.

// Held by whoever makes a backup in `folder`, from the copy to its name: copies that nobody makes a backup of go with
// the next one. Makes the folder when missing. Throws when somebody else holds it.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder);
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

 private:
  int file_;
};

// A copy that is no backup yet: `path` is where it will be, and other files of it lie beside.
struct Copy {
  std::string path;
  UnixSeconds taken = 0;
  Position position = 0;
};

// The quick part, which needs the store: files are linked, so that `folder` has to be on the store's file system. It is
// made when missing; the name must be new. What earlier attempts have left there goes.
[[nodiscard]] Copy copy_store(Store& store, const std::string& folder, const std::string& name, UnixSeconds now);
// The slow part, which needs the files only: reads every byte, makes all of it durable, opens it to see that it is a
// store, and gives it its name.
Backup seal_copy(const Copy& copy, const BackupProgress& progress);

// Of the backups in `folder` the newest by name stay. Anything else there is left alone. How many went.
std::size_t keep_newest(const std::string& folder, std::size_t keep);

// The newest by name of the backups in `folder` whose list is as it was written; the other files are not looked at.
// Nothing when there is none, or the folder is not there or cannot be read. Throws nothing of its own.
[[nodiscard]] std::optional<Backup> newest_backup(const std::string& folder);

// Reads every byte.
[[nodiscard]] Backup check_backup(const std::string& path, const BackupProgress& progress);
// Checks it, copies it to a directory that is empty or not there, checks the copy, and opens it to see that it is a
// store. Killed on the way it leaves what is no store to anybody.
Backup restore(const std::string& path, const std::string& to, const BackupProgress& progress);

}  // namespace kpistream::store
