// Which facts make a figure, with links into the CRM: for the command and for the API.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config.hpp"
#include "stream/facts/fact.hpp"
#include "stream/kpi/figures.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::app {

struct DrillDownQuery {
  std::string portal;
  std::string kpi;
  std::string from;  // local days, both included: "2026-09-14"; empty: today
  std::string to;    // empty: as `from`
  std::string pipeline;
  std::string manager;
  std::string source;
};

struct DrillDownAnswer {
  static constexpr std::size_t kFactsMax = 1'000;
  std::string error;  // what is wrong with the query, and the cure; then the rest is empty
  std::string text;   // a line a fact
  std::string json;   // {"kpi":..., "facts":[...], "left_off":n}
};

// `now` decides which day is today.
[[nodiscard]] DrillDownAnswer drill_down(const Config& config, const State& state, const DrillDownQuery& query,
                                         UnixSeconds now);

// A record that makes a figure.
struct DrillRecord {
  std::string_view kind;  // "deal"
  std::string id;
  std::string link;  // into the CRM; empty: there is none
  Fact fact;
};
struct DrillRecords {
  std::vector<DrillRecord> newest;  // the newest first
  std::size_t left_off = 0;         // older ones
};
struct DrillFilter {
  const Definition& definition;
  Range range;
  std::optional<Family> by;     // only of these managers, funnels or sources
  std::vector<std::string> of;  // none: of nobody in particular, so of all
  std::string label;            // the value of the first label of windows; empty: whichever
  std::size_t most = 0;         // records
};
// Of a table, with the portals that count in it, for each filter. One look at all facts of these portals.
[[nodiscard]] std::vector<DrillRecords> drill_records(const Config& config, const State& state,
                                                      const std::string& table,
                                                      const std::vector<DrillFilter>& filters);

// From "portal=acme&kpi=deals_won&from=2026-09-14".
[[nodiscard]] DrillDownQuery drill_down_query(std::string_view text);

}  // namespace kpistream::app
