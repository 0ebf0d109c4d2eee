// The layout of a journal record. See docs/formats/store.md.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "stream/ports/journal.hpp"

namespace kpistream::store {

// Byte order is position order.
class RecordKey {
 public:
  explicit RecordKey(Position position) noexcept {
    for (auto& byte : bytes_) {
      byte = static_cast<char>(position >> 56);
      position <<= 8;
    }
  }
  [[nodiscard]] std::string_view view() const noexcept { return {bytes_.data(), bytes_.size()}; }

  // Throws StoreError when `key` is not the key of a record.
  static Position position(std::string_view key);

 private:
  std::array<char, 8> bytes_{};
};

// A record is stored as head, body, checksum. All but the checksum can be made before its position is known.
void encode_head(const NewRecord& record, std::string& head);
class RecordChecksum {
 public:
  RecordChecksum(std::string_view head, std::string_view body) noexcept;
  // The stored form, once the position is known: it belongs to the checksum, so that no record passes for another.
  [[nodiscard]] std::array<char, 4> at(const RecordKey& key) const noexcept;

 private:
  std::uint32_t crc_;
};

// Throws StoreError when the stored bytes are not those written under this position.
[[nodiscard]] Record decode_record(Position position, std::string_view value);

}  // namespace kpistream::store
