#include "stream/kpi/drill.hpp"

#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/kpi/contribution.hpp"

namespace kpistream {

void drill(const State& state, const Definition& definition, const DrillQuery& query,
           const std::function<bool(const EntityRef&, const Fact&)>& visit) {
  std::string prefix = entity_key(query.portal, {EntityKind::lead, ""});
  prefix.resize(query.portal.size() + 1);  // the name and its end
  const auto asked = [](const std::string& wanted, const std::string& have) {
    return wanted.empty() || wanted == have;
  };
  state.scan(Space::facts, prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
    for (const Fact& fact : decode_facts(value)) {
      if (!definition.counts(fact)) continue;
      const Minute minute = minute_of(instant_of(definition, fact));
      if (minute < query.range.first || minute >= query.range.last) continue;
      if (!asked(query.pipeline, fact.pipeline) || !asked(query.manager, manager_of(definition, fact)) ||
          !asked(query.source, fact.source)) {
        continue;
      }
      if (!visit(parse_entity_key(key).ref, fact)) return false;
    }
    return true;
  });
}

}  // namespace kpistream
