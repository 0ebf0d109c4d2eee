// Comparing secrets: both sides are hashed, and every known secret is compared in full, so that the time taken tells
// nothing about how much of a guess was right, or which of several secrets it was.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpistream::ingest {

// 32 random bytes in hexadecimal. Thread-safe. Throws std::runtime_error when the system has none.
[[nodiscard]] std::string random_token();

// Immutable and thread-safe. Holds digests only.
class SecretSet {
 public:
  explicit SecretSet(const std::vector<std::string>& secrets);

  // An empty set costs as much as a set of one, so that an unknown portal looks like a wrong secret.
  [[nodiscard]] bool contains(std::string_view candidate) const { return find(candidate).has_value(); }
  // Which one it is, in the order they were given.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view candidate) const;

 private:
  using Digest = std::array<std::uint8_t, 32>;
  static Digest digest(std::string_view text);
  std::vector<Digest> digests_;
  bool empty_ = false;
};

// Secrets that are learned while we run. Thread-safe.
class LiveSecrets {
 public:
  void set(const std::vector<std::string>& secrets) {
    auto fresh = std::make_shared<const SecretSet>(secrets);
    const std::lock_guard lock(mutex_);
    set_ = std::move(fresh);
  }
  // Costs as much as that of a SecretSet.
  [[nodiscard]] bool contains(std::string_view candidate) const {
    std::shared_ptr<const SecretSet> set;
    {
      const std::lock_guard lock(mutex_);
      set = set_;
    }
    return set->contains(candidate);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const SecretSet> set_ = std::make_shared<const SecretSet>(std::vector<std::string>{});  // guarded
};

}  // namespace kpistream::ingest
