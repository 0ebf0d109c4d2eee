#include "stream/kpi/contribution.hpp"

#include <algorithm>
#include <tuple>

#include "stream/codec/keys.hpp"
#include "stream/kpi/duration.hpp"

namespace kpistream {
namespace {

const std::string kNoSource = "none";

std::vector<std::string> label_values(const std::vector<Label>& labels, const Fact& fact) {
  std::vector<std::string> values;
  values.reserve(labels.size());
  for (const Label& label : labels) values.emplace_back(label.value(fact));
  return values;
}

std::int64_t duration_of(const Definition& definition, const Fact& fact) {
  return definition.measure == Measure::working ? fact.working_seconds : fact.seconds;
}

// Count and sum; the caller adds its own kind of duration bucket.
Cell count_and_sum(const Definition& definition, const Fact& fact) {
  Cell cell;
  cell.add(kCountSlot, 1);
  switch (definition.measure) {
    case Measure::none:
      break;
    case Measure::money:
    case Measure::amounts:
      // Money in another currency waits for its rate and is counted without a sum.
      if (fact.currency.empty()) cell.add(kSumSlot, fact.amount);
      break;
    case Measure::profit:
      if (fact.currency.empty()) cell.add(kSumSlot, fact.profit);
      break;
    case Measure::seconds:
    case Measure::durations:
    case Measure::working:
      cell.add(kSumSlot, duration_of(definition, fact));
      break;
  }
  return cell;
}

void add_to(CellDeltas& deltas, const std::string& key, const Cell& cell, int sign) {
  if (!cell.zero()) deltas[key].add(cell, sign);
}

// Whether two facts mean the same to a definition. Most changes of a record leave most of what is counted alone.
bool count_alike(const Definition& definition, const Fact& a, const Fact& b) {
  const auto same_labels = [&](const std::vector<Label>& labels) {
    return std::all_of(labels.begin(), labels.end(),
                       [&](const Label& label) { return label.value(a) == label.value(b); });
  };
  if (instant_of(definition, a) != instant_of(definition, b)) return false;
  if (definition.by_manager && manager_of(definition, a) != manager_of(definition, b)) return false;
  if (definition.by_pipeline && a.pipeline != b.pipeline) return false;
  if (definition.by_source && a.source != b.source) return false;
  if (!same_labels(definition.window_labels) || !same_labels(definition.total_labels)) return false;
  switch (definition.measure) {
    case Measure::none:
      return true;
    case Measure::money:
    case Measure::amounts:
      return a.amount == b.amount && a.currency.empty() == b.currency.empty();
    case Measure::profit:
      return a.profit == b.profit && a.currency.empty() == b.currency.empty();
    case Measure::seconds:
    case Measure::durations:
    case Measure::working:
      return duration_of(definition, a) == duration_of(definition, b);
  }
  return false;
}

void move_bucket(const Definition& definition, const std::string& cells, std::string_view portal,
                 const Calendar& calendar, const Fact& fact, int sign, CellDeltas& deltas) {
  const UnixSeconds at = instant_of(definition, fact);
  BucketKeyWriter key(cells, portal);
  key.dimension(definition.by_pipeline ? std::string_view(fact.pipeline) : std::string_view());
  key.dimension(definition.by_manager ? std::string_view(manager_of(definition, fact)) : std::string_view());
  key.dimension(definition.by_source ? std::string_view(fact.source.empty() ? kNoSource : fact.source)
                                     : std::string_view());
  for (const Label& label : definition.window_labels) key.dimension(label.value(fact));
  Cell cell = count_and_sum(definition, fact);
  if (definition.durations()) cell.add(kFirstBucketSlot + log_bucket(duration_of(definition, fact)), 1);
  if (definition.measure == Measure::amounts && fact.currency.empty()) {
    cell.add(kFirstBucketSlot + log_bucket(fact.amount), 1);
  }
  add_to(deltas, key.at(Grain::minute, minute_of(at)), cell, sign);
  if (!is_history(definition.windows)) return;  // states are few, and never read by the day
  add_to(deltas, key.at(Grain::day, calendar.day_of(at)), cell, sign);
}

// The total it belongs to, and what it is there.
struct TotalContribution {
  TotalKey key;
  Cell cell;
};

TotalContribution to_total(const Definition& definition, const std::string& cells, std::string_view portal,
                           const Fact& fact) {
  TotalContribution total;
  total.key.cells = cells;
  total.key.portal = portal;
  if (definition.by_pipeline) total.key.pipeline = fact.pipeline;
  total.key.labels = label_values(definition.total_labels, fact);
  total.cell = count_and_sum(definition, fact);
  if (definition.durations()) total.cell.add(kFirstBucketSlot + classic_bucket(duration_of(definition, fact)), 1);
  return total;
}

// Both totals only grow: what a change adds goes to the one, what it takes back (also by a negative amount) to the
// other.
void add_total(CellDeltas& deltas, TotalKey key, const Cell& change) {
  Cell up;
  Cell down;
  for (const auto& [slot, value] : change.slots()) (value > 0 ? up : down).add(slot, value);
  key.retracted = false;
  if (!up.zero()) add_to(deltas, total_key(key), up, 1);
  key.retracted = true;
  if (!down.zero()) add_to(deltas, total_key(key), down, -1);
}

bool same_dimensions(const TotalKey& a, const TotalKey& b) { return a.pipeline == b.pipeline && a.labels == b.labels; }

void move_total(const Definition& definition, const std::string& cells, std::string_view portal, const Fact* before,
                const Fact* after, CellDeltas& deltas) {
  TotalContribution old;
  TotalContribution now;
  if (before != nullptr) old = to_total(definition, cells, portal, *before);
  if (after != nullptr) now = to_total(definition, cells, portal, *after);
  Cell change;
  change.add(old.cell, -1);
  if (before != nullptr && after != nullptr && same_dimensions(old.key, now.key)) {
    if (old.cell == now.cell) return;
    // A re-priced deal under unchanged dimensions is not sold twice: only the difference of each number moves.
    // Histograms move whole observations, or their count would not be the sum of their buckets.
    if (!definition.durations()) {
      change.add(now.cell);
      return add_total(deltas, now.key, change);
    }
  }
  if (before != nullptr) add_total(deltas, old.key, change);
  if (after != nullptr) add_total(deltas, now.key, now.cell);
}

}  // namespace

UnixSeconds instant_of(const Definition& definition, const Fact& fact) {
  return definition.time == Instant::created && fact.created != 0 ? fact.created : fact.at;
}

const std::string& manager_of(const Definition& definition, const Fact& fact) {
  switch (definition.attribution) {
    case Attribution::owner_now:
      return fact.owner;
    case Attribution::actor:
      return fact.actor.empty() ? fact.manager : fact.actor;
    case Attribution::owner_then:
      break;
  }
  return fact.manager;
}

Counting::Counting(std::vector<Definition> definitions) : definitions_(std::move(definitions)) {
  for (std::size_t i = 0; i < definitions_.size(); ++i) {
    cells_.push_back(definitions_[i].cells());
    for (const FactKind kind : definitions_[i].facts) by_kind_.at(static_cast<std::size_t>(kind)).push_back(i);
  }
}

void Counting::move(std::string_view portal, const Calendar& calendar, const Fact* before, const Fact* after,
                    CellDeltas& deltas) const {
  const FactKind kind = before != nullptr ? before->kind : after->kind;
  for (const std::size_t i : by_kind_.at(static_cast<std::size_t>(kind))) {
    const Definition& definition = definitions_[i];
    const Fact* old = before != nullptr && definition.counts(*before) ? before : nullptr;
    const Fact* now = after != nullptr && definition.counts(*after) ? after : nullptr;
    if (old != nullptr && now != nullptr && count_alike(definition, *old, *now)) continue;
    if (old != nullptr) move_bucket(definition, cells_[i], portal, calendar, *old, -1, deltas);
    if (now != nullptr) move_bucket(definition, cells_[i], portal, calendar, *now, 1, deltas);
    const bool total = definition.totals && definition.windows == WindowSet::periods;
    if (total && (old != nullptr || now != nullptr)) move_total(definition, cells_[i], portal, old, now, deltas);
  }
}

void Counting::change(std::string_view portal, const Calendar& calendar, const Facts& before, const Facts& after,
                      CellDeltas& deltas) const {
  const auto less = [](const Fact& a, const Fact& b) { return std::tie(a.kind, a.part) < std::tie(b.kind, b.part); };
  auto old = before.begin();
  auto now = after.begin();
  while (old != before.end() || now != after.end()) {
    const bool only_old = now == after.end() || (old != before.end() && less(*old, *now));
    const bool only_now = !only_old && (old == before.end() || less(*now, *old));
    if (only_old) {
      move(portal, calendar, &*old++, nullptr, deltas);
    } else if (only_now) {
      move(portal, calendar, nullptr, &*now++, deltas);
    } else {
      if (*old != *now) move(portal, calendar, &*old, &*now, deltas);
      ++old;
      ++now;
    }
  }
}

}  // namespace kpistream
