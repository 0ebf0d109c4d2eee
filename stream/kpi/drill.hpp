// Which facts make a cell: the way back from a figure to the records of the CRM.
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "stream/codec/keys.hpp"
#include "stream/facts/fact.hpp"
#include "stream/kpi/calendar.hpp"
#include "stream/kpi/definition.hpp"
#include "stream/ports/state.hpp"

namespace kpistream {

// Empty dimensions mean any. Portals and dimensions are those of a table.
struct DrillQuery {
  std::vector<std::string> portals;  // whose records are looked at
  Range range;
  // Ids; empty: whichever.
  std::set<std::string> pipelines;
  std::set<std::string> managers;
  std::set<std::string> sources;
  std::string label;  // the value of the first label of windows; empty: whichever
};

// Every fact that the definition counts in the range, by record. Goes through all facts of the portals.
void drill(const State& state, const Definition& definition, const DrillQuery& query,
           const std::function<void(const EntityKey&, const Fact&)>& visit);

// The same of several definitions by one look; `visit` gets which of them. REQUIRES: all are of the same portals.
struct DrillAsk {
  const Definition& definition;
  DrillQuery query;
};
void drill(const State& state, std::span<const DrillAsk> asks,
           const std::function<void(std::size_t ask, const EntityKey&, const Fact&)>& visit);

}  // namespace kpistream
