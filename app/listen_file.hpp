// listen.json in the store's directory, while the daemon serves: how its own commands reach it. It holds a secret, so
// only the daemon's user (and root) can read it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/endpoint.hpp"

namespace kpistream::app {

inline constexpr std::string_view kListenFile = "listen.json";

struct ListenFile {
  std::uint16_t hook = 0;           // ports
  std::uint16_t admin = 0;          // of the first admin address
  std::vector<Endpoint> addresses;  // all admin addresses, with the ports that they have got
  std::string prefix;               // of all admin paths: "" or "/kpi"
  std::string certificate;  // SHA-256 of what the admin address shows within TLS, in hexadecimal; empty: in the clear
  std::string token;        // opens everything, for as long as the daemon runs
};

// False: it cannot be written.
[[nodiscard]] bool write_listen_file(const std::string& folder, const ListenFile& file);
void remove_listen_file(const std::string& folder);

// Nothing: no daemon serves, or this user may not know.
[[nodiscard]] std::optional<ListenFile> read_listen_file(const std::string& folder);

[[nodiscard]] std::string to_hex(std::string_view bytes);
[[nodiscard]] std::string from_hex(std::string_view digits);  // empty: they are none

}  // namespace kpistream::app
