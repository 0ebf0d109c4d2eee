#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "app/command_tools.hpp"
#include "app/kpi_words.hpp"
#include "app/portals.hpp"
#include "store/store.hpp"
#include "stream/kpi/kpi_sets.hpp"
#include "stream/kpi/state_figures.hpp"

namespace kpistream::app {
namespace {

constexpr int kWeeksCompared = 5;  // this one and the four before

// One KPI of one portal, counted in the old way and in the new one.
class Difference {
 public:
  Difference(const State& state, const PortalSettings& portal, const Calendar& calendar, UnixSeconds now)
      : state_(state), portal_(portal), calendar_(calendar), now_(now) {}

  void print(const Definition* old, const Definition& next) const {
    fmt::print("{} in {}: {}\n", next.id, portal_.alias, old == nullptr ? "new" : "changed");
    const Day monday = Calendar::week_of(calendar_.day_of(now_));
    for (int back = 0; back < kWeeksCompared; ++back) print_week(old, next, monday - Day{7} * back);
  }

 private:
  using Sums = std::map<std::string, Cell>;

  [[nodiscard]] Sums sums_of(const Definition& definition, Day monday) const {
    const std::vector<Definition> one{definition};
    const StateFigures figures(state_, one, portal_, calendar_, now_);
    return figures.sums(definition.id, definition.by_manager ? Family::manager : Family::pipeline,
                        {calendar_.begin_of(monday), calendar_.begin_of(monday + 7)});
  }

  void print_week(const Definition* old, const Definition& next, Day monday) const {
    const Sums before = old == nullptr ? Sums{} : sums_of(*old, monday);
    const Sums after = sums_of(next, monday);
    std::set<std::string> names;
    for (const auto& [name, cell] : before) names.insert(name);
    for (const auto& [name, cell] : after) names.insert(name);
    for (const auto& name : names) {
      const Cell was = before.contains(name) ? before.at(name) : Cell{};
      const Cell is = after.contains(name) ? after.at(name) : Cell{};
      const bool same = was.at(kCountSlot) == is.at(kCountSlot) && was.at(kSumSlot) == is.at(kSumSlot);
      fmt::print("  week {}  {:<16} count {:>8} -> {:>8}   sum {:>14} -> {:>14}{}\n", Calendar::text(monday), name,
                 was.at(kCountSlot), is.at(kCountSlot), was.at(kSumSlot), is.at(kSumSlot), same ? "" : "  *");
    }
  }

  const State& state_;
  const PortalSettings& portal_;
  const Calendar& calendar_;
  const UnixSeconds now_;
};

}  // namespace

int run_kpis(const CommandOptions& options) {
  // To look at what the program brings along, nothing has to be configured.
  if (options.config_file == CommandOptions().config_file && !std::filesystem::exists(options.config_file)) {
    fmt::print("{}", options.json ? catalogue_json(built_in_catalogue()) : catalogue_text(built_in_catalogue()));
    return 0;
  }
  const auto config = config_of(options);
  if (!config) return 1;
  fmt::print("{}", options.json ? catalogue_json(config->kpis) : catalogue_text(config->kpis));
  return 0;
}

int run_kpis_diff(const CommandOptions& options) {
  const auto config = config_of(options);
  if (!config) return 1;
  const auto store = store::Store::open_read_only(config->storage_path);
  const auto old = stored_definitions(store->state(), DefinitionState::in_force);
  const auto next = stored_definitions(store->state(), DefinitionState::building);
  if (next.empty()) {
    fmt::print("no KPI is being rebuilt; set kpis.hold and reload a changed file of KPIs first\n");
    return 0;
  }
  for (const auto& portal : table_settings(*config)) {
    const Calendar calendar(portal);
    const Difference difference(store->state(), portal, calendar, now_of(options));
    for (const Definition& definition : next) {
      const auto was =
          std::find_if(old.begin(), old.end(), [&](const Definition& have) { return have.id == definition.id; });
      difference.print(was == old.end() ? nullptr : &*was, definition);
    }
  }
  return 0;
}

}  // namespace kpistream::app
