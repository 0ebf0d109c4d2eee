#include "ingest/amocrm/widgets.hpp"

#include <algorithm>

#include "ingest/json/json.hpp"

namespace kpistream::ingest {

bool is_json_body(std::string_view body) {
  const auto first = body.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && body[first] == '{';
}

bool json_names_account(std::string_view body, const std::string& account_id) {
  JsonDocument document;
  if (!document.parse(body)) return true;
  const JsonValue account = document.root()["account_id"];
  return !account.exists() || account.text() == account_id;
}

// By its shape and not by its name, so that a body that is no JSON keeps none either.
std::string without_token(std::string_view body) {
  constexpr std::string_view kBegin = "eyJ";  // {" in base64
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
  std::string kept;
  for (auto at = body.find(kBegin); at != std::string_view::npos; at = body.find(kBegin)) {
    kept.append(body.substr(0, at));
    body.remove_prefix(std::min(body.find_first_not_of(kLetters, at), body.size()));
  }
  return kept.append(body);
}

Decoded decode_json_body(std::string_view body) {
  Decoded decoded;
  JsonDocument document;
  if (!document.parse(body)) {
    decoded.event = "other";
    decoded.verdict = DecodeVerdict::quarantined;
    decoded.failure = DecodeFailure::syntax;
    return decoded;
  }
  const JsonValue root = document.root();
  const JsonValue data = root["event"]["data"];
  if (data.is_object()) {
    decoded.event = "widget";
    decoded.happened = root["event"]["time"].integer();
    const std::string type = data["element_type"].text();
    if (type == "2" || type == "lead" || type == "leads") decoded.wishes.emplace_back("leads");
  } else if (root["return_url"].is_string()) {
    decoded.event = "salesbot";
  } else {
    decoded.event = "other";
    decoded.verdict = DecodeVerdict::unknown;
    return decoded;
  }
  if (decoded.wishes.empty()) decoded.verdict = DecodeVerdict::ignored;
  return decoded;
}

}  // namespace kpistream::ingest
