// CRC-32C (Castagnoli), the checksum of journal records and of the seal.
#pragma once

#include <cstdint>
#include <string_view>

namespace kpistream::store {

// Of `bytes`, or of the bytes before followed by `bytes` when `before` is their checksum.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0) noexcept;

}  // namespace kpistream::store
