// A State in memory: for `verify`, which replays a journal beside the stored state, and for tests.
#pragma once

#include <array>
#include <map>
#include <mutex>

#include "stream/ports/state.hpp"

namespace kpistream {

// Thread-safe.
class MemoryState : public State {
 public:
  [[nodiscard]] std::optional<std::string> get(Space space, std::string_view key) const override;
  void apply(const StateBatch& batch) override;
  void scan(Space space, std::string_view first, std::string_view last,
            const std::function<bool(std::string_view, std::string_view)>& visit) const override;
  [[nodiscard]] std::uint64_t estimate(Space space) const override;

 private:
  using Map = std::map<std::string, std::string, std::less<>>;
  mutable std::recursive_mutex mutex_;
  std::array<Map, kSpaces> spaces_;  // guarded by mutex_
};

}  // namespace kpistream
