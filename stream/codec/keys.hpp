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

// Space::links: portal, the record it goes to, kind, time, the record it comes from. By time within a kind; touches
// (stream/facts/links.hpp) the newest first.
[[nodiscard]] std::string link_prefix(std::string_view portal, const EntityRef& to);
// How many bytes of a link's key, or of the beginning of one, are its link_prefix(); 0: it is not whole.
[[nodiscard]] std::size_t link_prefix_size(std::string_view key);
[[nodiscard]] std::string link_kind_prefix(std::string_view portal, const EntityRef& to, std::uint8_t kind);
[[nodiscard]] std::string link_from(std::string_view portal, const EntityRef& to, std::uint8_t kind,
                                    std::int64_t order);
[[nodiscard]] std::string link_key(std::string_view portal, const EntityRef& to, std::uint8_t kind, std::int64_t order,
                                   const EntityRef& from);
struct LinkKey {
  std::string portal;
  EntityRef to;
  std::uint8_t kind = 0;
  std::int64_t order = 0;
  EntityRef from;
};
[[nodiscard]] LinkKey parse_link_key(std::string_view key);

// Space::cells. `cells`: the name of a definition's cells (Definition::cells()). KPI and bucket before the dimensions,
// so that a bucket of a portal is one range. A bucket is a minute or, as their sum, a local day.
enum class Grain : char { minute = 'b', day = 'd' };
struct BucketKey {
  Grain grain = Grain::minute;
  std::string cells;
  std::string portal;
  std::int64_t bucket = 0;  // a minute or a day
  std::string pipeline;
  std::string manager;
  std::string source;
  std::vector<std::string> labels;  // values, in the order of the definition
};
[[nodiscard]] std::string bucket_key(const BucketKey& key);
// The same for the inner loop: dimensions are written once, each bucket over the one before.
class BucketKeyWriter {
 public:
  BucketKeyWriter(std::string_view cells, std::string_view portal);
  // Pipeline, manager, source, then labels.
  void dimension(std::string_view value);
  // Valid until the next call.
  [[nodiscard]] const std::string& at(Grain grain, std::int64_t bucket);

 private:
  std::string key_;
  std::size_t bucket_at_ = 0;
};
// First key of that bucket or later.
[[nodiscard]] std::string bucket_from(Grain grain, std::string_view cells, std::string_view portal, std::int64_t first);
// Behind the last key of the portal.
[[nodiscard]] std::string bucket_end(Grain grain, std::string_view cells, std::string_view portal);
[[nodiscard]] BucketKey parse_bucket_key(std::string_view key);

// Space::cells, a total since the beginning: what was ever added, and what was ever taken back. Both only grow.
struct TotalKey {
  std::string cells;
  std::string portal;
  bool retracted = false;
  std::string pipeline;
  std::vector<std::string> labels;
};
[[nodiscard]] std::string total_key(const TotalKey& key);
[[nodiscard]] std::string total_prefix(std::string_view cells, std::string_view portal);
[[nodiscard]] TotalKey parse_total_key(std::string_view key);
[[nodiscard]] bool is_total_key(std::string_view key);

// The three ranges in which all cells of a name are.
[[nodiscard]] std::vector<std::string> cells_prefixes(std::string_view cells);

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
