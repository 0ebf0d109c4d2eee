// One request to a daemon of ours, for commands.
#pragma once

#include <chrono>
#include <string>

namespace kpistream::ingest {

struct DaemonAnswer {
  unsigned status = 0;  // 0: nobody answered in time
  std::string body;
};

struct DaemonAddress {
  std::string host;
  std::string port;
  std::string certificate;  // SHA-256 of the one that it shows within TLS, 32 bytes; empty: in the clear
  std::string bearer;       // a secret that it knows us by; empty: none
};

// A host and port that the user's own configuration names. Without a body it is a GET, else a POST of JSON. Blocks, at
// most for `deadline`.
[[nodiscard]] DaemonAnswer ask_daemon(const DaemonAddress& address, const std::string& target, const std::string& body,
                                      std::chrono::milliseconds deadline);

}  // namespace kpistream::ingest
