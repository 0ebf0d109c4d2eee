// The rules of advice as data. A new rule is one function, one entry in the table and its texts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stream/insight/advice.hpp"
#include "stream/insight/evidence.hpp"
#include "stream/insight/wording.hpp"

namespace kpistream::insight {

// What a rule finds about one subject, whether it fires or not: an effect is measured after the problem is gone too.
struct Judgement {
  Subject subject;
  Compared parts;  // "value" and "base" in texts
  bool fires = false;
  std::int64_t sample = 0;  // and the smallest one the rule takes, for Confidence
  std::int64_t sample_min = 1;
  Day first = 0;                                                        // the days it is about
  Day last = 0;                                                         // excluded
  std::vector<std::pair<std::string_view, std::int64_t>> numbers = {};  // more of them, for texts
  std::string topic = {};
  std::string stage = {};
  std::string kpi = {};       // instead of the rule's
  Slot slot = kCountSlot;     // of it
  std::string_view due = {};  // of KPIs by their due: which part
  Unit unit = Unit::count;    // of {x:amount} in texts
};

struct Text {
  std::string_view ru;
  std::string_view en;
};

// With places as in wording.hpp.
struct RuleTexts {
  Text problem;
  Text how;
  Text affects;
  Text ratio;
};

struct Rule {
  std::string_view id;
  Severity severity;
  std::vector<Judgement> (*judge)(const Evidence& evidence);
  std::vector<std::string_view> kpis;  // where to look deeper
  const RuleTexts* texts;
  Unit unit = Unit::count;  // of both parts; those of a target are in the units of its KPI
};

[[nodiscard]] std::span<const Rule> rules();
[[nodiscard]] const Rule* find_rule(std::string_view id);  // nullptr when there is none

}  // namespace kpistream::insight
