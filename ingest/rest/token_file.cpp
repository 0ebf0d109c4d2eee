#include "ingest/rest/token_file.hpp"

#include "ingest/json/json.hpp"

namespace kpistream::ingest {
namespace {

constexpr std::int64_t kVersion = 1;

// All texts are tokens or words of the same characters, which JSON takes as they are.
std::string text(std::string_view name, std::string_view value) {
  return "\"" + std::string(name) + "\":\"" + std::string(value) + "\"";
}

std::string number(std::string_view name, std::int64_t value) {
  return "\"" + std::string(name) + "\":" + std::to_string(value);
}

std::string object(const TokenPair& pair) {
  return "{" + text("access", pair.access) + "," + text("refresh", pair.refresh) + "," +
         number("expires", pair.expires) + "," + text("member_id", pair.member_id) + "," +
         text("endpoint", pair.endpoint) + "}";
}

std::string object(const TokenOffer& offer) {
  return "{" + text("refresh", offer.refresh) + "," + text("application_token", offer.application_token) + "," +
         text("member_id", offer.member_id) + "," + number("at", offer.at) + "," +
         number("proved", offer.proved ? 1 : 0) + "}";
}

template <class T, class Show>
std::string array(const std::vector<T>& items, Show show) {
  std::string out = "[";
  for (const auto& item : items) out += (out.size() == 1 ? "" : ",") + show(item);
  return out + "]";
}

std::optional<TokenPair> pair_of(const JsonValue& value) {
  if (!value.exists()) return std::nullopt;
  return TokenPair{value["access"].text(), value["refresh"].text(), value["expires"].integer(),
                   value["member_id"].text(), value["endpoint"].text()};
}

TokenOffer offer_of(const JsonValue& value) {
  return {value["refresh"].text(), value["application_token"].text(), value["member_id"].text(), value["at"].integer(),
          value["proved"].integer() == 1};
}

bool good(const std::optional<TokenPair>& pair) { return !pair || (is_token(pair->access) && is_token(pair->refresh)); }

}  // namespace

std::string encode(const TokenFile& file) {
  std::string out = "{" + number("version", kVersion);
  if (file.current) out += ",\n\"current\":" + object(*file.current);
  if (file.candidate) {
    out += ",\n\"candidate\":" + object(*file.candidate) + ",\n\"candidate_of\":" + object(file.candidate_of);
  }
  out += ",\n\"application_tokens\":" +
         array(file.application_tokens, [](const std::string& one) { return "\"" + one + "\""; });
  out += ",\n\"offers\":" + array(file.offers, [](const TokenOffer& one) { return object(one); });
  out += ",\n" + text("tried", file.tried) + ",\n" + text("asked", file.asked);
  return out + ",\n" + number("installed", file.installed) + ",\n" + number("uninstalled", file.uninstalled) + "}\n";
}

std::optional<TokenFile> decode_token_file(const std::string& bytes) {
  JsonDocument document;
  if (!document.parse(bytes)) return std::nullopt;
  const JsonValue root = document.root();
  if (root["version"].integer() != kVersion || !root["uninstalled"].exists()) return std::nullopt;
  TokenFile file;
  file.current = pair_of(root["current"]);
  file.candidate = pair_of(root["candidate"]);
  if (file.candidate) file.candidate_of = offer_of(root["candidate_of"]);
  root["application_tokens"].each([&](const JsonValue& one) { file.application_tokens.push_back(one.text()); });
  root["offers"].each([&](const JsonValue& one) { file.offers.push_back(offer_of(one)); });
  file.tried = root["tried"].text();
  file.asked = root["asked"].text();
  file.installed = root["installed"].integer();
  file.uninstalled = root["uninstalled"].integer();
  if (!good(file.current) || !good(file.candidate)) return std::nullopt;
  return file;
}

}  // namespace kpistream::ingest
