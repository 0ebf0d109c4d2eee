// Asks the running daemon to do something, through its admin address.
#pragma once

#include <string>
#include <string_view>

#include "app/config.hpp"

namespace kpistream::app {

struct AdminAnswer {
  unsigned status = 0;  // 0: no daemon answers there
  std::string body;
};

// Sends JSON to `target` of the daemon that works with this configuration. Where listen.admin leaves the port open, the
// daemon has written it into its store.
[[nodiscard]] AdminAnswer post_to_daemon(const Config& config, std::string_view target, std::string_view body);

// As a part of a path or a query; '/' stays.
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace kpistream::app
