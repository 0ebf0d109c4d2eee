#include "stream/kpi/contribution.hpp"

#include "stream/codec/keys.hpp"
#include "stream/kpi/duration.hpp"

namespace kpistream {
namespace {

struct Contribution {
  std::string key;
  Cell cell;
};

std::vector<std::string> label_values(const std::vector<Label>& labels, const Fact& fact) {
  std::vector<std::string> values;
  values.reserve(labels.size());
  for (const Label label : labels) values.push_back(label_value(label, fact));
  return values;
}

// Count and sum; the caller adds its own kind of duration bucket.
Cell count_and_sum(const Definition& definition, const Fact& fact) {
  Cell cell;
  cell.add(kCountSlot, 1);
  if (definition.measure == Measure::money) {
    // Money in another currency waits for its rate and is counted without a sum.
    if (fact.currency.empty()) cell.add(kSumSlot, fact.amount);
  } else if (definition.measure != Measure::none) {
    cell.add(kSumSlot, fact.seconds);
  }
  return cell;
}

Contribution to_bucket(const Definition& definition, std::string_view portal, const Fact& fact) {
  BucketKey key;
  key.kpi = definition.id;
  key.minute = minute_of(fact.at);
  key.portal = portal;
  if (definition.by_pipeline) key.pipeline = fact.pipeline;
  key.manager = fact.manager;
  key.labels = label_values(definition.window_labels, fact);
  Cell cell = count_and_sum(definition, fact);
  if (definition.measure == Measure::durations) cell.add(kFirstBucketSlot + log_bucket(fact.seconds), 1);
  return {bucket_key(key), std::move(cell)};
}

// The total it belongs to, and what it is there.
struct TotalContribution {
  TotalKey key;
  Cell cell;
};

TotalContribution to_total(const Definition& definition, std::string_view portal, const Fact& fact) {
  TotalContribution total;
  total.key.kpi = definition.id;
  total.key.portal = portal;
  if (definition.by_pipeline) total.key.pipeline = fact.pipeline;
  total.key.labels = label_values(definition.total_labels, fact);
  total.cell = count_and_sum(definition, fact);
  if (definition.measure == Measure::durations) total.cell.add(kFirstBucketSlot + classic_bucket(fact.seconds), 1);
  return total;
}

void add_to(CellDeltas& deltas, const std::string& key, const Cell& cell, int sign) {
  if (cell.zero()) return;
  deltas[key].add(cell, sign);
}

void move_bucket(const Definition& definition, std::string_view portal, const Fact* before, const Fact* after,
                 CellDeltas& deltas) {
  if (before != nullptr) {
    const auto old = to_bucket(definition, portal, *before);
    add_to(deltas, old.key, old.cell, -1);
  }
  if (after != nullptr) {
    const auto now = to_bucket(definition, portal, *after);
    add_to(deltas, now.key, now.cell, 1);
  }
}

// Both totals only grow: what a change adds goes to the one, what it takes back (also by a negative amount) to the
// other.
void add_total(CellDeltas& deltas, TotalKey key, const Cell& change) {
  Cell up;
  Cell down;
  for (const auto& [slot, value] : change.slots()) (value > 0 ? up : down).add(slot, value);
  key.retracted = false;
  add_to(deltas, total_key(key), up, 1);
  key.retracted = true;
  add_to(deltas, total_key(key), down, -1);
}

bool same_dimensions(const TotalKey& a, const TotalKey& b) { return a.pipeline == b.pipeline && a.labels == b.labels; }

void move_total(const Definition& definition, std::string_view portal, const Fact* before, const Fact* after,
                CellDeltas& deltas) {
  TotalContribution old;
  TotalContribution now;
  if (before != nullptr) old = to_total(definition, portal, *before);
  if (after != nullptr) now = to_total(definition, portal, *after);
  Cell change;
  change.add(old.cell, -1);
  if (before != nullptr && after != nullptr && same_dimensions(old.key, now.key)) {
    if (old.cell == now.cell) return;
    // A re-priced deal under unchanged dimensions is not sold twice: only the difference of each number moves.
    // Histograms move whole observations, or their count would not be the sum of their buckets.
    if (definition.measure != Measure::durations) {
      change.add(now.cell);
      return add_total(deltas, now.key, change);
    }
  }
  if (before != nullptr) add_total(deltas, old.key, change);
  if (after != nullptr) add_total(deltas, now.key, now.cell);
}

void move(const std::vector<Definition>& definitions, std::string_view portal, const Fact* before, const Fact* after,
          CellDeltas& deltas) {
  for (const auto& definition : definitions) {
    const Fact* old = before != nullptr && definition.counts(*before) ? before : nullptr;
    const Fact* now = after != nullptr && definition.counts(*after) ? after : nullptr;
    if (old == nullptr && now == nullptr) continue;
    move_bucket(definition, portal, old, now, deltas);
    // A state (tasks due) has no history to total.
    if (definition.windows == WindowSet::rolling) move_total(definition, portal, old, now, deltas);
  }
}

}  // namespace

void contribute(const std::vector<Definition>& definitions, std::string_view portal, const Facts& before,
                const Facts& after, CellDeltas& deltas) {
  // Both are sorted by kind, and an entity has at most one fact of a kind.
  auto old = before.begin();
  auto now = after.begin();
  while (old != before.end() || now != after.end()) {
    const bool only_old = now == after.end() || (old != before.end() && old->kind < now->kind);
    const bool only_now = old == before.end() || (now != after.end() && now->kind < old->kind);
    if (only_old) {
      move(definitions, portal, &*old++, nullptr, deltas);
    } else if (only_now) {
      move(definitions, portal, nullptr, &*now++, deltas);
    } else {
      if (*old != *now) move(definitions, portal, &*old, &*now, deltas);
      ++old;
      ++now;
    }
  }
}

}  // namespace kpistream
