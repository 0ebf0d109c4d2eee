// A cell: the numbers that facts add up to under one KPI, one bucket and one set of dimensions.
//
// A sparse vector of integers, so that a count, a sum and the buckets of a duration histogram move together and what is
// taken back leaves nothing; sums wrap around at 64 bits. Stored as (varint slot, zigzag varint value) pairs in slot
// order, without zeros; the empty string is the zero cell. A cell that adds up to zero is the same as no cell.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kpistream {

using Slot = std::uint32_t;
inline constexpr Slot kCountSlot = 0;
inline constexpr Slot kSumSlot = 1;          // minor units of money, or seconds
inline constexpr Slot kFirstBucketSlot = 2;  // duration histograms: kFirstBucketSlot + bucket

class Cell {
 public:
  void add(Slot slot, std::int64_t value);
  void add(const Cell& other, int sign = 1);  // sign: 1, or -1 to take back
  [[nodiscard]] std::int64_t at(Slot slot) const;
  [[nodiscard]] bool zero() const { return slots_.empty(); }
  [[nodiscard]] const std::vector<std::pair<Slot, std::int64_t>>& slots() const { return slots_; }

  [[nodiscard]] std::string encode() const;
  // Throws CodecError when `bytes` is not a cell.
  static Cell decode(std::string_view bytes);

  friend bool operator==(const Cell&, const Cell&) = default;

 private:
  std::vector<std::pair<Slot, std::int64_t>> slots_;  // sorted, no zeros
};

// For the store's merge operator. Neither throws; add_cells of something that is not a cell gives the other argument.
[[nodiscard]] bool valid_cell(std::string_view bytes) noexcept;
[[nodiscard]] std::string add_cells(std::string_view a, std::string_view b) noexcept;

}  // namespace kpistream
