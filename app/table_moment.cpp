#include "app/table_moment.hpp"

#include "app/kpi_reader.hpp"
#include "stream/kpi/kpi_sets.hpp"

namespace kpistream::app {
namespace {

std::set<std::string> built_in_ids() {
  std::set<std::string> all;
  for (const auto& definition : built_in_catalogue().definitions) all.insert(definition.id);
  for (const auto& formula : built_in_catalogue().formulas) all.insert(formula.id);
  return all;
}

}  // namespace

TableMoment::TableMoment(std::unique_ptr<const State> state, std::shared_ptr<const exporters::Formulas> formulas,
                         const PortalSettings& portal, UnixSeconds now, const Board& board,
                         const PortalInsight& insight)
    : state_(std::move(state)),
      formulas_(std::move(formulas)),
      calendar_(portal),
      parts_{*state_, catalogue_, *formulas_, portal, calendar_,       now,          built_in_ids(),
             {},      {},         {},         {},     insight.summary, insight.taken} {
  catalogue_.definitions = stored_definitions(*state_, DefinitionState::in_force);
  for (const auto& [formula, compiled] : *formulas_) catalogue_.formulas.push_back(formula);
  take_names(board);
}

void TableMoment::take_names(const Board& board) {
  board.read([&](const std::vector<const PortalFigures*>& portals) {
    for (const auto* portal : portals) {
      parts_.portals.push_back(portal->settings.alias);
      if (portal->settings.alias != parts_.portal.alias) continue;
      parts_.manager_names = portal->manager_names;
      for (const auto& manager : portal->managers) parts_.manager_names.try_emplace(manager);
      parts_.pipeline_names = portal->pipeline_names;
      parts_.names = {portal->stage_names, portal->source_names, portal->loss_reason_names};
    }
  });
}

}  // namespace kpistream::app
