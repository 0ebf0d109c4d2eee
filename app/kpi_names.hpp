// Names and words of KPIs in a file of definitions. Internal to the readers of KPIs and of portals.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/yaml_reader.hpp"
#include "stream/kpi/definition.hpp"

namespace kpistream::app {

// A letter, then letters, digits and _; small, not too long.
[[nodiscard]] bool is_name(std::string_view text);

// Of an enumeration, in the order of its values.
template <class Enum, class Name>
std::vector<std::string> names_of(Enum last, Name name, int first = 0) {
  std::vector<std::string> names;
  for (int i = first; i <= static_cast<int>(last); ++i) names.emplace_back(name(static_cast<Enum>(i)));
  return names;
}

// What is wrong with the id of a KPI; empty: nothing.
[[nodiscard]] std::string wrong_id(const std::string& id);

// Reports a name that Prometheus, or the rest of our own metrics, would misunderstand.
void check_name(Section& section, std::string_view key, const std::string& name);

// Parts of metric names that a KPI takes: "deals_won", "deal_cycle_p50_seconds". No two KPIs share one.
[[nodiscard]] std::vector<std::string> nouns_of(const Definition& definition);

// "deals_won" -> "Deals won".
[[nodiscard]] std::string sentence_of(const std::string& id);
// {ru: .., en: ..}, or one text for both.
[[nodiscard]] Words read_words(Section& section, std::string_view key, const std::string& otherwise);
// "Deals won" -> "deals won".
[[nodiscard]] std::string lower_first(std::string text);

}  // namespace kpistream::app
