// The outer form of RocksDB's logs: blocks of 32 KiB, records with checksum, length and type.
#pragma once

#include <cstdint>
#include <string_view>

namespace kpistream::store {

// Whether the first `bytes` bytes of a log are there and are whole records with right checksums. RocksDB itself takes a
// record of a recycled type, or one that seems to reach over the end of the file, for the end of the log.
[[nodiscard]] bool log_intact(std::string_view log, std::uint64_t bytes) noexcept;

}  // namespace kpistream::store
