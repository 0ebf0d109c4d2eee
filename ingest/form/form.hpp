// Decoder for application/x-www-form-urlencoded bodies with PHP-style bracket keys, as both CRMs send them:
// `leads%5Badd%5D%5B0%5D%5Bid%5D=1&...`.
//
// One pass over the raw bytes into buffers that are kept between bodies: no recursion, no hash table, no allocation per
// key once the buffers have grown. Keys stay flat paths and are never built into a tree, so a scalar and a subtree
// under one key (seen from amoCRM) are just two pairs.
//
// Decoding rules: split at '&', then at the first '='; '+' is a blank; %XX is decoded once, in keys and values; a bad
// escape is kept as it is; a pair without '=' has an empty value; an empty pair is skipped; brackets may come raw or
// escaped. A key whose brackets do not parse ("a[b", "a]b[c]", "[a]") is one segment, taken literally. "a[]" has an
// empty second segment. Invalid UTF-8 and NUL are bytes like others.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace kpistream::ingest {

struct FormLimits {
  std::size_t body_bytes_max = 1u << 20;
  std::size_t keys_max = 1'000;     // pairs; amoCRM batches need more
  std::size_t depth_max = 16;       // bracket levels
  std::size_t key_bytes_max = 256;  // decoded
};

enum class FormStatus : std::uint8_t { ok, body_too_large, too_many_keys, too_deep, key_too_long };

// One key-value pair. The views point into the Form that produced it and live until its next parse().
struct FormPair {
  std::span<const std::string_view> path;  // at least one segment
  std::string_view value;
  std::size_t raw_begin = 0;  // where the pair stands in the body, without the '&': [raw_begin, raw_end)
  std::size_t raw_end = 0;
};

// Not thread-safe; keep one per thread. Movable, not copyable.
class Form {
 public:
  Form();
  ~Form();
  Form(Form&&) noexcept;
  Form& operator=(Form&&) noexcept;

  // Decodes `body`. On any status but ok there are no pairs. Linear in body.size().
  [[nodiscard]] FormStatus parse(std::string_view body, const FormLimits& limits);

  // In the order of the body. Valid until the next parse().
  [[nodiscard]] std::span<const FormPair> pairs() const;

  // The value of the first pair with exactly this path, or null. Linear; for a handful of lookups.
  [[nodiscard]] const FormPair* find(std::initializer_list<std::string_view> path) const;

 private:
  FormStatus decode(std::string_view body, const FormLimits& limits);

  std::vector<char> bytes_;  // decoded keys and values; a vector, so that moving keeps the views valid
  std::vector<std::string_view> segments_;
  std::vector<FormPair> pairs_;
};

}  // namespace kpistream::ingest
