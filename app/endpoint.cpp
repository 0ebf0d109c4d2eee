#include "app/endpoint.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace kpistream::app {
namespace {

bool is_address(int family, const std::string& text) {
  in6_addr bytes{};  // the larger of the two
  return ::inet_pton(family, text.c_str(), &bytes) == 1;
}

}  // namespace

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  Endpoint endpoint{std::string(text.substr(0, colon)), 0};
  const char* const end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data() + colon + 1, end, endpoint.port);
  if (failed != std::errc() || stopped != end) return std::nullopt;
  std::string& address = endpoint.address;
  if (!address.starts_with('[')) return is_address(AF_INET, address) ? std::optional(endpoint) : std::nullopt;
  if (!address.ends_with(']')) return std::nullopt;
  address = address.substr(1, address.size() - 2);
  return is_address(AF_INET6, address) ? std::optional(endpoint) : std::nullopt;
}

std::string add_endpoint(std::string_view text, std::vector<Endpoint>& endpoints) {
  const auto endpoint = parse_endpoint(text);
  if (!endpoint) return fmt::format("'{}' is not address:port, for example 127.0.0.1:10481 or [::1]:10481", text);
  const bool twice = endpoint->port != 0 && std::find(endpoints.begin(), endpoints.end(), *endpoint) != endpoints.end();
  if (twice) return fmt::format("'{}' stands here twice; remove one", text);
  if (endpoints.size() == kEndpointsMax) return fmt::format("more than {} addresses", kEndpointsMax);
  endpoints.push_back(*endpoint);
  return {};
}

std::string endpoint_text(const Endpoint& endpoint) {
  const bool v6 = endpoint.address.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", v6 ? "[" : "", endpoint.address, v6 ? "]" : "", endpoint.port);
}

}  // namespace kpistream::app
