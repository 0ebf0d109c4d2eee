#include "stream/periods/advice_states.hpp"

#include <algorithm>
#include <array>

#include "stream/codec/bytes.hpp"
#include "stream/codec/keys.hpp"
#include "stream/periods/keys.hpp"

namespace kpistream::periods {
namespace {

using insight::Card;

constexpr std::uint8_t kAdviceFormat = 2;
constexpr std::uint8_t kPlainEvidence = 1;  // a KPI and a range
constexpr std::array<std::string_view, 4> kStatuses{"new", "accepted", "declined", "done"};

template <class Enum>
Enum read_enum(ByteReader& in, Enum last) {
  const std::uint8_t value = in.byte();
  if (value > static_cast<std::uint8_t>(last)) throw CodecError("stored advice has a value that nobody knows");
  return static_cast<Enum>(value);
}

void write(ByteWriter& out, const Words& words) {
  out.text(words.ru);
  out.text(words.en);
}

Words read_words(ByteReader& in) {
  Words words;
  words.ru = in.text();
  words.en = in.text();
  return words;
}

void write(ByteWriter& out, const Card& card) {
  out.text(card.id);
  out.text(card.rule);
  out.byte(static_cast<std::uint8_t>(card.subject.kind));
  out.text(card.subject.id);
  out.text(card.topic);
  out.text(card.stage);
  out.byte(static_cast<std::uint8_t>(card.severity));
  out.byte(static_cast<std::uint8_t>(card.confidence));
  out.integer(card.period);
  out.integer(card.parts.value);
  out.integer(card.parts.base);
  for (const Words* words : {&card.problem, &card.how, &card.affects, &card.ratio}) write(out, *words);
  out.varint(card.evidence.size());
  for (const auto& proof : card.evidence) {
    out.text(proof.kpi);
    out.integer(proof.range.first);
    out.integer(proof.range.last);
    out.varint(proof.slot);
    out.text(proof.due);
  }
}

Card read_card(ByteReader& in, std::uint8_t format) {
  Card card;
  card.id = in.text();
  card.rule = in.text();
  card.subject.kind = read_enum(in, insight::Subject::Kind::reason);
  card.subject.id = in.text();
  card.topic = in.text();
  card.stage = in.text();
  card.severity = read_enum(in, insight::Severity::critical);
  card.confidence = read_enum(in, insight::Confidence::high);
  card.period = in.integer();
  card.parts.value = in.integer();
  card.parts.base = in.integer();
  for (Words* words : {&card.problem, &card.how, &card.affects, &card.ratio}) *words = read_words(in);
  for (auto left = in.varint(); left != 0; --left) {
    insight::Proof proof;
    proof.kpi = in.text();
    proof.range.first = in.integer();
    proof.range.last = in.integer();
    if (format != kPlainEvidence) {
      proof.slot = static_cast<Slot>(in.varint());
      proof.due = in.text();
    }
    card.evidence.push_back(std::move(proof));
  }
  return card;
}

AdviceState decode(std::string_view value) {
  ByteReader in(value);
  const std::uint8_t format = in.byte();
  if (format < kPlainEvidence || format > kAdviceFormat) throw CodecError("stored advice has an unknown format");
  AdviceState advice;
  advice.status = read_enum(in, kLastAdviceStatus);
  advice.owner = in.text();
  advice.due = in.integer();
  advice.changed = in.integer();
  advice.accepted = in.integer();
  if (in.byte() != 0) advice.card = read_card(in, format);
  return advice;
}

bool may_become(AdviceStatus from, AdviceStatus to) {
  switch (to) {
    case AdviceStatus::fresh:
      return false;
    case AdviceStatus::accepted:
      return true;
    case AdviceStatus::declined:
      return from != AdviceStatus::done;
    case AdviceStatus::done:
      break;
  }
  return from == AdviceStatus::accepted;
}

}  // namespace

std::string_view advice_status_name(AdviceStatus status) { return kStatuses.at(static_cast<std::size_t>(status)); }

std::optional<AdviceStatus> advice_status_of(std::string_view name) {
  const auto it = std::find(kStatuses.begin(), kStatuses.end(), name);
  if (it == kStatuses.end()) return std::nullopt;
  return static_cast<AdviceStatus>(it - kStatuses.begin());
}

std::optional<AdviceState> change_advice(const AdviceState& before, const AdviceChange& change, const Card& card) {
  if (!may_become(before.status, change.status)) return std::nullopt;
  AdviceState after = before;
  if (before.status != change.status) after.changed = change.at;
  after.status = change.status;
  after.owner = change.owner;
  after.due = change.due;
  const bool counts_from_now = before.status == AdviceStatus::fresh || before.status == AdviceStatus::declined;
  if (change.status == AdviceStatus::accepted && counts_from_now) {
    after.accepted = change.at;
    after.card = card;
  }
  return after;
}

AdviceState advice_state(const State& state, const std::string& portal, const std::string& card) {
  const auto value = state.get(Space::periods, advice_key(portal, card));
  return value ? decode(*value) : AdviceState{};
}

std::map<std::string, AdviceState> advice_states(const State& state, const std::string& portal) {
  std::map<std::string, AdviceState> all;
  const std::string prefix = portal_prefix(Tag::advice, portal);
  state.scan(Space::periods, prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
    all.emplace(advice_card(key), decode(value));
    return true;
  });
  return all;
}

void put_advice(StateBatch& batch, const std::string& portal, const std::string& card, const AdviceState& advice) {
  std::string value;
  ByteWriter out(value);
  out.byte(kAdviceFormat);
  out.byte(static_cast<std::uint8_t>(advice.status));
  out.text(advice.owner);
  out.integer(advice.due);
  out.integer(advice.changed);
  out.integer(advice.accepted);
  out.byte(advice.card ? 1 : 0);
  if (advice.card) write(out, *advice.card);
  batch.puts.push_back({Space::periods, advice_key(portal, card), std::move(value)});
}

insight::AdviceEffect effect_of(const Figures& figures, const AdviceState& advice) {
  if (!advice.card) return {};
  return insight::advice_effect(figures, *advice.card, advice.accepted);
}

AdviceStatus status_of(const TakenAdvice& taken, const std::string& card) {
  const auto it = taken.find(card);
  return it == taken.end() ? AdviceStatus::fresh : it->second.state.status;
}

}  // namespace kpistream::periods
