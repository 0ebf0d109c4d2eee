// What an event of a CRM's application tells of its authorisation: from the door, where events are proved, to the store
// of tokens. Nothing of it goes into the journal.
#pragma once

#include <cstdint>
#include <string>

#include "stream/crm/vocabulary.hpp"

namespace kpistream::ingest {

// A refresh token that an event has brought, and what came with it. Believed only once the server that gives tokens has
// exchanged it.
struct TokenOffer {
  std::string refresh;
  std::string application_token;
  std::string member_id;
  UnixSeconds at = 0;   // when the portal queued the event
  bool proved = false;  // the event's application token was known
  [[nodiscard]] bool operator==(const TokenOffer&) const = default;
};

struct ApplicationEvent {
  enum class Kind : std::uint8_t { installed, uninstalled, other };
  Kind kind = Kind::other;
  TokenOffer offer;  // of `uninstalled` only `at` and `proved`
};

}  // namespace kpistream::ingest
