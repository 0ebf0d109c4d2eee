// Proof that the stored figures are right: entities are the fold of the journal, facts follow from the entities, and
// every cell is the sum of the contributions of the facts in force; tables of closed periods are as they were taken.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "stream/ports/digest.hpp"
#include "stream/processor.hpp"

namespace kpistream {

struct VerifyReport {
  Position position = 0;  // up to where the journal was replayed: the stored state's own position
  std::size_t entities = 0;
  std::size_t facts = 0;
  std::size_t cells = 0;
  std::size_t tables = 0;                // of closed periods
  std::vector<std::string> differences;  // at most kDifferencesMax, each a line for people
  static constexpr std::size_t kDifferencesMax = 20;
  [[nodiscard]] bool passed() const { return differences.empty(); }
};

// Replays `journal` with `portals` beside `stored` and compares. `digest` is what tables were hashed with. `progress`
// hears the position reached.
[[nodiscard]] VerifyReport verify(const Journal& journal, const State& stored,
                                  const std::vector<ProcessorPortal>& portals, const Digest& digest,
                                  const std::function<void(Position)>& progress);

}  // namespace kpistream
