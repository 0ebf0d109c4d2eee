#include <fmt/format.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "app/command_tools.hpp"
#include "app/commands.hpp"
#include "app/config.hpp"
#include "app/daemon.hpp"
#include "app/demo/past.hpp"
#include "app/demo/player.hpp"
#include "app/demo/settings.hpp"
#include "app/end_signals.hpp"
#include "app/log.hpp"
#include "ingest/rest/readers.hpp"

namespace kpistream::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kConfigFile = "demo.yml";  // beside the store; by it a demo's directory is known

// Empty, and gone again where nobody asked for it.
class DemoFolder {
 public:
  explicit DemoFolder(const std::string& asked)
      : temporary_(asked.empty()), path_(asked.empty() ? made() : fs::path(asked)) {
    fs::create_directories(path_);
    path_ = fs::absolute(path_);
    if (fs::is_empty(path_)) return;
    if (!fs::exists(config_file())) {
      throw std::runtime_error(
          fmt::format("{} is not empty and no demo's: name another directory, or none", path_.string()));
    }
    for (const auto& entry : fs::directory_iterator(path_)) fs::remove_all(entry);
  }
  ~DemoFolder() {
    std::error_code ignored;
    if (temporary_) fs::remove_all(path_, ignored);
  }
  DemoFolder(const DemoFolder&) = delete;
  DemoFolder& operator=(const DemoFolder&) = delete;

  [[nodiscard]] std::string store() const { return (path_ / "store").string(); }
  [[nodiscard]] fs::path config_file() const { return path_ / kConfigFile; }

 private:
  static fs::path made() {
    std::string name = (fs::temp_directory_path() / "kpistream-demo-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a directory for the demo");
    return name;
  }

  bool temporary_;
  fs::path path_;
};

std::string given_or(const std::string& given, const char* usual) { return given.empty() ? usual : given; }

Config demo_config(const CommandOptions& options, const DemoFolder& folder, const demo::Story& story) {
  const std::string file = folder.config_file().string();
  const std::string admin = options.admin_addresses.empty() ? "" : options.admin_addresses.front();
  std::ofstream(file) << demo::config_text(
      story, {folder.store(), given_or(options.hook_address, "127.0.0.1:10480"), given_or(admin, "127.0.0.1:10481"),
              given_or(options.log_level, "warn")});
  auto result = load_config(file);
  if (!result.config) throw std::runtime_error(fmt::format("the demo's configuration: {}", result.errors.front()));
  // Nobody reads these portals, and yet there are readings of them: how far they are compared counts.
  for (auto& portal : result.config->portals) portal.settings.compared_lists = ingest::bitrix24_timed_lists({});
  return std::move(*result.config);
}

void say_where(const Config& config, const Daemon& daemon, const std::string& file) {
  const std::string admin = "http://" + endpoint_text(daemon.admin_addresses().front());
  fmt::print(
      "page      {0}/\n"
      "metrics   {0}/metrics\n"
      "advice    {4} advice --config.file {1}\n"
      "tables    {4} tables --portal {2} --schedule weekly --config.file {1}\n"
      "alerts    {4} rules backtest --portal {2} --config.file {1}\n"
      "\n"
      "Two invented sales departments and their last {3} weeks; they work on until Ctrl-C.\n"
      "For Prometheus, Alertmanager and Grafana there are rules, alerts and dashboards: deploy/ of the sources,\n"
      "/usr/share/kpistream of the package.\n",
      admin, file, config.portals.front().settings.alias, demo::kWeeks, fs::read_symlink("/proc/self/exe").string());
  std::fflush(stdout);
}

}  // namespace

int run_demo(const CommandOptions& options) {
  const EndSignals signals;
  DaemonOptions daemon_options;
  daemon_options.clock_start = clock_start_of(options);
  const UnixSeconds now = now_of(options);
  const DemoFolder folder(options.storage_path);
  demo::Season season(now);
  const Config config = demo_config(options, folder, season.story());
  set_up_log(config.log_level, config.log_format);
  fmt::print(stderr, "inventing {} weeks of two sales departments ...\n", demo::kWeeks);
  if (!demo::write_past(config, season, [&] { return !EndSignals::ends(signals.come()); })) return 0;
  Daemon daemon(config, {}, daemon_options);
  daemon.start();
  int result = 0;
  {
    const demo::Player player(season, daemon.journal(), daemon.clock());
    say_where(config, daemon, folder.config_file().string());
    for (int signal = 0; !EndSignals::ends(signal) && result == 0; signal = signals.next()) {
      if (daemon.failed()) result = 1;
    }
  }
  daemon.stop();
  return result;
}

}  // namespace kpistream::app
