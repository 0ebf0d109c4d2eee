// The files beside the database: FORMAT, read before anything else, and SEAL, the newest durable position.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "stream/ports/journal.hpp"

namespace kpistream::store {

// Refuses a directory of another format and leaves every byte as it was. Throws StoreError.
void check_format(const std::string& folder);
void write_format(const std::string& folder);

// One writer. The seal is written after the journal is synced, so it never tells more than there is.
class Seal {
 public:
  // Nothing when there is no seal. Throws StoreError when there is one that cannot be read.
  static std::optional<Position> read(const std::string& folder);

  Seal(const std::string& folder, std::chrono::milliseconds sync_every);
  ~Seal();
  Seal(const Seal&) = delete;
  Seal& operator=(const Seal&) = delete;

  // Survives a process crash at once, a power cut some seconds later. Throws StoreError.
  void write(Position position);
  void sync();

 private:
  int file_ = -1;
  std::chrono::milliseconds sync_every_;
  std::chrono::steady_clock::time_point synced_;
};

}  // namespace kpistream::store
