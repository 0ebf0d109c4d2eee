#include "store/merge.hpp"

#include "stream/codec/bytes.hpp"
#include "stream/kpi/cell.hpp"

namespace kpistream::store {
namespace {

constexpr std::string_view kBroken = "broken";

class CellsMerge final : public rocksdb::AssociativeMergeOperator {
 public:
  bool Merge(const rocksdb::Slice& /*key*/, const rocksdb::Slice* existing, const rocksdb::Slice& value,
             std::string* sum, rocksdb::Logger* /*logger*/) const override {
    const std::string_view have = existing != nullptr ? existing->ToStringView() : std::string_view{};
    // False makes the reader see damage instead of a wrong sum.
    if (!valid_cell(have) || !valid_cell(value.ToStringView())) return false;
    *sum = add_cells(have, value.ToStringView());
    return true;
  }
  const char* Name() const override { return "kpistream.cells"; }
};

class ZeroCells final : public rocksdb::CompactionFilter {
 public:
  // Whole cells only; RocksDB adds up what is still in parts first.
  bool Filter(int /*level*/, const rocksdb::Slice& /*key*/, const rocksdb::Slice& cell, std::string* /*changed*/,
              bool* /*is_changed*/) const override {
    return cell.empty();
  }
  const char* Name() const override { return "kpistream.zero_cells"; }
};

class ChainMerge final : public rocksdb::AssociativeMergeOperator {
 public:
  bool Merge(const rocksdb::Slice& /*key*/, const rocksdb::Slice* existing, const rocksdb::Slice& value,
             std::string* joined, rocksdb::Logger* /*logger*/) const override {
    if (existing == nullptr) {
      *joined = value.ToString();
      return true;
    }
    const auto before = Chain::decode(existing->ToStringView());
    const auto after = Chain::decode(value.ToStringView());
    const bool whole = before && after && before->last == after->first;
    *joined = whole ? Chain{before->first, after->last}.encode() : std::string(kBroken);
    return true;
  }
  const char* Name() const override { return "kpistream.chain"; }
};

}  // namespace

std::string Chain::encode() const {
  std::string bytes;
  ByteWriter writer(bytes);
  writer.varint(first);
  writer.varint(last);
  return bytes;
}

std::optional<Chain> Chain::decode(std::string_view bytes) noexcept {
  if (bytes == kBroken) return std::nullopt;
  try {
    ByteReader reader(bytes);
    Chain chain;
    chain.first = reader.varint();
    chain.last = reader.varint();
    if (reader.empty()) return chain;
  } catch (const CodecError&) {
    // Not a chain: told by the empty result.
  }
  return std::nullopt;
}

std::shared_ptr<rocksdb::MergeOperator> cells_merge() { return std::make_shared<CellsMerge>(); }
const rocksdb::CompactionFilter& drop_zero_cells() {
  static const ZeroCells filter;
  return filter;
}
std::shared_ptr<rocksdb::MergeOperator> chain_merge() { return std::make_shared<ChainMerge>(); }

}  // namespace kpistream::store
