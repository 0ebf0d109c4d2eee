// What a change of facts does to cells: put, replace, take back, and totals that never fall.
#include "stream/kpi/contribution.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "stream/codec/keys.hpp"
#include "stream/kpi/duration.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

using tests::kNoon;

Fact fact_of(FactKind kind, UnixSeconds at, MinorUnits amount = 0, std::int64_t seconds = 0) {
  Fact fact;
  fact.kind = kind;
  fact.at = at;
  fact.manager = "7";
  fact.pipeline = "5";
  fact.amount = amount;
  fact.seconds = seconds;
  if (kind == FactKind::deal_won) fact.outcome = "won";
  if (kind == FactKind::deal_lost) fact.outcome = "lost";
  if (kind == FactKind::call) fact.outcome = "talk";
  return fact;
}

Facts random_facts(std::mt19937& random) {
  Facts facts;
  for (int kind = 1; kind <= 31; ++kind) {
    if (random() % 3 != 0) continue;
    auto fact = fact_of(static_cast<FactKind>(kind), kNoon + static_cast<UnixSeconds>(random() % 200),
                        static_cast<MinorUnits>(random() % 7) - 3, static_cast<std::int64_t>(random() % 500) - 1);
    fact.manager = std::to_string(random() % 2);
    fact.pipeline = std::to_string(random() % 2);
    if (random() % 4 == 0) fact.currency = "USD";
    if (random() % 4 == 0) fact.reason = "price";
    facts.push_back(fact);
  }
  return facts;
}

void contribute(const Facts& before, const Facts& after, CellDeltas& deltas) {
  static const Counting counting(tests::test_catalogue());
  static const Calendar calendar{PortalSettings{}};
  counting.change("acme", calendar, before, after, deltas);
}

CellDeltas change(const Facts& before, const Facts& after) {
  CellDeltas deltas;
  contribute(before, after, deltas);
  return deltas;
}

// "deals_won" of "deals_won#1234abcd".
std::string kpi_of(const std::string& cells) { return cells.substr(0, cells.find('#')); }

// What all facts in force add up to, counted afresh.
CellDeltas buckets_of(const Facts& facts) {
  CellDeltas buckets;
  for (const auto& [key, cell] : change({}, facts)) {
    if (!is_total_key(key) && !cell.zero()) buckets[key] = cell;
  }
  return buckets;
}

std::int64_t total(const CellDeltas& deltas, const std::string& kpi, bool retracted, Slot slot = kCountSlot) {
  std::int64_t sum = 0;
  for (const auto& [key, cell] : deltas) {
    if (!is_total_key(key)) continue;
    const auto parsed = parse_total_key(key);
    if (kpi_of(parsed.cells) == kpi && parsed.retracted == retracted) sum += cell.at(slot);
  }
  return sum;
}

std::int64_t bucket(const CellDeltas& deltas, const std::string& kpi, Minute minute, Slot slot = kCountSlot) {
  std::int64_t sum = 0;
  for (const auto& [key, cell] : deltas) {
    if (is_total_key(key)) continue;
    const auto parsed = parse_bucket_key(key);
    if (kpi_of(parsed.cells) == kpi && parsed.grain == Grain::minute && parsed.bucket == minute) sum += cell.at(slot);
  }
  return sum;
}

TEST(Contribution, AFactPutAndTakenBackLeavesNothingInBuckets) {
  const Facts facts{fact_of(FactKind::deal_won, kNoon, 250, 600)};
  auto deltas = change({}, facts);
  contribute(facts, {}, deltas);
  for (const auto& [key, cell] : deltas) EXPECT_EQ(cell.zero(), !is_total_key(key));
  EXPECT_EQ(total(deltas, "deals_won", false), 1);
  EXPECT_EQ(total(deltas, "deals_won", true), 1);
  EXPECT_EQ(total(deltas, "deals_won", true, kSumSlot), 250);
}

TEST(Contribution, AMovedFactLeavesOneMinuteAndEntersAnother) {
  const auto deltas = change({fact_of(FactKind::deal_won, kNoon)}, {fact_of(FactKind::deal_won, kNoon + 60)});
  EXPECT_EQ(bucket(deltas, "deals_won", minute_of(kNoon)), -1);
  EXPECT_EQ(bucket(deltas, "deals_won", minute_of(kNoon) + 1), 1);
  EXPECT_EQ(total(deltas, "deals_won", false), 0) << "sold once, whenever";
}

TEST(Contribution, AnotherPriceMovesTheDifferenceOnly) {
  const auto up = change({fact_of(FactKind::deal_won, kNoon, 100)}, {fact_of(FactKind::deal_won, kNoon, 130)});
  EXPECT_EQ(total(up, "deals_won", false, kSumSlot), 30);
  EXPECT_EQ(total(up, "deals_won", true, kSumSlot), 0);
  EXPECT_EQ(total(up, "deals_won", false), 0);
  const auto down = change({fact_of(FactKind::deal_won, kNoon, 130)}, {fact_of(FactKind::deal_won, kNoon, 100)});
  EXPECT_EQ(total(down, "deals_won", false, kSumSlot), 0);
  EXPECT_EQ(total(down, "deals_won", true, kSumSlot), 30);
}

TEST(Contribution, AnotherFunnelIsARetractionInTheOldOne) {
  auto moved = fact_of(FactKind::deal_won, kNoon, 100);
  moved.pipeline = "6";
  const auto deltas = change({fact_of(FactKind::deal_won, kNoon, 100)}, {moved});
  EXPECT_EQ(total(deltas, "deals_won", true), 1);
  EXPECT_EQ(total(deltas, "deals_won", false), 1);
}

TEST(Contribution, AnotherManagerIsNoRetraction) {
  auto moved = fact_of(FactKind::deal_won, kNoon, 100);
  moved.manager = "9";
  const auto deltas = change({fact_of(FactKind::deal_won, kNoon, 100)}, {moved});
  EXPECT_EQ(total(deltas, "deals_won", true) + total(deltas, "deals_won", false), 0);
}

TEST(Contribution, MoneyOfAnotherCurrencyIsCountedWithoutASum) {
  auto dollars = fact_of(FactKind::deal_won, kNoon, 100);
  dollars.currency = "USD";
  const auto deltas = change({}, {dollars});
  EXPECT_EQ(bucket(deltas, "deals_won", minute_of(kNoon)), 1);
  EXPECT_EQ(bucket(deltas, "deals_won", minute_of(kNoon), kSumSlot), 0);
}

TEST(Contribution, ANegativeAmountDoesNotMakeATotalFall) {
  const Facts refund{fact_of(FactKind::payment, kNoon, -300)};
  const auto put = change({}, refund);
  EXPECT_EQ(total(put, "payments", false), 1);
  EXPECT_EQ(total(put, "payments", false, kSumSlot), 0);
  EXPECT_EQ(total(put, "payments", true, kSumSlot), 300) << "net -300";
  const auto back = change(refund, {});
  EXPECT_EQ(total(back, "payments", true), 1);
  EXPECT_EQ(total(back, "payments", false, kSumSlot), 300) << "net 0 again";
}

TEST(Contribution, AStateHasNoTotals) {
  for (const auto& [key, cell] :
       change({}, {fact_of(FactKind::task_due, kNoTime), fact_of(FactKind::meeting_planned, kNoon)})) {
    EXPECT_FALSE(is_total_key(key));
  }
}

// A walk through random states of one record: whatever path leads there, buckets are those of the facts in force.
TEST(Contribution, BucketsFollowTheFactsAndTotalsNeverFall) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  CellDeltas sum;
  Facts now;
  for (int step = 0; step < 2'000; ++step) {
    const Facts next = random() % 5 == 0 ? Facts{} : random_facts(random);
    for (const auto& [key, cell] : change(now, next)) {
      if (is_total_key(key)) {
        for (const auto& [slot, value] : cell.slots()) ASSERT_GT(value, 0) << "slot " << slot << " at step " << step;
      }
      sum[key].add(cell);
    }
    now = next;
    CellDeltas buckets;
    for (const auto& [key, cell] : sum) {
      if (!is_total_key(key) && !cell.zero()) buckets[key] = cell;
    }
    ASSERT_EQ(buckets, buckets_of(now)) << "step " << step;
  }
}

// Net totals are what the facts in force add up to, for every number of them.
TEST(Contribution, TotalsMinusRetractionsAreTheFactsInForce) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto net = [](const CellDeltas& deltas) {
    std::map<std::string, Cell> cells;
    for (const auto& [key, cell] : deltas) {
      if (!is_total_key(key)) continue;
      auto parsed = parse_total_key(key);
      const int sign = parsed.retracted ? -1 : 1;
      parsed.retracted = false;
      cells[total_key(parsed)].add(cell, sign);
    }
    std::erase_if(cells, [](const auto& entry) { return entry.second.zero(); });
    return cells;
  };
  for (int round = 0; round < 100; ++round) {
    CellDeltas sum;
    Facts now;
    for (int step = 0; step < 20; ++step) {
      const Facts next = random_facts(random);
      contribute(now, next, sum);
      now = next;
    }
    ASSERT_EQ(net(sum), net(change({}, now))) << "round " << round;
  }
}

TEST(Contribution, AHistogramCountsWhatItsBucketsHold) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  CellDeltas sum;
  Facts now;
  for (int step = 0; step < 500; ++step) {
    const Facts next = random_facts(random);
    contribute(now, next, sum);
    now = next;
  }
  std::size_t checked = 0;
  for (const auto& [key, cell] : sum) {
    if (!is_total_key(key)) continue;
    const auto kpi = kpi_of(parse_total_key(key).cells);
    if (kpi != "first_response" && kpi != "deal_cycle") continue;
    std::int64_t held = 0;
    for (const auto& [slot, count] : cell.slots()) held += slot >= kFirstBucketSlot ? count : 0;
    EXPECT_EQ(held, cell.at(kCountSlot));
    ++checked;
  }
  EXPECT_GT(checked, 0U);
}

}  // namespace
}  // namespace kpistream
