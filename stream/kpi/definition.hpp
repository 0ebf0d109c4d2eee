// A KPI as data: which facts it counts, what of them it sums, and under which names it is shown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stream/facts/fact.hpp"
#include "stream/kpi/calendar.hpp"

namespace kpistream {

enum class Measure : std::uint8_t {
  none,       // count only
  money,      // sum of `amount`
  seconds,    // sum of `seconds`
  durations,  // sum of `seconds` and a histogram of them, where they are known
};

// A dimension beside portal, pipeline and manager: a field of the fact with a closed or bounded set of values.
enum class Label : std::uint8_t { direction, outcome, result, loss_reason };
[[nodiscard]] std::string_view label_name(Label label);
[[nodiscard]] const std::string& label_value(Label label, const Fact& fact);

struct Definition {
  std::string id;  // stable: part of the keys of its cells
  std::vector<FactKind> facts;
  std::vector<std::string> outcomes;  // condition: one of these; empty: any
  Measure measure = Measure::none;
  bool by_pipeline = true;
  WindowSet windows = WindowSet::rolling;
  std::vector<Label> total_labels;
  std::vector<Label> window_labels;
  // Names, without "crm_" and the like. noun: "deals_won"; sum_noun: "revenue" (empty: the sum is not shown);
  // stem: durations only, "deal_cycle" gives crm_deal_cycle_seconds. An empty noun: the count is not shown.
  std::string noun;
  std::string sum_noun;
  std::string stem;
  // What is counted and summed, as the end of an English sentence.
  std::string counted;
  std::string summed;
  std::string title_ru;
  std::string title_en;

  [[nodiscard]] bool counts(const Fact& fact) const;
};

// The KPIs in force. The same list everywhere: processor, board, exporter, verify.
[[nodiscard]] const std::vector<Definition>& built_in_catalogue();

}  // namespace kpistream
