// Asks the running daemon to do something, through its admin address.
#pragma once

#include <string>
#include <string_view>

#include "app/config.hpp"
#include "ingest/rest/daemon_client.hpp"

namespace kpistream::app {

// Asks for `target`, or sends JSON to it, of the daemon that works with this configuration. Where it
// listens, whatever its command line said, the daemon has written into its store, with what opens its doors
// (listen_file.hpp); who may not read that asks at the first of listen.admin. Status 0: no daemon answers there; 401:
// it asks for a password, and this user may not read that file.
[[nodiscard]] ingest::DaemonAnswer ask_daemon(const Config& config, const std::string& target,
                                              const std::string& body = {});

// As a part of a path or a query; '/' stays.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace kpistream::app
