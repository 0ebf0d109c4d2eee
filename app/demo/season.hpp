// Thirteen weeks of both invented departments, and then on and on: what readers of their portals would have journaled.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "app/demo/department.hpp"

namespace kpistream::app::demo {

inline constexpr std::uint64_t kSeed = 20'261'129;

// Not thread-safe.
class Season {
 public:
  explicit Season(UnixSeconds now, std::uint64_t seed = kSeed);

  [[nodiscard]] const Story& story() const { return story_; }

  // The past, once: every record in the order of arrival, and in between each morning at which tables are due, once all
  // that arrived before was handed over; false there breaks off, and is then the result. The same now and seed give the
  // same records, to the byte.
  bool play(const std::function<void(NewRecord)>& record, const std::function<bool(UnixSeconds due)>& tables);

  // What has happened since: of a reading at `now`. `stirred`: one thing more than was planned.
  [[nodiscard]] std::vector<NewRecord> live(UnixSeconds now, bool stirred);

 private:
  std::vector<NewRecord> read(UnixSeconds now, bool quiet);

  const Story story_;
  Chance chance_;
  std::vector<std::unique_ptr<Department>> departments_;
  UnixSeconds told_ = 0;  // when quiet lists were told last
};

}  // namespace kpistream::app::demo
