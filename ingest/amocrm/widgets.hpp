// Bodies in JSON: what widgets of a digital pipeline and the Salesbot send to the same address.
// Source: developers.kommo.com, digital pipeline and Salesbot pages. Internal to ingest/amocrm.
#pragma once

#include <string>
#include <string_view>

#include "stream/ports/adapter.hpp"

namespace kpistream::ingest {

[[nodiscard]] bool is_json_body(std::string_view body);

// False: another account is named than this one.
[[nodiscard]] bool json_names_account(std::string_view body, const std::string& account_id);

// The body as it may be stored: the Salesbot's token, a JWT, is cut out.
[[nodiscard]] std::string without_token(std::string_view body);

// A widget tells of a lead what only REST knows more about; the Salesbot asks for an answer, and tells nothing.
[[nodiscard]] Decoded decode_json_body(std::string_view body);

}  // namespace kpistream::ingest
