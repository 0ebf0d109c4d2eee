// Who may look at the page: `viewers:` of the configuration.
#pragma once

#include <cstddef>
#include <string>

namespace kpistream::app {

struct ViewerConfig {
  std::string name;     // for people who read the configuration
  std::string token;    // a secret
  std::string portal;   // whose table; empty: every one
  std::string manager;  // an id; empty: a head
  friend bool operator==(const ViewerConfig&, const ViewerConfig&) = default;
};

inline constexpr std::size_t kViewersMax = 1'000;  // a token is compared with all of them
// Of a token; it is made of A-Z a-z 0-9 . _ ~ - and so goes into an address and a cookie as it is.
inline constexpr std::size_t kTokenBytesMin = 16;
inline constexpr std::size_t kTokenBytesMax = 128;

}  // namespace kpistream::app
