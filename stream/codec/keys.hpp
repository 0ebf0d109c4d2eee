// Keys of the state. One place for every layout; docs/formats/store.md describes the same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stream/crm/vocabulary.hpp"

namespace kpistream {

using Minute = std::int64_t;                    // Unix time / 60: the base bucket
inline constexpr Minute kNoMinute = INT64_MIN;  // the bucket of what has no time (a task without a deadline)

[[nodiscard]] inline Minute minute_of(UnixSeconds at) {
  if (at == INT64_MIN) return kNoMinute;
  return at / 60 - (at % 60 < 0 ? 1 : 0);
}

// Space::entities and Space::facts: portal, kind, id.
[[nodiscard]] std::string entity_key(std::string_view portal, const EntityRef& ref);
struct EntityKey {
  std::string portal;
  EntityRef ref;
};
[[nodiscard]] EntityKey parse_entity_key(std::string_view key);

// Space::cells, a bucket: KPI and minute before the dimensions, so that a bucket is one range.
struct BucketKey {
  std::string kpi;
  Minute minute = 0;
  std::string portal;
  std::string pipeline;
  std::string manager;
  std::vector<std::string> labels;  // values, in the order of the definition
};
[[nodiscard]] std::string bucket_key(const BucketKey& key);
[[nodiscard]] std::string bucket_prefix(std::string_view kpi);
[[nodiscard]] std::string bucket_from(std::string_view kpi, Minute first);  // first key of that minute or later
[[nodiscard]] BucketKey parse_bucket_key(std::string_view key);

// Space::cells, a total since the beginning: what was ever added, and what was ever taken back. Both only grow.
struct TotalKey {
  std::string kpi;
  bool retracted = false;
  std::string portal;
  std::string pipeline;
  std::vector<std::string> labels;
};
[[nodiscard]] std::string total_key(const TotalKey& key);
[[nodiscard]] std::string total_prefix(std::string_view kpi);
[[nodiscard]] TotalKey parse_total_key(std::string_view key);
[[nodiscard]] bool is_total_key(std::string_view key);

// Space::wishes: portal, subject.
[[nodiscard]] std::string wish_key(std::string_view portal, std::string_view subject);
struct WishKey {
  std::string portal;
  std::string subject;
};
[[nodiscard]] WishKey parse_wish_key(std::string_view key);

// Space::meta.
inline constexpr std::string_view kPositionKey = "position";          // newest record that is in the state
[[nodiscard]] std::string first_record_key(std::string_view portal);  // arrival of the portal's first record

// The smallest key that is greater than every key with this prefix. Empty: there is none.
[[nodiscard]] std::string after_prefix(std::string prefix);

}  // namespace kpistream
