// RFC 4648: bytes as letters, for mail.
#pragma once

#include <string>
#include <string_view>

namespace kpistream::ingest {

[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace kpistream::ingest
