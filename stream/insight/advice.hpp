// K31: advice in plain words for a head of sales, and what became of it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/insight/numbers.hpp"
#include "stream/insight/view.hpp"
#include "stream/insight/wording.hpp"
#include "stream/kpi/definition.hpp"

namespace kpistream::insight {

enum class Severity : std::uint8_t { info, warning, critical };
[[nodiscard]] std::string_view severity_name(Severity severity);

// How much the figures behind a card weigh: the sample is at least the rule's smallest one, twice, or four times it.
enum class Confidence : std::uint8_t { low, medium, high };
[[nodiscard]] std::string_view confidence_name(Confidence confidence);

// Whom or what a card is about.
struct Subject {
  enum class Kind : std::uint8_t { portal, pipeline, manager, team, source, reason };
  Kind kind = Kind::portal;
  std::string id;  // empty: of the whole portal, or the team of those without one
  friend bool operator==(const Subject&, const Subject&) = default;
};
[[nodiscard]] std::string_view subject_name(Subject::Kind kind);

// Where the figures of a card come from, to look deeper: the facts of a KPI in a range.
struct Proof {
  std::string kpi;
  Range range;
  Slot slot = kCountSlot;  // what is read of it: how many, or how much
  std::string due = {};    // of a KPI by its due: which part, "tomorrow"; else empty
  friend bool operator==(const Proof&, const Proof&) = default;
};

// The texts name no person, pipeline or source: who shows a card puts the name of its subject beside them.
struct Card {
  std::string id;    // rule, subject, topic and first day of the period, and nothing else
  std::string rule;  // as the label `rule`
  Subject subject;
  std::string topic;  // of a target: its KPI and period, "revenue/month"; else empty
  std::string stage;  // where to look first: the bottleneck of a clot of the whole portal; else empty
  Severity severity = Severity::info;
  Confidence confidence = Confidence::low;
  Day period = 0;  // first day
  Compared parts;  // of the rule's ratio
  Words problem;
  Words how;
  Words affects;
  Words ratio;  // both numbers and the norm
  std::vector<Proof> evidence;
};

// What both parts of a card are, also of one that was kept.
[[nodiscard]] Unit unit_of(const Card& card);

// The cards of now: by rule in the order of rules(), then by subject. A rule whose figures are not known, not covered
// or too few gives none.
[[nodiscard]] std::vector<Card> advice(const Figures& figures);

// The rule's ratio when the card was accepted and later: what the advice was good for. Nothing while a moment is not
// reached, or where the rule has no figures of it. Rules about what stands now (tasks, meetings, quotes) know only the
// card's own figures, since a state leaves no history.
inline constexpr std::array<int, 4> kEffectWeeks{0, 1, 2, 4};
using AdviceEffect = std::array<std::optional<Compared>, kEffectWeeks.size()>;
[[nodiscard]] AdviceEffect advice_effect(const Figures& figures, const Card& card, UnixSeconds accepted_at);

}  // namespace kpistream::insight
