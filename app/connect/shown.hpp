// What a CRM's answer may bring to the terminal or into the configuration.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "ingest/json/json.hpp"

namespace kpistream::app {

inline constexpr std::size_t kWordMax = 64;

// What people have written, fit to be shown on a terminal.
[[nodiscard]] inline std::string shown(const ingest::JsonValue& value) {
  std::string text = value.text();
  std::erase_if(text, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
  return text;
}

// The rest becomes part of the configuration, or of a line on the terminal, only if it looks as it should: letters,
// digits and `others`.
[[nodiscard]] inline std::string made_of(const ingest::JsonValue& value, std::string_view others) {
  std::string text = value.text();
  const bool fits = text.size() <= kWordMax && std::all_of(text.begin(), text.end(), [&](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                             others.find(c) != std::string_view::npos;
                    });
  return fits ? text : std::string();
}

}  // namespace kpistream::app
