#include "app/insights.hpp"

#include <algorithm>

#include "stream/kpi/state_figures.hpp"

namespace kpistream::app {
namespace {

constexpr std::int64_t kFreshSeconds = 60;      // ratios of weeks and hours need no more
constexpr std::int64_t kMeasuredSeconds = 600;  // effects are of whole weeks

bool is_fresh(UnixSeconds at, UnixSeconds now, std::int64_t seconds) { return at <= now && now < at + seconds; }

periods::TakenAdvice taken_in(const State& state, const std::string& portal) {
  periods::TakenAdvice taken;
  for (auto& [card, advice] : periods::advice_states(state, portal))
    taken.emplace(card, periods::AdviceTaken{advice, {}});
  return taken;
}

const insight::Card* find_card(const PortalInsight& portal, const std::string& id) {
  if (portal.summary) {
    const auto& cards = portal.summary->cards;
    const auto it = std::find_if(cards.begin(), cards.end(), [&](const insight::Card& card) { return card.id == id; });
    if (it != cards.end()) return &*it;
  }
  const auto it = portal.taken->find(id);
  return it != portal.taken->end() && it->second.state.card ? &*it->second.state.card : nullptr;
}

}  // namespace

Insights::Portal::Portal(const State& state, const PortalSettings& portal)
    : settings(portal),
      calendar(portal),
      insight{nullptr, std::make_shared<const periods::TakenAdvice>(taken_in(state, portal.alias))} {}

Insights::Insights(State& state, const std::vector<PortalSettings>& portals) : state_(state) {
  for (const auto& settings : portals) portals_.push_back(std::make_unique<Portal>(state, settings));
}

void Insights::tick(const std::vector<Definition>& definitions, UnixSeconds now) {
  for (auto& portal : portals_) {
    if (is_fresh(portal->looked_at, now, kFreshSeconds) && portal->insight.summary != nullptr) continue;
    const StateFigures figures(state_, definitions, portal->settings, portal->calendar, now);
    auto summary = std::make_shared<const insight::Summary>(insight::summarize(figures));
    portal->looked_at = now;
    const std::lock_guard lock(mutex_);
    portal->insight.summary = std::move(summary);
    return;
  }
  for (auto& portal : portals_) {
    if (measure(*portal, definitions, now)) return;
  }
}

bool Insights::measure(Portal& portal, const std::vector<Definition>& definitions, UnixSeconds now) {
  for (const auto& [card, taken] : *portal.insight.taken) {
    if (!taken.state.card) continue;
    UnixSeconds& measured = portal.measured[card];
    if (is_fresh(measured, now, kMeasuredSeconds)) continue;
    measured = now;
    const StateFigures figures(state_, definitions, portal.settings, portal.calendar, now);
    keep(portal, card, {taken.state, periods::effect_of(figures, taken.state)});
    return true;
  }
  return false;
}

void Insights::keep(Portal& portal, const std::string& card, periods::AdviceTaken taken) {
  auto changed = std::make_shared<periods::TakenAdvice>(*portal.insight.taken);
  changed->insert_or_assign(card, std::move(taken));
  const std::lock_guard lock(mutex_);
  portal.insight.taken = std::move(changed);
}

AdviceOutcome Insights::change(const AdviceOrder& order, const std::vector<Definition>& definitions, UnixSeconds now) {
  const auto found = std::find_if(portals_.begin(), portals_.end(),
                                  [&](const auto& portal) { return portal->settings.alias == order.portal; });
  if (found == portals_.end()) return AdviceOutcome::no_portal;
  Portal& portal = **found;
  const insight::Card* card = find_card(portal.insight, order.card);
  if (card == nullptr) return AdviceOutcome::no_card;
  const auto before = periods::advice_state(state_, order.portal, order.card);
  const periods::AdviceChange change{.status = order.status,
                                     .owner = order.owner.empty() ? before.owner : order.owner,
                                     .due = order.due ? portal.calendar.begin_of(*order.due + 1) * 60 : before.due,
                                     .at = now};
  const auto after = periods::change_advice(before, change, *card);
  if (!after) return AdviceOutcome::impossible;
  StateBatch batch;
  periods::put_advice(batch, order.portal, order.card, *after);
  state_.apply(batch);
  const StateFigures figures(state_, definitions, portal.settings, portal.calendar, now);
  keep(portal, order.card, {*after, periods::effect_of(figures, *after)});
  return AdviceOutcome::changed;
}

std::vector<PortalInsight> Insights::all() const {
  std::vector<PortalInsight> insights;
  const std::lock_guard lock(mutex_);
  for (const auto& portal : portals_) {
    if (portal->insight.summary) insights.push_back(portal->insight);
  }
  return insights;
}

PortalInsight look_at(const State& state, const PortalSettings& portal, const std::vector<Definition>& definitions,
                      UnixSeconds now) {
  const Calendar calendar(portal);
  const StateFigures figures(state, definitions, portal, calendar, now);
  auto taken = taken_in(state, portal.alias);
  for (auto& [card, advice] : taken) advice.effect = periods::effect_of(figures, advice.state);
  return {std::make_shared<const insight::Summary>(insight::summarize(figures)),
          std::make_shared<const periods::TakenAdvice>(std::move(taken))};
}

}  // namespace kpistream::app
