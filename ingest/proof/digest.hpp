// SHA-256, for what must be shown to be unchanged, and with a key for what must be shown to come from somebody.
#pragma once

#include <string>
#include <string_view>

namespace kpistream::ingest {

// 32 bytes. Pure and thread-safe. Throws std::runtime_error when the library refuses, which it does not.
[[nodiscard]] std::string sha256(std::string_view bytes);

// HMAC-SHA-256 in small hexadecimal digits. As above. An empty key gives an empty text, which nothing is equal to.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);

}  // namespace kpistream::ingest
