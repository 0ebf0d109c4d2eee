// A KPI as data: which facts it counts, what of them it sums, and under which names it is shown.
//
// Built-in KPIs and a user's own are the same kind of text (deploy/kpis.yml, docs/kpis.md); app/ reads it.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "stream/facts/fact.hpp"
#include "stream/kpi/calendar.hpp"

namespace kpistream {

enum class Measure : std::uint8_t {
  none,       // count only
  money,      // sum of `amount`
  profit,     // sum of `profit`
  seconds,    // sum of `seconds`
  durations,  // sum of `seconds` and a histogram of them, where they are known
  working,    // the same of `working_seconds`
  amounts,    // sum of `amount` and a histogram of it, for a median
};
inline constexpr Measure kLastMeasure = Measure::amounts;
[[nodiscard]] std::string_view measure_name(Measure measure);  // as in definitions

// Which instant of the fact decides the bucket.
enum class Instant : std::uint8_t { at, created };
inline constexpr Instant kLastInstant = Instant::created;
[[nodiscard]] std::string_view instant_name(Instant instant);

// Whose figure it is.
enum class Attribution : std::uint8_t { owner_then, owner_now, actor };
inline constexpr Attribution kLastAttribution = Attribution::actor;
[[nodiscard]] std::string_view attribution_name(Attribution attribution);

// An attribute of a fact: by name in definitions, as a label and in conditions.
enum class Attribute : std::uint8_t {
  direction,
  outcome,
  result,  // the same as outcome, under the name that suits closings
  loss_reason,
  source,
  action,
  client,
  stage,
  type,
  channel,
  pipeline,
  manager,
  field,   // a custom field, by name
  amount,  // numbers, for ranges only
  seconds,
  working_seconds,
  currency,  // the one whose money has no rate; none: there is an amount
};
inline constexpr Attribute kLastAttribute = Attribute::currency;
[[nodiscard]] std::string_view attribute_name(Attribute attribute);

struct Label {
  Attribute attribute{};
  std::string field;                            // Attribute::field: which
  [[nodiscard]] std::string_view name() const;  // as metrics show it: a stage is "deal_stage"
  // At most kLabelMax bytes; "" becomes "none"; of a field with several values the first. Valid while the fact lives.
  [[nodiscard]] std::string_view value(const Fact& fact) const;
  static constexpr std::size_t kLabelMax = 64;
  friend bool operator==(const Label&, const Label&) = default;
};

struct Condition {
  Attribute attribute{};
  std::string field;
  std::vector<std::string> any_of;                              // empty: `min` and `max` decide
  bool negated = false;                                         // none of `any_of`
  std::int64_t min = std::numeric_limits<std::int64_t>::min();  // both included; money in minor units
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  // What is not told is "none"; of a field with several values one is enough. What is not known is in no range.
  [[nodiscard]] bool holds(const Fact& fact) const;
  friend bool operator==(const Condition&, const Condition&) = default;
};

struct Words {
  std::string ru;
  std::string en;
  friend bool operator==(const Words&, const Words&) = default;
};

struct Definition {
  std::string id;  // [a-z][a-z0-9_]*
  std::vector<FactKind> facts;
  std::vector<Condition> where;  // all of them
  Measure measure = Measure::none;
  Instant time = Instant::at;
  Attribution attribution = Attribution::owner_then;
  bool by_pipeline = true;
  bool by_manager = true;
  bool by_source = false;
  WindowSet windows = WindowSet::periods;
  bool totals = true;  // has crm_<name>_total; states never have
  std::vector<Label> total_labels;
  std::vector<Label> window_labels;
  // Names, without "crm_" and the like. name: "deals_won"; sum_name: "revenue" (empty: the sum is not shown);
  // stem: durations only, "deal_cycle" gives crm_deal_cycle_seconds. An empty name: the count is not shown.
  std::string name;
  std::string sum_name;
  std::string stem;
  std::string oldest_name;  // states: shows the age of the oldest under this name; empty: does not
  // What is counted and summed, as the end of an English sentence.
  std::string counted;
  std::string summed;
  Words title;
  Words text;  // the definition in words

  [[nodiscard]] bool counts(const Fact& fact) const;
  [[nodiscard]] bool durations() const { return measure == Measure::durations || measure == Measure::working; }
  // Has a median and a 90th percentile; of what has no amount in the base currency there is no observation.
  [[nodiscard]] bool quantiles() const { return durations() || measure == Measure::amounts; }
  // Its sum is money, in minor units.
  [[nodiscard]] bool money() const {
    return measure == Measure::money || measure == Measure::profit || measure == Measure::amounts;
  }
  // Everything that decides what its cells hold, and nothing else: a changed text counts anew.
  [[nodiscard]] std::string canonical() const;
  // A hash of canonical(), eight digits.
  [[nodiscard]] std::string version() const;
  // The name of its cells: id, '#' and version.
  [[nodiscard]] std::string cells() const;
  friend bool operator==(const Definition&, const Definition&) = default;
};

// Whether the portal is configured for what it needs; without that its figure would be a confident nothing.
[[nodiscard]] bool is_configured(const Definition& definition, const PortalSettings& portal);

// A figure computed from others at the moment of reading. Its parts are shown too.
struct Formula {
  std::string id;
  std::string name;        // "win_ratio" gives crm_window_win_ratio
  std::string expression;  // over ids of definitions: `deals_won`, `deals_won_sum`, `deal_cycle_p50`, `..._p90`
  std::string when;        // shown only where this holds; empty: always
  bool by_pipeline = true;
  bool by_manager = true;
  bool by_source = false;
  WindowSet windows = WindowSet::periods;
  std::string shown;  // what it is, as an English sentence
  Words title;
  Words text;
  friend bool operator==(const Formula&, const Formula&) = default;
};

struct Catalogue {
  std::vector<Definition> definitions;
  std::vector<Formula> formulas;
};

}  // namespace kpistream
