#include "stream/kpi/duration.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace kpistream {
namespace {

constexpr int kStepBits = 3;  // eight buckets an octave
constexpr std::int64_t kSteps = 1 << kStepBits;

}  // namespace

Slot classic_bucket(std::int64_t seconds) {
  return static_cast<Slot>(std::lower_bound(kClassicBounds.begin(), kClassicBounds.end(), seconds) -
                           kClassicBounds.begin());
}

Slot log_bucket(std::int64_t seconds) {
  if (seconds < kSteps) return static_cast<Slot>(std::max<std::int64_t>(seconds, 0));
  const int octave = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(seconds))) - 1;
  const std::int64_t step = (seconds >> (octave - kStepBits)) - kSteps;
  return static_cast<Slot>(kSteps + (octave - kStepBits) * kSteps + step);
}

std::int64_t log_bucket_middle(Slot bucket) {
  const auto index = static_cast<std::int64_t>(bucket);
  if (index < 2 * kSteps) return index;
  const std::int64_t shift = index / kSteps - 1;
  const std::int64_t low = (kSteps + index % kSteps) << shift;
  return low + (std::int64_t{1} << shift) / 2;
}

std::optional<std::int64_t> quantile(const Cell& cell, double q) {
  std::int64_t total = 0;
  for (const auto& [slot, count] : cell.slots()) {
    if (slot >= kFirstBucketSlot) total += count;
  }
  if (total <= 0) return std::nullopt;
  const auto rank = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(q * static_cast<double>(total))));
  std::int64_t seen = 0;
  for (const auto& [slot, count] : cell.slots()) {
    if (slot < kFirstBucketSlot) continue;
    seen += count;
    if (seen >= rank) return log_bucket_middle(slot - kFirstBucketSlot);
  }
  return std::nullopt;
}

}  // namespace kpistream
