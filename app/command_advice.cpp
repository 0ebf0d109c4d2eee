#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/advice_api.hpp"
#include "app/advice_text.hpp"
#include "app/command_tools.hpp"
#include "app/json_text.hpp"
#include "app/portals.hpp"
#include "store/store.hpp"
#include "stream/kpi/kpi_sets.hpp"

namespace kpistream::app {
int run_advice(const CommandOptions& options, const AdviceCommand& command) {
  const auto config = config_of(options);
  if (!config) return 1;
  const auto store = store::Store::open_read_only(config->storage_path);
  const auto definitions = stored_definitions(store->state(), DefinitionState::in_force);
  std::vector<std::string> lists;
  for (const auto& portal : table_settings(*config)) {
    if (!command.portal.empty() && portal.alias != command.portal) continue;
    const auto insight = look_at(store->state(), portal, definitions, now_of(options));
    auto list = options.json ? advice_json(insight) : advice_text(insight, portal);
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
  const auto config = config_of(options);
  if (!config) return 1;
  const std::string target = fmt::format("{}/{}?portal={}", kAdvicePath, percent_encoded(command.card),
                                         percent_encoded(table_portal_of(*config, command.portal)));
  const std::string body = fmt::format(R"({{"status":{},"owner":{},"due":{}}})", json(command.status),
                                       json(command.owner), json(command.due));
  const auto answer = ask_daemon(*config, target, body);
  if (answer.status == 200) {
    fmt::print("{}: {}\n", command.card, command.status);
    return 0;
  }
  return tell_failure(answer, "advice is changed by the running daemon");
}

}  // namespace kpistream::app
