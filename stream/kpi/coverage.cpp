#include "stream/kpi/coverage.hpp"

#include <algorithm>

#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/reading_state.hpp"

namespace kpistream {
namespace {

constexpr std::int64_t kWhole = 1'000;
constexpr UnixSeconds kEver = 1;

// Since when a portal's own figures are known.
UnixSeconds known_since(const State& state, const PortalSettings& portal) {
  const auto first = state.get(Space::meta, first_record_key(portal.alias));
  if (!first) return portal.known_since;
  const UnixSeconds at = decode_number(*first);
  return portal.known_since == 0 ? at : std::min(portal.known_since, at);
}

}  // namespace

std::int64_t coverage_of(const Range& whole, const Verified& verified, UnixSeconds now) {
  Range range = whole;
  if (verified.ends != 0) {
    range.last = std::min(range.last, minute_of(verified.ends));
    if (range.first >= range.last) return kWhole;
  }
  if (verified.since == 0) return 0;
  if (!verified.until) return range.first >= minute_of(verified.since) ? kWhole : 0;
  const bool on_time = now - *verified.until <= kComparedWithin;
  const UnixSeconds until = on_time ? now : *verified.until;
  const UnixSeconds first = range.first * 60;
  const UnixSeconds last = std::min(range.last * 60, now);
  if (last <= first) return on_time ? kWhole : 0;
  // Known to the minute, as windows are.
  const UnixSeconds since = std::max(first, minute_of(verified.since) * 60);
  return kWhole * std::max<UnixSeconds>(0, std::min(last, until) - since) / (last - first);
}

std::int64_t worst_coverage_of(const Range& range, const TableVerified& verified, UnixSeconds now) {
  std::int64_t worst = kWhole;
  for (const Verified& part : verified.parts) worst = std::min(worst, coverage_of(range, part, now));
  return worst;
}

TableVerified verified_of(const State& state, const PortalSettings& table) {
  TableVerified verified;
  verified.parts.push_back({known_since(state, table), compared_until(state, table)});
  UnixSeconds moved = 0;
  for (const PortalSettings& member : table.members) {
    const UnixSeconds ends = member.counts_in.until;
    verified.parts.push_back({known_since(state, member), compared_until(state, member), ends});
    moved = std::max(moved, ends);
  }
  Verified& own = verified.parts.front();
  if (own.since != 0 && own.since <= moved) own.since = kEver;
  bool all = true;
  for (const Verified& part : verified.parts) {
    all = all && part.since != 0;
    verified.since = std::max(verified.since, part.since);
  }
  if (!all) verified.since = 0;
  return verified;
}

}  // namespace kpistream
