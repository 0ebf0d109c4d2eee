// How RocksDB adds up what we merge. Nothing throws out of these.
#pragma once

#include <rocksdb/compaction_filter.h>
#include <rocksdb/merge_operator.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kpistream::store {

// Column family cells: sums of cells (stream/kpi/cell.hpp).
[[nodiscard]] std::shared_ptr<rocksdb::MergeOperator> cells_merge();

// What has added up to zero is the same as nothing, and is dropped when tables are merged. The same object for ever.
[[nodiscard]] const rocksdb::CompactionFilter& drop_zero_cells();

// The chain of state batches, under kChainKey of the store's own column family.
//
// Each batch adds one link (n, n + 1). Links that follow each other join to one; links that do not leave a broken chain
// for ever. So a batch that is missing in the middle is noticed, however it was lost: after a power cut an older log
// file can lack its unsynced end while a newer one has kept its beginning.
struct Chain {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  [[nodiscard]] std::string encode() const;
  // Nothing: a broken chain, or damage.
  [[nodiscard]] static std::optional<Chain> decode(std::string_view bytes) noexcept;
};
inline constexpr std::string_view kChainKey = "state.chain";
[[nodiscard]] std::shared_ptr<rocksdb::MergeOperator> chain_merge();

}  // namespace kpistream::store
