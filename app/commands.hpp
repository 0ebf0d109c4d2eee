// The commands of the program. Each returns the exit code.
#pragma once

#include <string>

#include "app/drill_down.hpp"

namespace kpistream::app {

struct CommandOptions {
  std::string config_file = "/etc/kpistream/kpistream.yml";
  std::string storage_path;   // overrides storage.path
  std::string hook_address;   // overrides listen.hook
  std::string admin_address;  // overrides listen.admin
  std::string log_level;      // overrides log.level
  std::string log_format;     // overrides log.format
  std::string clock_start;    // empty: the system's time
  bool accept_loss = false;   // serve a store that is older than its seal
  bool sync = true;           // false: for measuring only
  bool json = false;
};

int run_serve(const CommandOptions& options);
int run_check_config(const CommandOptions& options);
int run_verify(const CommandOptions& options);
int run_kpis(const CommandOptions& options);
int run_kpis_diff(const CommandOptions& options);
int run_facts(const CommandOptions& options, const DrillDownQuery& query);

}  // namespace kpistream::app
