// What is kept of a portal's authorisation, and its form on the disk: docs/formats/tokens.md. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ingest/application_event.hpp"
#include "ingest/rest/oauth.hpp"

namespace kpistream::ingest {

struct TokenFile {
  std::optional<TokenPair> current;
  // Given by the server for an offer, not yet known to be an administrator's.
  std::optional<TokenPair> candidate;
  TokenOffer candidate_of;
  std::vector<std::string> application_tokens;  // of its events; the newest first
  std::vector<TokenOffer> offers;               // the oldest first
  std::string tried;            // digest of the first refresh token that was exchanged last, hexadecimal
  std::string asked;            // digest of the refresh token that is being exchanged; empty: none
  UnixSeconds installed = 0;    // when the portal queued the event of the installation; 0: not told
  UnixSeconds uninstalled = 0;  // 0: it is installed
  [[nodiscard]] bool operator==(const TokenFile&) const = default;
};

[[nodiscard]] std::string encode(const TokenFile& file);
// Nothing: damaged, or of another version.
[[nodiscard]] std::optional<TokenFile> decode_token_file(const std::string& text);

}  // namespace kpistream::ingest
