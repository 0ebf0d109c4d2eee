// OAuth 2.0 with refresh tokens that can be used once, as Bitrix24 and amoCRM have it: what is asked of the server that
// gives tokens, and what its answer means. Pure.
//
// Sources: Bitrix24 REST documentation, "Automatic renewal of OAuth 2.0 tokens" (access 1 h, refresh 180 days; renewed
// when a request answers expired_token, never on a timer), with the parameters in a form body, as the vendor's own
// CRest sends them, because an address gets into logs; amoCRM developers, "OAuth step by step" (access 24 h, refresh 3
// months).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "stream/crm/vocabulary.hpp"

namespace kpistream::ingest {

// Access and refresh token, and whom they belong to.
struct TokenPair {
  std::string access;
  std::string refresh;
  UnixSeconds expires = 0;  // of the access token, by our clock; for people: what counts is the portal's answer
  std::string member_id;    // Bitrix24: the portal's fixed id
  std::string endpoint;     // Bitrix24: the portal's REST address as the server tells it; compared, never called
  [[nodiscard]] bool operator==(const TokenPair&) const = default;
};

struct OAuthClient {
  enum class Dialect : std::uint8_t { bitrix24, amocrm };
  Dialect dialect = Dialect::bitrix24;
  std::string server;  // "https://oauth.bitrix24.tech"; amoCRM: the account's own address
  std::string id;
  std::string secret;
  std::string redirect_url;  // amoCRM: as it is registered
};

// What is asked: `path` comes after the server's address.
struct ExchangeRequest {
  std::string path;
  std::string content_type;
  std::string body;
};
enum class Grant : std::uint8_t {
  refresh,  // a refresh token
  code,     // amoCRM: an authorization code, which an integration shows or brings, good for 20 minutes and once
};
[[nodiscard]] ExchangeRequest exchange_request(const OAuthClient& client, const std::string& token,
                                               Grant grant = Grant::refresh);

enum class Exchange : std::uint8_t {
  given,         // `pair`
  unanswered,    // no answer, or none that says anything: the token may be used up or not
  used_up,       // the token is not valid any more, or never was
  wrong_client,  // the server does not know us: client id or secret
  denied,        // for another reason, which may pass: not paid, for example
};
struct ExchangeAnswer {
  Exchange outcome = Exchange::unanswered;
  TokenPair pair;
};
// `status` 0: there was no answer. `now`: our clock.
[[nodiscard]] ExchangeAnswer exchange_answer(unsigned status, const std::string& body, UnixSeconds now);

// What a request answered with 401 says of its access token.
enum class AccessVerdict : std::uint8_t { fine, expired, dead };
[[nodiscard]] AccessVerdict access_verdict(unsigned status, const std::string& body);
// amoCRM: whatever stands in the body, 401 is about the token.
[[nodiscard]] inline AccessVerdict bearer_verdict(unsigned status) {
  return status == 401 ? AccessVerdict::expired : AccessVerdict::fine;
}

// An answer to Bitrix24's `profile`.
enum class Rank : std::uint8_t { unknown, administrator, other, expired, dead };
[[nodiscard]] Rank profile_rank(unsigned status, const std::string& body);

// As a value of a form or of a query.
[[nodiscard]] std::string percent_encoded(std::string_view text);

// Fit to be stored, and to stand in JSON and in a header: printable ASCII without quotes and backslashes, not too long.
[[nodiscard]] bool is_token(std::string_view text);

// A JSON object with the access token in it, which is where Bitrix24 looks for it besides the address. REQUIRES:
// is_token(access), and `body` is an object.
[[nodiscard]] std::string with_access(const std::string& body, const std::string& access);

// Whether two addresses are one place: scheme, host and port. False as well when one of them is none.
[[nodiscard]] bool same_place(const std::string& a, const std::string& b);

}  // namespace kpistream::ingest
