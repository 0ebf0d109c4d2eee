#include "app/credentials.hpp"

#include <cstdint>

namespace kpistream::app {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool is_scheme(std::string_view text, std::string_view lower_case) {
  if (text.size() != lower_case.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != lower_case[i]) return false;
  }
  return true;
}

// What stands behind the scheme; empty where it is another one.
std::string_view behind(std::string_view authorization, std::string_view scheme) {
  const auto space = authorization.find(' ');
  if (space == std::string_view::npos || !is_scheme(authorization.substr(0, space), scheme)) return {};
  const auto begin = authorization.find_first_not_of(' ', space);
  return begin == std::string_view::npos ? std::string_view{} : authorization.substr(begin);
}

std::optional<std::string> from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  std::uint32_t held = 0;
  int bits = 0;
  for (const char c : text) {
    const auto digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    held = held << 6U | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<char>(held >> static_cast<unsigned>(bits) & 0xffU));
  }
  return bytes;
}

}  // namespace

std::optional<Credentials> basic_credentials(std::string_view authorization) {
  const auto text = from_base64(behind(authorization, "basic"));
  const auto colon = text ? text->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return Credentials{text->substr(0, colon), text->substr(colon + 1)};
}

std::string_view bearer_token(std::string_view authorization) { return behind(authorization, "bearer"); }

std::string_view cookie_value(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    std::string_view one = cookies.substr(0, cookies.find(';'));
    cookies.remove_prefix(one.size() == cookies.size() ? one.size() : one.size() + 1);
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=')
      return one.substr(name.size() + 1);
  }
  return {};
}

}  // namespace kpistream::app
