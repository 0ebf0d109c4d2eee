#include "tests/model/telling.hpp"

#include <algorithm>

#include "stream/facts/field_mark.hpp"

namespace kpistream::model {
namespace {

struct Word {
  double order = 0;
  Observation seen;
};

StagePoint point_of(const Standing& standing, const History& history) {
  const bool entry_times = history.entry_times;
  StagePoint point;
  point.at = standing.at;
  point.entered = entry_times ? standing.moved : 0;
  point.mover = entry_times ? standing.mover : "";
  point.author = standing.author;
  point.pipeline = standing.pipeline;
  point.stage = standing.stage;
  point.outcome = standing.outcome;
  point.owner = standing.owner;
  point.amount = standing.amount;
  point.currency = standing.currency;
  point.fields = field_mark(standing.fields, history.settings);
  return point;
}

Observation observation_of(const Thing& thing, const Happening& h, const History& history) {
  Observation seen;
  seen.ref = thing.ref;
  seen.version = h.at;
  seen.name = thing.name;
  if (h.what == What::remove) seen.presence = Presence::gone;
  if (h.what == What::remove || h.what == What::name) return seen;
  if (h.what == What::restore) seen.presence = Presence::present;
  seen.created = thing.created;
  seen.creator = thing.creator;
  seen.source = thing.source;
  seen.ignore = thing.ignore;
  if (thing.acted) {
    seen.details = thing.details;
    if (thing.ref.kind == EntityKind::call && h.what == What::act) seen.details->target = h.details.target;
    return seen;
  }
  seen.loss_reason = thing.reason;
  seen.point = point_of(thing.standings.back(), history);
  seen.repeat = thing.repeat;
  seen.parent = thing.parent;
  seen.client = thing.client;
  if (thing.ref.kind == EntityKind::deal) seen.cards = thing.cards;
  seen.fields = thing.fields;
  return seen;
}

// The luck of a happening: its own, whatever else happens.
Chance luck_of(const Way& way, const Happening& h) {
  std::uint64_t mixed = way.seed ^ (static_cast<std::uint64_t>(h.at) * 1'000'003);
  for (const char c : h.ref.id) mixed = mixed * 131 + static_cast<unsigned char>(c);
  return Chance(mixed * 31 + static_cast<std::uint64_t>(h.what));
}

// What the record tells next, if it tells all that this word does.
bool told_again(const History& history, std::size_t i) {
  const Happening& h = history.happenings[i];
  if (h.what == What::remove || h.what == What::restore || h.what == What::name) return false;
  const bool of_fields = h.what == What::reprice || h.what == What::reassign || h.what == What::refield;
  if (of_fields && !history.settings.action_fields.empty()) return false;  // nor can it be known who did this
  if (h.who.empty()) return false;  // then the next one who touches it is taken for whoever did this
  for (std::size_t next = i + 1; next < history.happenings.size(); ++next) {
    const Happening& later = history.happenings[next];
    if (later.ref != h.ref) continue;
    const EntityRef& target = later.details.target;
    const bool other_card = h.ref.kind == EntityKind::call && !h.details.target.id.empty() &&
                            (target.id.empty() || target.kind == EntityKind::card);
    return (later.what == What::act && !other_card) || (later.what == What::edit && history.entry_times);
  }
  return false;
}

// Gone and present are believed in the order of the journal: they keep it.
void order_presence(std::vector<Word>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].seen.presence == Presence::unchanged) continue;
    for (std::size_t j = i + 1; j < words.size(); ++j) {
      const Observation& other = words[j].seen;
      if (other.presence == Presence::unchanged || other.ref != words[i].seen.ref) continue;
      if (other.version < words[i].seen.version) std::swap(words[i].seen, words[j].seen);
    }
  }
}

void repeat(std::vector<Word>& words, const Word& word, Chance& luck) {
  Word again = word;
  if (again.seen.presence == Presence::gone) {
    again.order += 1e-6;
  } else {
    again.seen.presence = Presence::unchanged;
    again.order += static_cast<double>(luck.number(0, 12));
  }
  words.push_back(std::move(again));
}

// A contact tells that it has the deal.
void tell_by_card(std::vector<Word>& words, const Word& word, Chance& luck) {
  if (!word.seen.cards || word.seen.cards->empty()) return;
  Word other;
  other.order = word.order + static_cast<double>(luck.number(-12, 12));
  other.seen.ref = word.seen.ref;
  other.seen.version = word.seen.version;
  other.seen.card = luck.of(*word.seen.cards);
  words.push_back(std::move(other));
}

// The same call, noted on a card of somebody else's in the same second.
void note_elsewhere(std::vector<Word>& words, const Word& word, Chance& luck) {
  if (word.seen.ref.kind != EntityKind::call || !word.seen.details) return;
  Word again = word;
  again.seen.presence = Presence::unchanged;
  EntityRef& target = again.seen.details->target;
  const bool known = !target.id.empty() && target.kind != EntityKind::card;
  target = known && luck.in(2) ? EntityRef{EntityKind::card, "contact:8"} : EntityRef{};
  again.seen.details->rating = 0;
  again.order += static_cast<double>(luck.number(-12, 12));
  words.push_back(std::move(again));
}

}  // namespace

Told tell(const History& history, const Way& way) {
  World world;
  Chance way_luck(way.seed);
  const std::int64_t reach = way.disorder ? way_luck.of(std::vector<std::int64_t>{0, 0, 3, 20, 1'000'000}) : 0;
  const std::int64_t joined = way_luck.of(std::vector<std::int64_t>{1, 2, 5});
  std::vector<Word> words;
  for (std::size_t i = 0; i < history.happenings.size(); ++i) {
    const Happening& h = history.happenings[i];
    const Thing* thing = world.happen(h);
    if (thing == nullptr) continue;
    Chance luck = luck_of(way, h);
    Word word{static_cast<double>(i) + static_cast<double>(luck.number(0, reach * 1'000)) / 1'000,
              observation_of(*thing, h, history)};
    const bool untold = luck.in(3) && way.gaps && told_again(history, i);
    if (luck.in(4) && way.repeats) repeat(words, word, luck);
    if (luck.in(4) && way.repeats) tell_by_card(words, word, luck);
    if (luck.in(4) && way.repeats) note_elsewhere(words, word, luck);
    if (!untold) words.push_back(std::move(word));
  }
  std::stable_sort(words.begin(), words.end(), [](const Word& a, const Word& b) { return a.order < b.order; });
  order_presence(words);
  Told told;
  for (Word& word : words) {
    if (told.empty() || way_luck.in(joined)) told.emplace_back();
    told.back().push_back(std::move(word.seen));
  }
  return told;
}

}  // namespace kpistream::model
