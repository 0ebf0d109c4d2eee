// SHA-256, for what must be shown to be unchanged.
#pragma once

#include <string>
#include <string_view>

namespace kpistream::ingest {

// 32 bytes. Pure and thread-safe. Throws std::runtime_error when the library refuses, which it does not.
[[nodiscard]] std::string sha256(std::string_view bytes);

}  // namespace kpistream::ingest
