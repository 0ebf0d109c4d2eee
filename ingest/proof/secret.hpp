// Comparing secrets: both sides are hashed, and every known secret is compared in full, so that the time taken tells
// nothing about how much of a guess was right, or which of several secrets it was.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kpistream::ingest {

// Immutable and thread-safe. Holds digests only.
class SecretSet {
 public:
  explicit SecretSet(const std::vector<std::string>& secrets);

  // An empty set costs as much as a set of one, so that an unknown portal looks like a wrong secret.
  [[nodiscard]] bool contains(std::string_view candidate) const;

 private:
  using Digest = std::array<std::uint8_t, 32>;
  static Digest digest(std::string_view text);
  std::vector<Digest> digests_;
  bool empty_ = false;
};

}  // namespace kpistream::ingest
