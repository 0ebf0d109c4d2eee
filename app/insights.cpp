#include "app/insights.hpp"

#include "stream/kpi/state_figures.hpp"

namespace kpistream::app {
namespace {

constexpr std::int64_t kFreshSeconds = 60;  // ratios of weeks and hours need no more

}  // namespace

Insights::Insights(const State& state, const std::vector<PortalSettings>& portals) : state_(state) {
  for (const auto& settings : portals) portals_.push_back(std::make_unique<Portal>(settings));
}

void Insights::tick(const std::vector<Definition>& definitions, UnixSeconds now) {
  for (auto& portal : portals_) {
    const bool fresh = portal->looked_at <= now && now < portal->looked_at + kFreshSeconds;
    if (fresh && portal->summary != nullptr) continue;
    const StateFigures figures(state_, definitions, portal->settings, portal->calendar, now);
    auto summary = std::make_shared<const insight::Summary>(insight::summarize(figures));
    portal->looked_at = now;
    const std::lock_guard lock(mutex_);
    portal->summary = std::move(summary);
    return;
  }
}

std::vector<std::shared_ptr<const insight::Summary>> Insights::all() const {
  std::vector<std::shared_ptr<const insight::Summary>> summaries;
  const std::lock_guard lock(mutex_);
  for (const auto& portal : portals_) {
    if (portal->summary) summaries.push_back(portal->summary);
  }
  return summaries;
}

}  // namespace kpistream::app
