// One request to a CRM's REST API, for commands: what is checked before, or beside, the daemon.
#pragma once

#include <chrono>
#include <string>

namespace kpistream::ingest {

struct PortalAnswer {
  unsigned status = 0;  // 0: no connection, a time-out, too long, or an address that may not be called
  bool json = false;    // says that it is JSON
  std::string body;
};

// `base_url` is the user's own configuration: https to a public address, or http to a loopback one, as everywhere.
// `call` comes after it, for example "batch.json". Without a body it is a GET, else a POST of JSON, or with
// `erase` a DELETE. Blocks, at most for
// `deadline`. Throws std::runtime_error, which does not repeat the URL, when that is no such address.
[[nodiscard]] PortalAnswer ask_portal(const std::string& base_url, const std::string& call, const std::string& body,
                                      const std::string& bearer, std::chrono::milliseconds deadline,
                                      bool erase = false);

// The host a base URL names, without its path, which may be a secret. Throws like ask_portal().
[[nodiscard]] std::string host_of_url(const std::string& base_url);

}  // namespace kpistream::ingest
