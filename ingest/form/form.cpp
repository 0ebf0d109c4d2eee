#include "ingest/form/form.hpp"

#include <algorithm>
#include <array>

namespace kpistream::ingest {
namespace {

constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 256> hex_digits() {
  std::array<std::uint8_t, 256> table{};
  table.fill(kNoDigit);
  for (std::uint8_t i = 0; i < 10; ++i) table['0' + i] = i;
  for (std::uint8_t i = 0; i < 6; ++i) table['a' + i] = table['A' + i] = static_cast<std::uint8_t>(10 + i);
  return table;
}
constexpr auto kHex = hex_digits();

// Bytes that are not copied as they are.
constexpr std::array<bool, 256> special_bytes() {
  std::array<bool, 256> table{};
  for (const char c : {'%', '+', '&', '='}) table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto kSpecial = special_bytes();

std::uint8_t digit(char c) { return kHex[static_cast<unsigned char>(c)]; }

// Where reading and writing stand. Decoding never lengthens, so `out` cannot overtake a buffer of the body's size.
struct Cursor {
  const char* in;
  const char* end;
  char* out;

  void skip_separator() {
    if (in != end) ++in;
  }

  // Decodes up to '&', `stop` or the end.
  std::string_view decode_until(char stop) {
    const char* from = in;
    char* to = out;
    for (; from != end; ++from) {
      char c = *from;
      if (kSpecial[static_cast<unsigned char>(c)]) {
        if (c == '&' || c == stop) break;
        if (c == '+') {
          c = ' ';
        } else if (c == '%' && end - from > 2) {
          const std::uint8_t high = digit(from[1]);
          const std::uint8_t low = digit(from[2]);
          if ((high | low) < 16) {
            c = static_cast<char>(high << 4 | low);
            from += 2;
          }
        }
      }
      *to++ = c;
    }
    const char* const begin = out;
    in = from;
    out = to;
    return {begin, static_cast<std::size_t>(to - begin)};
  }
};

std::size_t find_bracket(std::string_view key, std::size_t from) {
  while (from != key.size() && key[from] != '[' && key[from] != ']') ++from;
  return from;
}

enum class Split : std::uint8_t { brackets, literal, too_deep };

// Appends the segments of "a[b][]" (a, b and ""), or nothing at all.
Split split_brackets(std::string_view key, std::size_t depth_max, std::vector<std::string_view>& segments) {
  const std::size_t name = find_bracket(key, 0);
  if (name == 0 || name == key.size() || key[name] == ']') return Split::literal;
  const std::size_t before = segments.size();
  segments.push_back(key.substr(0, name));
  std::size_t depth = 0;
  Split result = Split::brackets;
  for (std::size_t open = name; open != key.size() && result != Split::literal;) {
    const std::size_t close = key[open] == '[' ? find_bracket(key, open + 1) : key.size();
    if (close == key.size() || key[close] == '[') {
      result = Split::literal;
    } else if (++depth > depth_max) {
      result = Split::too_deep;  // unless a later bracket makes it a literal
    } else {
      segments.push_back(key.substr(open + 1, close - open - 1));
    }
    open = close + 1;
  }
  if (result != Split::brackets) segments.resize(before);
  return result;
}

// No more segments than this stand in `segments_` at once: each takes at least one byte of the body, its separator.
std::size_t segments_bound(std::size_t body_bytes, const FormLimits& limits) {
  const std::size_t most = body_bytes + 1;
  if (limits.keys_max > most || limits.depth_max > most) return most;
  return std::min(most, limits.keys_max * (limits.depth_max + 1));
}

}  // namespace

Form::Form() = default;
Form::~Form() = default;
Form::Form(Form&&) noexcept = default;
Form& Form::operator=(Form&&) noexcept = default;

FormStatus Form::parse(std::string_view body, const FormLimits& limits) {
  const FormStatus status = decode(body, limits);
  if (status != FormStatus::ok) pairs_.clear();
  return status;
}

FormStatus Form::decode(std::string_view body, const FormLimits& limits) {
  pairs_.clear();
  segments_.clear();
  if (body.size() > limits.body_bytes_max) return FormStatus::body_too_large;
  if (bytes_.size() < body.size()) bytes_.resize(body.size());
  segments_.reserve(segments_bound(body.size(), limits));  // the paths point into it

  Cursor cursor{body.data(), body.data() + body.size(), bytes_.data()};
  for (; cursor.in != cursor.end; cursor.skip_separator()) {
    if (*cursor.in == '&') continue;
    if (pairs_.size() == limits.keys_max) return FormStatus::too_many_keys;
    const char* const begin = cursor.in;
    const std::string_view key = cursor.decode_until('=');
    if (key.size() > limits.key_bytes_max) return FormStatus::key_too_long;
    const std::size_t first = segments_.size();
    const Split split = split_brackets(key, limits.depth_max, segments_);
    if (split == Split::too_deep) return FormStatus::too_deep;
    if (split == Split::literal) segments_.push_back(key);
    if (cursor.in != cursor.end && *cursor.in == '=') ++cursor.in;
    const std::string_view value = cursor.decode_until('&');
    pairs_.push_back({.path = {segments_.data() + first, segments_.size() - first},
                      .value = value,
                      .raw_begin = static_cast<std::size_t>(begin - body.data()),
                      .raw_end = static_cast<std::size_t>(cursor.in - body.data())});
  }
  return FormStatus::ok;
}

std::span<const FormPair> Form::pairs() const { return pairs_; }

const FormPair* Form::find(std::initializer_list<std::string_view> path) const {
  for (const FormPair& pair : pairs_) {
    if (std::equal(pair.path.begin(), pair.path.end(), path.begin(), path.end())) return &pair;
  }
  return nullptr;
}

}  // namespace kpistream::ingest
