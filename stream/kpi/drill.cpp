#include "stream/kpi/drill.hpp"

#include "stream/codec/values.hpp"
#include "stream/kpi/contribution.hpp"

namespace kpistream {

namespace {

bool is_asked(const Definition& definition, const DrillQuery& query, const Fact& fact) {
  const auto asked = [](const std::set<std::string>& wanted, const std::string& have) {
    return wanted.empty() || wanted.contains(have);
  };
  static const std::string kNoSource = "none";  // as cells have it
  if (!definition.counts(fact)) return false;
  const Minute minute = minute_of(instant_of(definition, fact));
  return query.range.first <= minute && minute < query.range.last && asked(query.pipelines, fact.pipeline) &&
         asked(query.managers, manager_of(definition, fact)) &&
         asked(query.sources, fact.source.empty() ? kNoSource : fact.source) &&
         (query.label.empty() || definition.window_labels.front().value(fact) == query.label);
}

}  // namespace

void drill(const State& state, const Definition& definition, const DrillQuery& query,
           const std::function<void(const EntityKey&, const Fact&)>& visit) {
  const DrillAsk ask{definition, query};
  drill(state, {&ask, 1}, [&](std::size_t, const EntityKey& key, const Fact& fact) { visit(key, fact); });
}

void drill(const State& state, std::span<const DrillAsk> asks,
           const std::function<void(std::size_t ask, const EntityKey&, const Fact&)>& visit) {
  if (asks.empty()) return;
  for (const std::string& portal : asks.front().query.portals) {
    std::string prefix = entity_key(portal, {EntityKind::lead, ""});
    prefix.resize(portal.size() + 1);  // the name and its end
    state.scan(Space::facts, prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
      for (const Fact& fact : decode_facts(value)) {
        for (std::size_t i = 0; i < asks.size(); ++i) {
          if (is_asked(asks[i].definition, asks[i].query, fact)) visit(i, parse_entity_key(key), fact);
        }
      }
      return true;
    });
  }
}

}  // namespace kpistream
