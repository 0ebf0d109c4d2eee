// The few byte forms that keys and values are made of. See docs/formats/store.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kpistream {

// A stored value that is not what was written. Reaching this means damage, or a store of another format.
class CodecError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

inline std::uint64_t zigzag(std::int64_t v) {
  return (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63);
}
inline std::int64_t unzigzag(std::uint64_t v) {
  return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1);
}

// Fixed width, most significant byte first, so that byte order is number order; negatives before positives.
inline std::array<char, 8> ordered_bytes(std::int64_t v) {
  const auto biased = static_cast<std::uint64_t>(v) ^ (std::uint64_t{1} << 63);
  std::array<char, 8> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(biased >> (56 - 8 * i));
  return bytes;
}

// Appends to a string it does not own.
class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  void byte(std::uint8_t v) { out_.push_back(static_cast<char>(v)); }
  void varint(std::uint64_t v) {
    while (v >= 0x80) {
      byte(static_cast<std::uint8_t>(v | 0x80));
      v >>= 7;
    }
    byte(static_cast<std::uint8_t>(v));
  }
  void integer(std::int64_t v) { varint(zigzag(v)); }
  void text(std::string_view v) {
    varint(v.size());
    out_.append(v);
  }
  void ordered(std::int64_t v) {
    const auto bytes = ordered_bytes(v);
    out_.append(bytes.data(), bytes.size());
  }
  // For keys: terminated by NUL. A NUL inside is dropped, so that a key part never runs into the next one.
  void part(std::string_view v) {
    for (auto nul = v.find('\0'); nul != std::string_view::npos; nul = v.find('\0')) {
      out_.append(v.substr(0, nul));
      v.remove_prefix(nul + 1);
    }
    out_.append(v);
    out_.push_back('\0');
  }

 private:
  std::string& out_;
};

// Reads what ByteWriter wrote; throws CodecError at the first thing that is not so.
class ByteReader {
 public:
  explicit ByteReader(std::string_view in) : in_(in) {}

  [[nodiscard]] bool empty() const { return in_.empty(); }
  std::uint8_t byte() {
    if (in_.empty()) throw CodecError("stored value ends too early");
    const auto v = static_cast<std::uint8_t>(in_.front());
    in_.remove_prefix(1);
    return v;
  }
  std::uint64_t varint() {
    std::uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t b = byte();
      v |= static_cast<std::uint64_t>(b & 0x7f) << shift;
      if ((b & 0x80) == 0) return v;
    }
    throw CodecError("stored number is too long");
  }
  std::int64_t integer() { return unzigzag(varint()); }
  std::string text() {
    const std::uint64_t size = varint();
    if (size > in_.size()) throw CodecError("stored text ends too early");
    std::string v(in_.substr(0, size));
    in_.remove_prefix(size);
    return v;
  }
  std::int64_t ordered() {
    std::uint64_t v = 0;
    for (int i = 0; i < 8; ++i) v = (v << 8) | byte();
    return static_cast<std::int64_t>(v ^ (std::uint64_t{1} << 63));
  }
  std::string_view part() {
    const auto end = in_.find('\0');
    if (end == std::string_view::npos) throw CodecError("stored key ends too early");
    const auto v = in_.substr(0, end);
    in_.remove_prefix(end + 1);
    return v;
  }

 private:
  std::string_view in_;
};

}  // namespace kpistream
