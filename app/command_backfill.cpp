#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "app/admin_client.hpp"
#include "app/backfill_api.hpp"
#include "app/commands.hpp"
#include "app/config.hpp"
#include "app/json_text.hpp"
#include "ingest/json/json.hpp"

namespace kpistream::app {
namespace {

constexpr std::chrono::milliseconds kLook{500};
constexpr int kLooksALine = 20;  // where nobody watches a terminal
constexpr int kBar = 30;

struct Progress {
  bool there = false;
  bool active = false;
  std::int64_t from = 0;
  std::int64_t rows = 0;
  std::int64_t expected = 0;
  std::int64_t requests = 0;
};

Progress progress_of(const std::string& body) {
  Progress progress;
  ingest::JsonDocument document;
  if (!document.parse(body)) return progress;
  document.root()["backfills"].each([&](const ingest::JsonValue& one) {
    progress = {true,
                one["active"].truth(),
                one["from"].integer(),
                one["rows"].integer(),
                one["expected"].integer(),
                one["requests"].integer()};
  });
  return progress;
}

std::string left_text(const Progress& progress, double seconds) {
  if (progress.rows == 0 || progress.expected <= progress.rows) return "";
  const double left =
      seconds * static_cast<double>(progress.expected - progress.rows) / static_cast<double>(progress.rows);
  if (left < 90) return fmt::format(", about {:.0f} s left", left);
  return left < 5'400 ? fmt::format(", about {:.0f} min left", left / 60)
                      : fmt::format(", about {:.1f} h left", left / 3'600);
}

std::string line_of(const Progress& progress, double seconds) {
  if (progress.expected == 0) return fmt::format("counting ...  {} rows read", progress.rows);
  const double share = std::min(1.0, static_cast<double>(progress.rows) / static_cast<double>(progress.expected));
  const auto full = static_cast<std::size_t>(share * kBar);
  return fmt::format("[{}{}] {:3.0f} %  {} of {} rows, {} requests{}", std::string(full, '#'),
                     std::string(kBar - full, '.'), share * 100, progress.rows, progress.expected, progress.requests,
                     left_text(progress, seconds));
}

int failure(const ingest::DaemonAnswer& answer) {
  ingest::JsonDocument document;
  const bool told = document.parse(answer.body);
  fmt::print(stderr, "kpistream: {}\n",
             answer.status == 0 ? "no daemon answers at listen.admin; the backfill is the running daemon's work"
             : told             ? document.root()["error"].text()
                                : fmt::format("the daemon answers {}", answer.status));
  return 1;
}

// Until it is done. Breaking off ends the watching only.
int watch(const Config& config, const std::string& target) {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const auto begin = std::chrono::steady_clock::now();
  for (int look = 0;; ++look) {
    const auto answer = ask_daemon(config, target);
    if (answer.status != 200) return failure(answer);
    const Progress progress = progress_of(answer.body);
    if (!progress.there || progress.from == 0) {
      fmt::print("no backfill was asked for since the daemon has started\n");
      return 0;
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (terminal) fmt::print(stderr, "\r{}\033[K", line_of(progress, seconds));
    if (!terminal && look % kLooksALine == 0) fmt::print(stderr, "{}\n", line_of(progress, seconds));
    if (!progress.active) {
      if (terminal) fmt::print(stderr, "\r\033[K");
      fmt::print("done: {} rows by {} requests\n", progress.rows, progress.requests);
      return 0;
    }
    std::this_thread::sleep_for(kLook);
  }
}

}  // namespace

int run_backfill(const CommandOptions& options, const BackfillCommand& command) {
  auto loaded = load_config(options.config_file);
  for (const auto& error : loaded.errors) fmt::print(stderr, "{}\n", error);
  if (!loaded.config) return 1;
  if (!options.storage_path.empty()) loaded.config->storage_path = options.storage_path;
  const Config& config = *loaded.config;
  std::string portal = command.portal;
  if (portal.empty() && config.portals.size() == 1) portal = config.portals.front().settings.alias;
  if (portal.empty()) {
    fmt::print(stderr, "kpistream: --portal: say which, there are several\n");
    return 1;
  }
  const std::string target = fmt::format("{}?portal={}", kBackfillPath, percent_encoded(portal));
  if (!command.from.empty()) {
    const auto answer = ask_daemon(config, target, fmt::format(R"({{"from":{}}})", json(command.from)));
    if (answer.status != 202) return failure(answer);
  }
  return watch(config, target);
}

}  // namespace kpistream::app
