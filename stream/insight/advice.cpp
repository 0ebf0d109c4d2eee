#include "stream/insight/advice.hpp"

#include <algorithm>

#include "stream/insight/rules.hpp"

namespace kpistream::insight {
namespace {

constexpr std::int64_t kWeekSeconds = kWeekDays * 86'400;

Confidence confidence(const Judgement& judgement) {
  if (judgement.sample >= 4 * judgement.sample_min) return Confidence::high;
  return judgement.sample >= 2 * judgement.sample_min ? Confidence::medium : Confidence::low;
}

std::string card_id(const Rule& rule, const Judgement& judgement) {
  std::string id(rule.id);
  id.append("/").append(subject_name(judgement.subject.kind));
  if (!judgement.subject.id.empty()) id.append(":").append(judgement.subject.id);
  if (!judgement.topic.empty()) id.append("/").append(judgement.topic);
  return id.append("/").append(Calendar::text(judgement.first));
}

Values values_of(const Evidence& evidence, const Judgement& judgement) {
  Values values{{{"value", judgement.parts.value}, {"base", judgement.parts.base}}, evidence.currency, judgement.unit};
  values.numbers.insert(judgement.numbers.begin(), judgement.numbers.end());
  return values;
}

Card card_of(const Figures& figures, const Evidence& evidence, const Rule& rule, const Judgement& judgement) {
  const Values values = values_of(evidence, judgement);
  const auto words = [&](const Text& text) {
    return Words{fill(Language::ru, text.ru, values), fill(Language::en, text.en, values)};
  };
  const Calendar& calendar = figures.calendar();
  Card card{.id = card_id(rule, judgement),
            .rule = std::string(rule.id),
            .subject = judgement.subject,
            .topic = judgement.topic,
            .stage = judgement.stage,
            .severity = rule.severity,
            .confidence = confidence(judgement),
            .period = judgement.first,
            .parts = judgement.parts,
            .problem = words(rule.texts->problem),
            .how = words(rule.texts->how),
            .affects = words(rule.texts->affects),
            .ratio = words(rule.texts->ratio),
            .evidence = {}};
  const Range range{calendar.begin_of(judgement.first), calendar.begin_of(judgement.last)};
  const std::string due(judgement.due);
  for (const std::string_view kpi : rule.kpis) card.evidence.push_back({std::string(kpi), range, kCountSlot, due});
  if (!judgement.kpi.empty()) card.evidence.push_back({judgement.kpi, range, judgement.slot, due});
  return card;
}

std::optional<Compared> parts_at(const Figures& figures, const Rule& rule, const Card& card, UnixSeconds moment) {
  const FiguresAt then(figures, moment);
  for (const Judgement& each : rule.judge(gather(then, false))) {
    if (each.subject == card.subject && each.topic == card.topic) return each.parts;
  }
  return std::nullopt;
}

}  // namespace

std::string_view severity_name(Severity severity) {
  constexpr std::array<std::string_view, 3> kNames{"info", "warning", "critical"};
  return kNames.at(static_cast<std::size_t>(severity));
}

std::string_view confidence_name(Confidence confidence) {
  constexpr std::array<std::string_view, 3> kNames{"low", "medium", "high"};
  return kNames.at(static_cast<std::size_t>(confidence));
}

std::string_view subject_name(Subject::Kind kind) {
  constexpr std::array<std::string_view, 6> kNames{"portal", "pipeline", "manager", "team", "source", "reason"};
  return kNames.at(static_cast<std::size_t>(kind));
}

Unit unit_of(const Card& card) {
  if (!card.topic.empty()) return unit_of(reading(std::string_view(card.topic).substr(0, card.topic.rfind('/'))));
  const Rule* const rule = find_rule(card.rule);
  return rule == nullptr ? Unit::count : rule->unit;
}

std::vector<Card> advice(const Figures& figures) {
  const Evidence evidence = gather(figures);
  std::vector<Card> cards;
  for (const Rule& rule : rules()) {
    for (const Judgement& judgement : rule.judge(evidence)) {
      if (judgement.fires) cards.push_back(card_of(figures, evidence, rule, judgement));
    }
  }
  return cards;
}

AdviceEffect advice_effect(const Figures& figures, const Card& card, UnixSeconds accepted_at) {
  AdviceEffect effect;
  const Rule* rule = find_rule(card.rule);
  if (rule == nullptr || accepted_at > figures.now()) return effect;
  for (std::size_t i = 0; i < kEffectWeeks.size(); ++i) {
    const UnixSeconds moment = accepted_at + kEffectWeeks.at(i) * kWeekSeconds;
    if (moment <= figures.now()) effect.at(i) = parts_at(figures, *rule, card, moment);
  }
  if (!effect.front()) effect.front() = card.parts;
  return effect;
}

}  // namespace kpistream::insight
