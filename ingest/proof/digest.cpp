#include "ingest/proof/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace kpistream::ingest {

std::string sha256(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not available");
  }
  return {out.begin(), out.begin() + size};
}

}  // namespace kpistream::ingest
