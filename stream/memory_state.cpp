#include "stream/memory_state.hpp"

#include "stream/kpi/cell.hpp"

namespace kpistream {

std::optional<std::string> MemoryState::get(Space space, std::string_view key) const {
  const std::lock_guard lock(mutex_);
  const Map& map = spaces_[static_cast<std::size_t>(space)];
  const auto it = map.find(key);
  if (it == map.end()) return std::nullopt;
  return it->second;
}

void MemoryState::apply(const StateBatch& batch) {
  const std::lock_guard lock(mutex_);
  for (const auto& put : batch.puts) spaces_[static_cast<std::size_t>(put.space)][put.key] = put.value;
  for (const auto& erase : batch.erases) spaces_[static_cast<std::size_t>(erase.space)].erase(erase.key);
  for (const auto& add : batch.adds) {
    std::string& cell = spaces_[static_cast<std::size_t>(Space::cells)][add.key];
    cell = add_cells(cell, add.delta);
  }
}

void MemoryState::scan(Space space, std::string_view first, std::string_view last,
                       const std::function<bool(std::string_view, std::string_view)>& visit) const {
  const std::lock_guard lock(mutex_);
  const Map& map = spaces_[static_cast<std::size_t>(space)];
  for (auto it = map.lower_bound(first); it != map.end() && (last.empty() || it->first < last); ++it) {
    if (!visit(it->first, it->second)) return;
  }
}

std::uint64_t MemoryState::estimate(Space space) const {
  const std::lock_guard lock(mutex_);
  return spaces_.at(static_cast<std::size_t>(space)).size();
}

}  // namespace kpistream
