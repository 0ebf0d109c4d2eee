// Text packed in parts. Each part is packed alone and once; parts put together are one gzip member, so that a page of
// which little has changed costs little, packed too.
//
// Sources: RFC 1951 (a block may begin at any byte where the one before ends), RFC 1952; zlib's manual, deflate() with
// Z_SYNC_FLUSH and crc32_combine().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace kpistream::exporters {

class PackedText {
 public:
  PackedText() = default;
  // At level 1: more costs several times the time for a fifth of the bytes. Throws std::runtime_error without memory.
  explicit PackedText(std::string_view text);

  void append(const PackedText& more);

  // The whole as an answer of Content-Encoding gzip.
  [[nodiscard]] std::string gzip() const;

 private:
  std::string blocks_;  // of deflate, none of them the last, ending at a byte
  std::uint32_t crc_ = 0;
  std::uint64_t size_ = 0;  // of the text
};

[[nodiscard]] inline std::string gzip(std::string_view text) { return PackedText(text).gzip(); }

}  // namespace kpistream::exporters
