// An address to listen at, as the configuration and the command line write it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpistream::app {

struct Endpoint {
  std::string address;     // numeric, IPv4 or IPv6, without brackets
  std::uint16_t port = 0;  // 0: any free port
  [[nodiscard]] bool operator==(const Endpoint&) const = default;
};

inline constexpr std::size_t kEndpointsMax = 16;  // of one server

// "127.0.0.1:10481" or "[::1]:10481"; nothing: it is neither.
[[nodiscard]] std::optional<Endpoint> parse_endpoint(std::string_view text);

// Adds one that `endpoints` does not have. What is wrong with it; empty: nothing.
[[nodiscard]] std::string add_endpoint(std::string_view text, std::vector<Endpoint>& endpoints);

// As it is written.
[[nodiscard]] std::string endpoint_text(const Endpoint& endpoint);

}  // namespace kpistream::app
