#include "ingest/proof/secret.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace kpistream::ingest {

std::string random_token() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("the system has no random numbers");
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string digits;
  for (const unsigned char byte : bytes) {
    digits += kDigits[byte >> 4U];
    digits += kDigits[byte & 15U];
  }
  return digits;
}

SecretSet::SecretSet(const std::vector<std::string>& secrets) : empty_(secrets.empty()) {
  for (const auto& secret : secrets) digests_.push_back(digest(secret));
  if (empty_) digests_.emplace_back();  // something to compare with; never a match
}

SecretSet::Digest SecretSet::digest(std::string_view text) {
  Digest out{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), out.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not available");
  }
  return out;
}

std::optional<std::size_t> SecretSet::find(std::string_view candidate) const {
  const Digest given = digest(candidate);
  std::size_t found = digests_.size();
  for (std::size_t i = 0; i < digests_.size(); ++i) {
    const bool same = CRYPTO_memcmp(given.data(), digests_[i].data(), given.size()) == 0;
    found = same ? i : found;
  }
  if (empty_ || found == digests_.size()) return std::nullopt;
  return found;
}

}  // namespace kpistream::ingest
