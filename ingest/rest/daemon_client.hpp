// One request to a daemon of ours, for commands.
#pragma once

#include <chrono>
#include <string>

namespace kpistream::ingest {

struct DaemonAnswer {
  unsigned status = 0;  // 0: nobody answered in time
  std::string body;
};

// Plain HTTP to a host and port that the user's own configuration names. Without a body it is a GET, else a POST of
// JSON. Blocks, at most for `deadline`.
[[nodiscard]] DaemonAnswer ask_daemon(const std::string& host, const std::string& port, const std::string& target,
                                      const std::string& body, std::chrono::milliseconds deadline);

}  // namespace kpistream::ingest
