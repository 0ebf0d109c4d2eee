// What a power cut leaves: how much of each file is synced, and which changes of the directory are.
//
// The files themselves are real ones. A cut truncates each to what was synced, or keeps a random part of the rest, and
// takes back the changes of the directory since its last sync, or a random end of them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace kpistream::store {

// Not thread-safe: FaultFs calls it under its lock.
class Disk {
 public:
  // `side`: an empty directory on the same file system, for what may have to come back.
  Disk(std::string side, std::uint64_t seed) : side_(std::move(side)), random_(seed) {}

  struct File {
    std::string path;
    std::uint64_t size = 0;
    std::uint64_t synced = 0;
    bool doomed = false;         // a sync failed: what was not synced then never will be
    bool in_place = false;       // written in the middle, so that a size says nothing
    std::string synced_content;  // of those
  };
  using Handle = std::shared_ptr<File>;

  Handle create(const std::string& path);
  Handle open(const std::string& path, bool in_place);
  void appended(File& file, std::uint64_t bytes) { file.size += bytes; }
  void truncated(File& file, std::uint64_t size);
  void synced(File& file);
  void sync_failed(File& file) { file.doomed = true; }
  // These do it, too.
  void rename(const std::string& from, const std::string& to);
  void remove(const std::string& path);
  void directory_synced();

  void cut();  // does not end the process: the caller does, at once

 private:
  struct Change {
    enum class Kind { create, rename, remove } kind;
    std::string path;
    std::string target;  // rename
    std::string side;    // what was there before; empty: nothing
  };
  void move_handle(const std::string& from, const std::string& to);
  std::string set_aside(const std::string& path);
  void lose_content(File& file, bool all);
  static void take_back(const Change& change);

  const std::string side_;
  std::mt19937_64 random_;
  std::uint64_t sides_ = 0;
  std::map<std::string, Handle> files_;
  std::vector<Change> changes_;  // since the last sync of the directory
};

}  // namespace kpistream::store
