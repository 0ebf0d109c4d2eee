#include "ingest/amocrm/widgets.hpp"

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

std::string without_token(std::string_view body) {
  JsonDocument document;
  if (!document.parse(body)) return std::string(body);
  const std::string token = document.root()["token"].text();
  if (token.empty()) return std::string(body);
  std::string kept;
  for (auto at = body.find(token); at != std::string_view::npos; at = body.find(token)) {
    kept.append(body.substr(0, at));
    body.remove_prefix(at + token.size());
  }
  return kept.append(body);
}

Decoded decode_json_body(std::string_view body) {
  Decoded decoded;
  JsonDocument document;
  if (!document.parse(body)) {
    decoded.event = "other";
    decoded.verdict = DecodeVerdict::quarantined;
    return decoded;
  }
  const JsonValue root = document.root();
  const JsonValue data = root["event"]["data"];
  if (data.is_object()) {
    decoded.event = "widget";
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
