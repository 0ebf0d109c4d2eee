#include "stream/retention.hpp"

#include <algorithm>

#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/reading_state.hpp"

namespace kpistream {
namespace {

Position arrived_since(const Journal& journal, Position first, Position end, UnixSeconds since) {
  while (first < end) {
    const Position middle = first + (end - first) / 2;
    const auto records = journal.read(middle - 1, 1, 1);
    if (records.empty()) return first;
    records.front().arrived < since ? void(first = middle + 1) : void(end = middle);
  }
  return first;
}

}  // namespace

Position first_to_keep(const Journal& journal, const State& state, UnixSeconds since) {
  const auto processed = state.get(Space::meta, kPositionKey);
  Position keep = processed ? static_cast<Position>(decode_number(*processed)) + 1 : 1;
  for (const Wish& wish : pending_wishes(state)) keep = std::min(keep, wish.asked);
  const Position first = journal.first();
  keep = std::clamp(keep, first, std::max(first, journal.tail() + 1));
  return arrived_since(journal, first, keep, since);
}

}  // namespace kpistream
