// The configuration of the demo: an ordinary file that every command of the program reads, too.
#pragma once

#include <string>

#include "app/demo/story.hpp"

namespace kpistream::app::demo {

struct Place {
  std::string storage;  // directory
  std::string hook;     // address:port
  std::string admin;    // address:port
  std::string log_level = "warn";
};
[[nodiscard]] std::string config_text(const Story& story, const Place& place);

}  // namespace kpistream::app::demo
