#include "store/log_check.hpp"

#include "store/crc32c.hpp"

namespace kpistream::store {
namespace {

constexpr std::size_t kBlockBytes = 32u << 10;
constexpr std::size_t kHeaderBytes = 7;  // checksum 4, length 2, type 1
constexpr std::uint8_t kLastType = 4;    // full, first, middle, last; beyond: recycled, which we never use

std::uint8_t byte_at(std::string_view log, std::size_t at) { return static_cast<std::uint8_t>(log[at]); }

// As RocksDB stores it, so that a checksum over bytes that hold checksums says something.
std::uint32_t masked(std::uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; }

}  // namespace

bool log_intact(std::string_view log, std::uint64_t bytes) noexcept {
  if (log.size() < bytes) return false;
  std::size_t at = 0;
  while (at < bytes) {
    const std::size_t block_left = kBlockBytes - at % kBlockBytes;
    if (block_left < kHeaderBytes) {
      at += block_left;  // filled up
      continue;
    }
    if (log.size() - at < kHeaderBytes) return false;
    std::uint32_t checksum = 0;
    for (std::size_t i = 4; i > 0; --i) checksum = (checksum << 8) | byte_at(log, at + i - 1);
    const std::size_t length = byte_at(log, at + 4) + (std::size_t{byte_at(log, at + 5)} << 8);
    const std::uint8_t type = byte_at(log, at + 6);
    if (type == 0 || type > kLastType) return false;
    if (kHeaderBytes + length > block_left || kHeaderBytes + length > log.size() - at) return false;
    if (masked(crc32c(log.substr(at + 6, 1 + length))) != checksum) return false;
    at += kHeaderBytes + length;
  }
  return at == bytes;
}

}  // namespace kpistream::store
