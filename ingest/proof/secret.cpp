#include "ingest/proof/secret.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <stdexcept>

namespace kpistream::ingest {

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

bool SecretSet::contains(std::string_view candidate) const {
  const Digest given = digest(candidate);
  unsigned matches = 0;
  for (const auto& known : digests_) matches |= CRYPTO_memcmp(given.data(), known.data(), known.size()) == 0 ? 1U : 0U;
  return !empty_ && matches != 0;
}

}  // namespace kpistream::ingest
