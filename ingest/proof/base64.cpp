#include "ingest/proof/base64.hpp"

#include <openssl/evp.h>

namespace kpistream::ingest {

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3), '\0');
  // Writes a zero behind the last letter, which is where the string keeps its own.
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  return text;
}

}  // namespace kpistream::ingest
