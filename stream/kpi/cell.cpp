#include "stream/kpi/cell.hpp"

#include <algorithm>

#include "stream/codec/bytes.hpp"

namespace kpistream {
namespace {

constexpr std::size_t kUsualSlots = 3;  // count, sum, one duration

// Sums wrap around: defined for whatever a CRM tells, and still such that taking back leaves nothing.
std::int64_t wrapping(std::uint64_t value) { return static_cast<std::int64_t>(value); }

}  // namespace

void Cell::add(Slot slot, std::int64_t value) {
  if (value == 0) return;
  const auto it = std::lower_bound(slots_.begin(), slots_.end(), slot,
                                   [](const auto& have, Slot want) { return have.first < want; });
  if (it == slots_.end() || it->first != slot) {
    if (slots_.empty()) {
      slots_.reserve(kUsualSlots);
      slots_.emplace_back(slot, value);
      return;
    }
    slots_.insert(it, {slot, value});
  } else {
    it->second = wrapping(static_cast<std::uint64_t>(it->second) + static_cast<std::uint64_t>(value));
    if (it->second == 0) slots_.erase(it);
  }
}

void Cell::add(const Cell& other, int sign) {
  if (slots_.empty() && sign > 0) {
    slots_ = other.slots_;
    return;
  }
  for (const auto& [slot, value] : other.slots_) {
    add(slot, sign < 0 ? wrapping(0 - static_cast<std::uint64_t>(value)) : value);
  }
}

std::int64_t Cell::at(Slot slot) const {
  for (const auto& [have, value] : slots_) {
    if (have == slot) return value;
  }
  return 0;
}

std::string Cell::encode() const {
  std::string out;
  ByteWriter writer(out);
  for (const auto& [slot, value] : slots_) {
    writer.varint(slot);
    writer.integer(value);
  }
  return out;
}

Cell Cell::decode(std::string_view bytes) {
  Cell cell;
  ByteReader reader(bytes);
  while (!reader.empty()) {
    const auto slot = reader.varint();
    if (slot > 0xffff) throw CodecError("stored cell has a slot out of range");
    cell.add(static_cast<Slot>(slot), reader.integer());
  }
  return cell;
}

bool valid_cell(std::string_view bytes) noexcept {
  try {
    (void)Cell::decode(bytes);
    return true;
  } catch (...) {
    return false;
  }
}

std::string add_cells(std::string_view a, std::string_view b) noexcept {
  if (!valid_cell(b)) return std::string(a);
  if (!valid_cell(a)) return std::string(b);
  Cell sum = Cell::decode(a);
  sum.add(Cell::decode(b));
  return sum.encode();
}

}  // namespace kpistream
