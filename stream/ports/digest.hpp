// A hash that nobody can find a second text for. The computation has no cryptography of its own.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace kpistream {

// SHA-256: 32 bytes. Pure and thread-safe.
using Digest = std::function<std::string(std::string_view bytes)>;

}  // namespace kpistream
