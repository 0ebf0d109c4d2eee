// Answers of the API.
#pragma once

#include <string>
#include <string_view>

#include "app/json_text.hpp"
#include "ingest/http/server.hpp"

namespace kpistream::app {

[[nodiscard]] inline ingest::AdminResponse json_answer(unsigned status, std::string body) {
  ingest::AdminResponse response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

// {"error":"..."}: what is wrong, and the cure.
[[nodiscard]] inline ingest::AdminResponse json_error(unsigned status, std::string_view error) {
  return json_answer(status, "{\"error\":" + json(error) + "}");
}

}  // namespace kpistream::app
