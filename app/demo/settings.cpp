#include "app/demo/settings.hpp"

#include <fmt/format.h>

#include "app/demo/cast.hpp"
#include "app/demo/rows.hpp"
#include "app/json_text.hpp"

namespace kpistream::app::demo {
namespace {

// A goal that will not be met, one that each of the last weeks has met, and goals of persons.
std::string targets_of(const Cast& cast) {
  const bool large = cast.people.size() > kFour.size();
  std::string targets = fmt::format("    targets:\n      - {{kpi: revenue, period: month, value: {}}}\n",
                                    large ? 26'000'000 : 11'000'000);
  targets += fmt::format("      - {{kpi: deals_won, period: week, value: {}}}\n", large ? 60 : 30);
  targets += fmt::format("      - {{kpi: meetings_held, period: week, value: {}}}\n", large ? 30 : 15);
  for (const Person& person : cast.people) {
    targets += fmt::format("      - {{kpi: revenue, manager: \"{}\", period: month, value: {}}}\n", person.id,
                           person.habit == Habit::idles ? 500'000 : 60'000 * person.luck);
  }
  return targets;
}

std::string portal_text(const Cast& cast, const Story& story) {
  std::string portal = fmt::format(R"(  {}:
    crm: bitrix24
    mode: {}
    zone: {}
    known_since: {}
    application_tokens: [demodemodemodemodemodemodemodemo]
    stages: {{quote: ["{}", "{}"]}}
    loss_reason_field: UF_CRM_LOSE_REASON
    robots: ["{}"]
    managers:
)",
                                   cast.portal, cast.leads ? "classic" : "simple", kZone, text(story.begins),
                                   stage_of(0, kQuoted), stage_of(1, kQuoted), kRobot);
  for (const Person& person : cast.people) portal += fmt::format("      \"{}\": {{team: {}}}\n", person.id, cast.team);
  return portal + targets_of(cast);
}

}  // namespace

std::string config_text(const Story& story, const Place& place) {
  std::string config = fmt::format(R"(# Written by `kpistream demo`. Nobody and nothing in it is real.
listen: {{hook: {}, admin: {}}}
storage: {{path: {}}}
retention: {{raw: 0s}}
log: {{level: {}}}
portals:
)",
                                   json(place.hook), json(place.admin), json(place.storage), place.log_level);
  for (const Cast& cast : kCasts) config += portal_text(cast, story);
  return config;
}

}  // namespace kpistream::app::demo
