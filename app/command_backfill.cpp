#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "app/backfill_api.hpp"
#include "app/command_tools.hpp"
#include "app/json_text.hpp"
#include "ingest/json/json.hpp"

namespace kpistream::app {
namespace {

constexpr std::chrono::milliseconds kLook{500};
constexpr int kLooksALine = 20;  // where nobody watches a terminal
constexpr int kBar = 30;
constexpr std::string_view kWork = "the backfill is the running daemon's work";

struct Progress {
  bool there = false;
  bool active = false;
  std::int64_t from = 0;
  std::int64_t rows = 0;
  std::int64_t expected = 0;
  std::int64_t requests = 0;
  std::vector<std::string> refused;
};

Progress progress_of(const std::string& body) {
  Progress progress;
  ingest::JsonDocument document;
  if (!document.parse(body)) return progress;
  document.root()["backfills"].each([&](const ingest::JsonValue& one) {
    progress.there = true;
    progress.active = one["active"].truth();
    progress.from = one["from"].integer();
    progress.rows = one["rows"].integer();
    progress.expected = one["expected"].integer();
    progress.requests = one["requests"].integer();
    one["refused"].each([&](const ingest::JsonValue& list) { progress.refused.push_back(list.text()); });
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

// Until it is done. Breaking off ends the watching only.
int watch(const Config& config, const std::string& target) {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  const auto begin = std::chrono::steady_clock::now();
  for (int look = 0;; ++look) {
    const auto answer = ask_daemon(config, target);
    if (answer.status != 200) return tell_failure(answer, kWork);
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
      for (const auto& list : progress.refused) {
        fmt::print("not read: {}; the portal refuses it, kpistream doctor names the cure\n", list);
      }
      return 0;
    }
    std::this_thread::sleep_for(kLook);
  }
}

}  // namespace

int run_backfill(const CommandOptions& options, const BackfillCommand& command) {
  const auto config = config_of(options);
  if (!config) return 1;
  const std::string portal = portal_of(*config, command.portal);
  if (portal.empty()) {
    fmt::print(stderr, "kpistream: --portal: say which, there are several\n");
    return 1;
  }
  const std::string target = fmt::format("{}?portal={}", kBackfillPath, percent_encoded(portal));
  if (!command.from.empty()) {
    const auto answer = ask_daemon(*config, target, fmt::format(R"({{"from":{}}})", json(command.from)));
    if (answer.status != 202) return tell_failure(answer, kWork);
  }
  return watch(*config, target);
}

}  // namespace kpistream::app
