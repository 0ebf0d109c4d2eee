// A small secret file that is replaced whole, and the few calls of a file system that this takes: a seam, so that tests
// can cut the power between any two of them.
#pragma once

#include <optional>
#include <string>

namespace kpistream::ingest {

class SmallFiles {
 public:
  virtual ~SmallFiles() = default;
  // Nothing: there is no such file. Throws std::runtime_error, which names the path, when it is there but not readable.
  [[nodiscard]] virtual std::optional<std::string> read(const std::string& path) = 0;
  // False: it is not there and cannot be made. Only its owner may look into a folder that is made here.
  [[nodiscard]] virtual bool make_folder(const std::string& path) = 0;
  // A new file that only its owner may read, in place of any that had the name. True: its content is on the disk.
  [[nodiscard]] virtual bool write_synced(const std::string& path, const std::string& bytes) = 0;
  [[nodiscard]] virtual bool rename(const std::string& from, const std::string& to) = 0;
  // True: what was renamed in the folder so far stays so after a power cut.
  [[nodiscard]] virtual bool sync_folder(const std::string& path) = 0;
};

// The real ones. Stateless and thread-safe.
[[nodiscard]] SmallFiles& disk_files();

// All of the new content or all of the old, also after a power cut. True: the new one, for good. False: either; a
// further attempt begins with a fresh file, since a sync that has failed once says nothing when it is repeated.
[[nodiscard]] bool replace_file(SmallFiles& files, const std::string& path, const std::string& bytes);

}  // namespace kpistream::ingest
