// The proof that a webhook comes from a configured portal, and what of it may be kept. One implementation per CRM.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "stream/crm/vocabulary.hpp"

namespace kpistream::ingest {

enum class HookVerdict : std::uint8_t {
  accepted,
  stranger,    // unknown portal, wrong, missing, doubled or misplaced secret: one and the same answer to all
  unreadable,  // not a form body within limits: 400
  too_large,   // more keys, deeper brackets or longer keys than the limits: 413
};

struct HookResult {
  HookVerdict verdict = HookVerdict::stranger;
  Crm crm{};
  std::string portal;  // alias
  std::string body;    // what may be stored: the form body without its authentication part, secrets nowhere in it
};

// Thread-safe and immutable: a reload makes a new one. Compares secrets in constant time, after hashing both sides.
class HookGuard {
 public:
  virtual ~HookGuard() = default;
  // `path` is the percent-decoded path of the request target without the query, e.g. "/hook/bitrix24/acme".
  // Returns true when this guard owns such a path at all (whatever the portal in it).
  [[nodiscard]] virtual bool owns(std::string_view path) const = 0;
  // REQUIRES: owns(path). Decodes no more of the body than the proof needs and the limits allow.
  [[nodiscard]] virtual HookResult admit(std::string_view path, std::string_view body) const = 0;

  // What the CRM sends besides forms in a POST: bodies in JSON to such a path; and words that come as a GET, signed,
  // with the query of the target in the place of a body. admit_query() REQUIRES takes_query(query).
  [[nodiscard]] virtual bool takes_json(std::string_view /*path*/) const { return false; }
  [[nodiscard]] virtual bool takes_query(std::string_view /*query*/) const { return false; }
  [[nodiscard]] virtual HookResult admit_query(std::string_view /*path*/, std::string_view /*query*/) const {
    return {};
  }
};

}  // namespace kpistream::ingest
