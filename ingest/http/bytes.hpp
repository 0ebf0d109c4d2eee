// Classes of bytes and comparison without case, for the readers of this room. Independent of any locale.
#pragma once

#include <array>
#include <string_view>

namespace kpistream::ingest {

namespace detail {

constexpr std::array<bool, 256> token_bytes() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<unsigned>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned>(c)] = table[static_cast<unsigned>(c - 32)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}

constexpr std::array<bool, 256> field_bytes() {
  std::array<bool, 256> table{};
  for (unsigned c = 0x20; c < 256; ++c) table[c] = c != 0x7f;
  table['\t'] = true;
  return table;
}

inline constexpr auto kTokenBytes = token_bytes();
inline constexpr auto kFieldBytes = field_bytes();

}  // namespace detail

// RFC 9110 tchar.
inline bool is_token_byte(char c) { return detail::kTokenBytes[static_cast<unsigned char>(c)]; }

// What may stand in a field value: no control character but the tab.
inline bool is_field_byte(char c) { return detail::kFieldBytes[static_cast<unsigned char>(c)]; }

inline char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// `wanted` is in lower case.
inline bool equals_lower(std::string_view text, std::string_view wanted) {
  if (text.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (lower(text[i]) != wanted[i]) return false;
  }
  return true;
}

inline std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// 0..15, or -1.
inline int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

}  // namespace kpistream::ingest
