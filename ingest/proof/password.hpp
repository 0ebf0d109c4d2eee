// Passwords, kept as bcrypt hashes: slow to check on purpose, so not on a thread that others wait for.
#pragma once

#include <deque>
#include <mutex>
#include <string>
#include <string_view>

namespace kpistream::ingest {

inline constexpr int kBcryptCostMax = 14;  // about a second; each more doubles it

// What the hash costs to check, 4 to 31; 0: it is no bcrypt hash ("$2y$10$" and 53 letters).
[[nodiscard]] int bcrypt_cost(std::string_view hash);

// Takes the hash's time whatever the password. Thread-safe. REQUIRES bcrypt_cost(hash) != 0.
[[nodiscard]] bool password_matches(const std::string& password, const std::string& hash);

// Passwords that were right, so that a scrape every 15 seconds costs no bcrypt. Only digests, the newest of them.
// Thread-safe.
class VerifiedPasswords {
 public:
  static constexpr std::size_t kMost = 64;
  [[nodiscard]] bool has(const std::string& digest) const;
  void add(std::string digest);

 private:
  mutable std::mutex mutex_;
  std::deque<std::string> digests_;  // guarded by mutex_
};

}  // namespace kpistream::ingest
