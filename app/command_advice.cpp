#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>

#include "app/admin_client.hpp"
#include "app/advice_api.hpp"
#include "app/advice_text.hpp"
#include "app/commands.hpp"
#include "app/config.hpp"
#include "app/json_text.hpp"
#include "app/portals.hpp"
#include "ingest/json/json.hpp"
#include "store/store.hpp"
#include "stream/kpi/kpi_sets.hpp"

namespace kpistream::app {
namespace {

std::optional<Config> load(const CommandOptions& options) {
  auto loaded = load_config(options.config_file);
  for (const auto& error : loaded.errors) fmt::print(stderr, "{}\n", error);
  if (loaded.config && !options.storage_path.empty()) loaded.config->storage_path = options.storage_path;
  return std::move(loaded.config);
}

UnixSeconds now_of(const CommandOptions& options) {
  using namespace std::chrono;
  if (const auto asked = parse_time(options.clock_start)) return *asked;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

// Which portal an order is about, where there is only one.
std::string portal_of(const Config& config, const std::string& asked) {
  if (!asked.empty() || config.portals.size() != 1) return asked;
  return config.portals.front().settings.alias;
}

}  // namespace

int run_advice(const CommandOptions& options, const AdviceCommand& command) {
  const auto config = load(options);
  if (!config) return 1;
  const auto store = store::Store::open_read_only(config->storage_path);
  const auto definitions = stored_definitions(store->state(), DefinitionState::in_force);
  std::vector<std::string> lists;
  for (const auto& portal : portal_settings(*config)) {
    if (!command.portal.empty() && portal.alias != command.portal) continue;
    const auto insight = look_at(store->state(), portal, definitions, now_of(options));
    auto list = options.json ? advice_json(insight) : advice_text(insight, Calendar(portal));
    if (!list.empty()) lists.push_back(std::move(list));
  }
  if (options.json) {
    fmt::print(R"({{"cards":[{}]}})"
               "\n",
               fmt::join(lists, ","));
  } else {
    fmt::print("{}", lists.empty() ? std::string("no advice\n") : fmt::format("{}", fmt::join(lists, "")));
  }
  return 0;
}

int run_advice_change(const CommandOptions& options, const AdviceCommand& command) {
  const auto config = load(options);
  if (!config) return 1;
  const std::string target = fmt::format("{}/{}?portal={}", kAdvicePath, percent_encoded(command.card),
                                         percent_encoded(portal_of(*config, command.portal)));
  const std::string body = fmt::format(R"({{"status":{},"owner":{},"due":{}}})", json(command.status),
                                       json(command.owner), json(command.due));
  const auto answer = ask_daemon(*config, target, body);
  if (answer.status == 200) {
    fmt::print("{}: {}\n", command.card, command.status);
    return 0;
  }
  ingest::JsonDocument document;
  const bool told = document.parse(answer.body);
  fmt::print(stderr, "kpistream: {}\n",
             answer.status == 0 ? "no daemon answers at listen.admin; advice is changed by the running daemon"
             : told             ? document.root()["error"].text()
                                : fmt::format("the daemon answers {}", answer.status));
  return 1;
}

}  // namespace kpistream::app
