#include "ingest/rest/oauth.hpp"

#include <algorithm>
#include <stdexcept>

#include "ingest/json/json.hpp"
#include "ingest/rest/http_client.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::size_t kTokenMax = 8'192;  // amoCRM's are about a thousand
constexpr std::size_t kWordMax = 256;
constexpr UnixSeconds kLifeMost = 7'776'000;  // 90 days

// A place to compare or an id to keep: short and harmless, else nothing.
std::string word_of(const JsonValue& value) {
  std::string text = value.text();
  const bool good = text.size() <= kWordMax && (text.empty() || is_token(text));
  return good ? text : std::string();
}

ExchangeAnswer refusal(const JsonValue& root, unsigned status) {
  const std::string code = root["error"].text();
  if (code == "invalid_grant" || code == "expired_token") return {Exchange::used_up, {}};
  if (code == "invalid_client" || code == "wrong_client") return {Exchange::wrong_client, {}};
  // amoCRM answers without a code: with a hint that a parameter is wrong ("Check the `client_id` parameter"), or that
  // the token or code is revoked, was used or has ended.
  const std::string hint = root["hint"].text();
  for (const std::string_view parameter : {"client_id", "client_secret", "redirect_uri", "grant_type"}) {
    if (code.empty() && hint.find(parameter) != std::string::npos) return {Exchange::wrong_client, {}};
  }
  if (code.empty() && root["hint"].exists() && (status == 400 || status == 401)) return {Exchange::used_up, {}};
  return {Exchange::denied, {}};
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4U];
    out += kHex[byte & 15U];
  }
  return out;
}

ExchangeRequest exchange_request(const OAuthClient& client, const std::string& token, Grant grant) {
  if (client.dialect == OAuthClient::Dialect::amocrm) {
    const std::string_view what = grant == Grant::code ? R"(","grant_type":"authorization_code","code":")"
                                                       : R"(","grant_type":"refresh_token","refresh_token":")";
    return {"oauth2/access_token", "application/json",
            R"({"client_id":")" + client.id + R"(","client_secret":")" + client.secret + std::string(what) + token +
                R"(","redirect_uri":")" + client.redirect_url + R"("})"};
  }
  return {"oauth/token/", "application/x-www-form-urlencoded",
          "grant_type=refresh_token&client_id=" + percent_encoded(client.id) +
              "&client_secret=" + percent_encoded(client.secret) + "&refresh_token=" + percent_encoded(token)};
}

ExchangeAnswer exchange_answer(unsigned status, const std::string& body, UnixSeconds now) {
  JsonDocument document;
  const bool speaks = status == 200 || (status >= 400 && status < 500 && status != 429);
  if (!speaks || !document.parse(body)) return {};
  const JsonValue root = document.root();
  if (status != 200 || root["error"].exists()) return refusal(root, status);
  TokenPair pair;
  pair.access = root["access_token"].text();
  pair.refresh = root["refresh_token"].text();
  if (!is_token(pair.access) || !is_token(pair.refresh)) return {};
  pair.expires = now + std::clamp<UnixSeconds>(root["expires_in"].integer(), 0, kLifeMost);
  pair.member_id = word_of(root["member_id"]);
  pair.endpoint = word_of(root["client_endpoint"]);
  return {Exchange::given, std::move(pair)};
}

AccessVerdict access_verdict(unsigned status, const std::string& body) {
  JsonDocument document;
  if (status != 401 || !document.parse(body)) return AccessVerdict::fine;
  const std::string code = document.root()["error"].text();
  if (code == "expired_token") return AccessVerdict::expired;
  return code == "invalid_token" ? AccessVerdict::dead : AccessVerdict::fine;
}

Rank profile_rank(unsigned status, const std::string& body) {
  JsonDocument document;
  switch (access_verdict(status, body)) {
    case AccessVerdict::expired:
      return Rank::expired;
    case AccessVerdict::dead:
      return Rank::dead;
    case AccessVerdict::fine:
      break;
  }
  if (status != 200 || !document.parse(body)) return Rank::unknown;
  const JsonValue result = document.root()["result"];
  if (!result["ID"].exists()) return Rank::unknown;
  return result["ADMIN"].truth() ? Rank::administrator : Rank::other;
}

bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= kTokenMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

std::string with_access(const std::string& body, const std::string& access) {
  const bool empty = body.find_first_not_of(" {") == body.find('}');
  return R"({"auth":")" + access + (empty ? "\"" : "\",") + body.substr(body.find('{') + 1);
}

bool same_place(const std::string& a, const std::string& b) {
  try {
    const BaseUrl one = BaseUrl::parse(a);
    const BaseUrl other = BaseUrl::parse(b);
    return one.tls == other.tls && one.host == other.host && one.port == other.port;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace kpistream::ingest
