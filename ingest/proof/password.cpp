#include "ingest/proof/password.hpp"

#include <crypt.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace kpistream::ingest {
namespace {

constexpr std::size_t kHashBytes = 60;
constexpr std::string_view kLetters = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

int bcrypt_cost(std::string_view hash) {
  const bool kind = hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$");
  if (!kind || hash.size() != kHashBytes || !is_digit(hash[4]) || !is_digit(hash[5]) || hash[6] != '$') return 0;
  if (hash.find_first_not_of(kLetters, 7) != std::string_view::npos) return 0;
  const int cost = (hash[4] - '0') * 10 + (hash[5] - '0');
  return cost >= 4 && cost <= 31 ? cost : 0;
}

bool password_matches(const std::string& password, const std::string& hash) {
  const auto data = std::make_unique<crypt_data>();
  const char* const made = ::crypt_r(password.c_str(), hash.c_str(), data.get());
  const bool whole = password.find('\0') == std::string::npos;  // what stands behind it was not looked at
  return made != nullptr && std::string_view(made).size() == hash.size() &&
         CRYPTO_memcmp(made, hash.data(), hash.size()) == 0 && whole;
}

bool VerifiedPasswords::has(const std::string& digest) const {
  const std::lock_guard lock(mutex_);
  bool found = false;
  for (const auto& known : digests_) found |= CRYPTO_memcmp(known.data(), digest.data(), digest.size()) == 0;
  return found;
}

void VerifiedPasswords::add(std::string digest) {
  const std::lock_guard lock(mutex_);
  if (std::find(digests_.begin(), digests_.end(), digest) != digests_.end()) return;
  if (digests_.size() == kMost) digests_.pop_front();
  digests_.push_back(std::move(digest));
}

}  // namespace kpistream::ingest
