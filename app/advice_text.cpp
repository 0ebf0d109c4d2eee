#include "app/advice_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <vector>

#include "app/json_text.hpp"

namespace kpistream::app {
namespace {

using periods::AdviceTaken;

void each_card(const PortalInsight& portal,
               const std::function<void(const insight::Card& card, const AdviceTaken& taken, bool current)>& visit) {
  std::vector<std::string_view> shown;
  for (const auto& card : portal.summary->cards) {
    const auto taken = portal.taken->find(card.id);
    visit(card, taken == portal.taken->end() ? AdviceTaken{} : taken->second, true);
    shown.push_back(card.id);
  }
  for (const auto& [id, taken] : *portal.taken) {
    if (taken.state.card && std::find(shown.begin(), shown.end(), id) == shown.end()) {
      visit(*taken.state.card, taken, false);
    }
  }
}

std::string words_json(const Words& words) {
  return fmt::format(R"({{"ru":{},"en":{}}})", json(words.ru), json(words.en));
}

std::string evidence_json(const insight::Card& card) {
  std::vector<std::string> evidence;
  for (const auto& proof : card.evidence) {
    evidence.push_back(fmt::format(R"({{"kpi":{},"from":{},"to":{}}})", json(proof.kpi), proof.range.first * 60,
                                   proof.range.last * 60));
  }
  return fmt::format("[{}]", fmt::join(evidence, ","));
}

// What is not measured, or not yet, is not there.
std::string effect_json(const insight::AdviceEffect& effect) {
  std::vector<std::string> moments;
  for (std::size_t i = 0; i < effect.size(); ++i) {
    if (!effect.at(i)) continue;
    moments.push_back(fmt::format(R"({{"weeks":{},"value":{},"base":{}}})", insight::kEffectWeeks.at(i),
                                  effect.at(i)->value, effect.at(i)->base));
  }
  return fmt::format("[{}]", fmt::join(moments, ","));
}

// As lines of tables have it: what the parts are, and how many of an integer are one.
std::string unit_json(insight::Unit unit) {
  switch (unit) {
    case insight::Unit::money:
      return R"("unit":"money","scale":100)";
    case insight::Unit::seconds:
      return R"("unit":"seconds","scale":1)";
    case insight::Unit::share:
      return R"("unit":"ratio","scale":1000)";
    case insight::Unit::count:
      break;
  }
  return R"("unit":"count","scale":1)";
}

std::string moment_json(UnixSeconds at) { return at == 0 ? "null" : std::to_string(at); }

std::string state_json(const AdviceTaken& taken, bool current) {
  const auto& state = taken.state;
  return fmt::format(R"("current":{},"status":{},"owner":{},"due":{},"changed":{},"accepted":{},"effect":{})", current,
                     json(periods::advice_status_name(state.status)), json(state.owner), moment_json(state.due),
                     moment_json(state.changed), moment_json(state.accepted), effect_json(taken.effect));
}

std::string card_json(const std::string& portal, const insight::Card& card, const AdviceTaken& taken, bool current) {
  return fmt::format(
      R"({{"portal":{},"id":{},"rule":{},"subject":{},"subject_id":{},"severity":{},"confidence":{},"problem":{},)"
      R"("how":{},"affects":{},"ratio":{},"value":{},"base":{},{},"evidence":{},{}}})",
      json(portal), json(card.id), json(card.rule), json(insight::subject_name(card.subject.kind)),
      json(card.subject.id), json(insight::severity_name(card.severity)),
      json(insight::confidence_name(card.confidence)), words_json(card.problem), words_json(card.how),
      words_json(card.affects), words_json(card.ratio), card.parts.value, card.parts.base,
      unit_json(insight::unit_of(card)), evidence_json(card), state_json(taken, current));
}

std::string state_text(const AdviceTaken& taken, const Calendar& calendar) {
  const auto& state = taken.state;
  std::string text(periods::advice_status_name(state.status));
  if (state.changed != 0) text += " on " + Calendar::text(calendar.day_of(state.changed));
  if (!state.owner.empty()) text += ", by manager " + state.owner;
  if (state.due != 0) text += ", until " + Calendar::text(calendar.day_of(state.due - 1));
  return text;
}

std::string effect_text(const insight::Card& card, const insight::AdviceEffect& effect, std::string_view currency) {
  const auto part = [&](std::int64_t value) {
    return insight::amount(insight::Language::en, insight::unit_of(card), value, currency);
  };
  std::string text;
  for (std::size_t i = 0; i < effect.size(); ++i) {
    if (!effect.at(i)) continue;
    const int weeks = insight::kEffectWeeks.at(i);
    text += text.empty() ? "  effect: " : "; ";
    text += weeks == 0 ? "then" : fmt::format("after {} {}", weeks, weeks == 1 ? "week" : "weeks");
    text += fmt::format(" {} to {}", part(effect.at(i)->value), part(effect.at(i)->base));
  }
  return text.empty() ? text : text + "\n";
}

}  // namespace

std::string advice_json(const PortalInsight& portal) {
  std::vector<std::string> cards;
  each_card(portal, [&](const insight::Card& card, const AdviceTaken& taken, bool current) {
    cards.push_back(card_json(portal.summary->portal, card, taken, current));
  });
  return fmt::format("{}", fmt::join(cards, ","));
}

std::string advice_text(const PortalInsight& portal, const PortalSettings& settings) {
  const Calendar calendar(settings);
  std::string text;
  each_card(portal, [&](const insight::Card& card, const AdviceTaken& taken, bool current) {
    text += fmt::format("{}  {}  [{}{}]\n  {}\n  {}\n  {}\n{}", portal.summary->portal, card.id,
                        state_text(taken, calendar), current ? "" : ", holds no more", card.problem.en, card.ratio.en,
                        card.how.en, effect_text(card, taken.effect, settings.currency));
  });
  return text;
}

}  // namespace kpistream::app
