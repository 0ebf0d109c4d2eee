// What a client asks for: RFC 9110, 12.4 (quality values) and 12.5 (Accept, Accept-Encoding). Pure, thread-safe.
// Whatever bytes a header has, there is an answer: a quality that is none counts as 0, an unknown parameter as not
// there.
#pragma once

#include <string_view>

#include "exporters/prometheus/page.hpp"

namespace kpistream::exporters {

// What the client likes best of the two, each by the media range that names it most closely; text where it likes both
// as much, says nothing, or wants neither.
[[nodiscard]] Format format_of(std::string_view accept);
[[nodiscard]] bool takes_gzip(std::string_view accept_encoding);

}  // namespace kpistream::exporters
