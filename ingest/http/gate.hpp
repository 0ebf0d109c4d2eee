// The strict gate in front of everything: one reading of the header block of an HTTP/1 request.
//
// Pure functions over bytes, no library beneath. What the gate lets through has one meaning only, and the gate tells
// it: who reads on (the body, the next request) takes framing from here and from nowhere else. Stricter than the RFCs
// where leniency has been used for smuggling: CRLF only, no folds, no control characters, names are tokens, one valid
// Host in 1.1, either one Content-Length of digits or one `Transfer-Encoding: chunked` (1.1 only), never both; origin
// form only ("/path?query"); fields with one meaning (Host, Content-Length, Authorization, ...) stand once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kpistream::ingest {

struct GateLimits {
  std::size_t header_bytes_max = 16u << 10;  // request line, fields and the empty line
  std::size_t fields_max = 100;
  std::size_t target_bytes_max = 2u << 10;
};

enum class Framing : std::uint8_t {
  none,     // no body
  length,   // Head::length bytes, maybe 0
  chunked,  // see chunks.hpp
};

// The views point into the bytes given to gate().
struct Head {
  std::string_view method;
  std::string_view target;  // starts with '/'; printable ASCII
  std::uint8_t minor = 1;   // HTTP/1.minor
  bool keep_alive = true;
  bool expect_continue = false;
  Framing framing = Framing::none;
  std::uint64_t length = 0;  // Framing::length only; at most 63 bits
  std::string_view content_type;
  std::string_view content_encoding;
  std::string_view accept;  // of several, the last
  std::string_view accept_encoding;
  std::string_view accept_language;
  std::string_view if_none_match;
  std::string_view authorization;
  std::string_view cookie;  // of several, the last
  bool from_a_page =
      false;  // a browser says that a page has sent it, whichever: Origin, or Sec-Fetch-Site but for "none"
};

enum class GateVerdict : std::uint8_t { ok, need_more, bad };

struct GateResult {
  GateVerdict verdict = GateVerdict::need_more;
  std::uint16_t status = 0;  // bad: 400, 414, 417, 431, 501 or 505. The connection cannot go on
  std::size_t bytes = 0;     // ok: size of the header block; the body starts there
  Head head;                 // ok only
};

// Reads the header block at the start of `bytes`, which may hold only a part of it or more. Never reads past the block.
// A block that can no longer become good is bad at once, as soon as a whole line or a limit shows it.
[[nodiscard]] GateResult gate(std::string_view bytes, const GateLimits& limits);

// Percent-decodes the path of a target (all before '?') into `path`. False: a bad escape or a control character.
[[nodiscard]] bool decode_path(std::string_view target, std::string& path);

// What follows the '?' of a target, as it came.
[[nodiscard]] std::string_view query_of(std::string_view target);

}  // namespace kpistream::ingest
