// What a request says about who sends it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kpistream::app {

struct Credentials {
  std::string name;
  std::string password;
};

// Of "Basic <base64>"; nothing where that is not what it is.
[[nodiscard]] std::optional<Credentials> basic_credentials(std::string_view authorization);

// Of "Bearer <token>"; empty where that is not what it is.
[[nodiscard]] std::string_view bearer_token(std::string_view authorization);

// The value of one cookie of "a=1; b=2"; empty: it is not there.
[[nodiscard]] std::string_view cookie_value(std::string_view cookies, std::string_view name);

}  // namespace kpistream::app
