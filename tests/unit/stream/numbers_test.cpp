// Cells, duration buckets, keys and values.
#include <gtest/gtest.h>

#include <random>

#include "stream/codec/bytes.hpp"
#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/kpi/cell.hpp"
#include "stream/kpi/duration.hpp"

namespace kpistream {
namespace {

Cell random_cell(std::mt19937& random) {
  Cell cell;
  for (int i = 0; i < 4; ++i) cell.add(static_cast<Slot>(random() % 20), static_cast<std::int64_t>(random() % 7) - 3);
  return cell;
}

TEST(Cell, AddsInAnyGroupingAndOrderToTheSameBytes) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int i = 0; i < 1'000; ++i) {
    const auto a = random_cell(random).encode();
    const auto b = random_cell(random).encode();
    const auto c = random_cell(random).encode();
    EXPECT_EQ(add_cells(add_cells(a, b), c), add_cells(a, add_cells(c, b)));
  }
}

TEST(Cell, LeavesNothingWhenAllIsTakenBack) {
  Cell cell;
  cell.add(kCountSlot, 1);
  cell.add(kSumSlot, 25'000'000);
  Cell back = cell;
  cell.add(back, -1);
  EXPECT_TRUE(cell.zero());
  EXPECT_EQ(cell.encode(), "");
}

TEST(Cell, KeepsTheOtherSideOfADamagedOperand) {
  Cell cell;
  cell.add(kCountSlot, 5);
  EXPECT_FALSE(valid_cell("\x80"));
  EXPECT_EQ(add_cells("\x80", cell.encode()), cell.encode());
}

TEST(Duration, MiddleOfALogarithmicBucketIsWithinASixteenth) {
  for (std::int64_t seconds = 0; seconds < 10'000'000; seconds += 1 + seconds / 500) {
    const auto middle = log_bucket_middle(log_bucket(seconds));
    EXPECT_LE(std::abs(middle - seconds) * 16, std::max<std::int64_t>(seconds, 0) + 8) << seconds;
  }
}

TEST(Duration, BucketsNeverGoBackwards) {
  Slot last = 0;
  for (std::int64_t seconds = 0; seconds < 100'000; ++seconds) {
    const Slot bucket = log_bucket(seconds);
    EXPECT_GE(bucket, last);
    EXPECT_LE(bucket, last + 1);
    last = bucket;
  }
}

TEST(Duration, ClassicBucketHoldsItsBound) {
  EXPECT_EQ(classic_bucket(60), 0U);
  EXPECT_EQ(classic_bucket(61), 1U);
  EXPECT_EQ(classic_bucket(259'200), 10U);
  EXPECT_EQ(classic_bucket(259'201), 11U);
}

TEST(Duration, QuantileIsNearestRank) {
  Cell cell;
  for (const std::int64_t seconds : {1, 2, 3, 4}) cell.add(kFirstBucketSlot + log_bucket(seconds), 1);
  EXPECT_EQ(quantile(cell, 0.5), 2);
  EXPECT_EQ(quantile(cell, 0.9), 4);
  EXPECT_EQ(quantile(Cell{}, 0.5), std::nullopt);
}

TEST(Keys, BucketsOfAKpiSortByTimeAlsoBeforeTheEpoch) {
  const auto key = [](Minute minute) { return bucket_key({"deals_won", minute, "acme", "5", "7", {}}); };
  EXPECT_LT(key(kNoMinute), key(-5));
  EXPECT_LT(key(-5), key(0));
  EXPECT_LT(key(0), key(1));
  EXPECT_LE(bucket_from("deals_won", 1), key(1));
}

TEST(Keys, ComeBackAsTheyWere) {
  const BucketKey bucket{"calls", 29'822'940, "acme", "", "7", {"in", "missed"}};
  const auto parsed = parse_bucket_key(bucket_key(bucket));
  EXPECT_EQ(parsed.minute, bucket.minute);
  EXPECT_EQ(parsed.manager, "7");
  EXPECT_EQ(parsed.labels, bucket.labels);
  const auto total = parse_total_key(total_key({"calls", true, "acme", "5", {"in"}}));
  EXPECT_TRUE(total.retracted);
  EXPECT_EQ(total.pipeline, "5");
  const auto entity = parse_entity_key(entity_key("acme", {EntityKind::call, "a.b"}));
  EXPECT_EQ(entity.ref, (EntityRef{EntityKind::call, "a.b"}));
}

TEST(Keys, AnIdWithANulDoesNotRunIntoTheNextPart) {
  EXPECT_EQ(entity_key("acme", {EntityKind::call, std::string("a\0b", 3)}),
            entity_key("acme", {EntityKind::call, "ab"}));
}

TEST(Values, ComeBackAsTheyWere) {
  Entity entity;
  entity.gone = true;
  entity.created = 5;
  entity.points.push_back({7, 6, "5", "C5:WON", Outcome::won, "9", -1, "USD"});
  entity.has_details = true;
  entity.details.target = {EntityKind::lead, "501"};
  entity.contacts.push_back({{EntityKind::call, "x"}, 9, true});
  EXPECT_EQ(decode_entity(encode_entity(entity)), entity);
  const Facts facts{{FactKind::deal_won, 7, "9", "5", 100, "", 60, "", "won", "", "web"}};
  EXPECT_EQ(decode_facts(encode_facts(facts)), facts);
  EXPECT_EQ(decode_number(encode_number(INT64_MIN)), INT64_MIN);
}

TEST(Values, AreRefusedWhenCutAnywhere) {
  Entity entity;
  entity.points.push_back({7, 6, "5", "C5:WON", Outcome::won, "9", 1, ""});
  const auto bytes = encode_entity(entity);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW((void)decode_entity(std::string_view(bytes).substr(0, size)), CodecError) << size;
  }
}

}  // namespace
}  // namespace kpistream
