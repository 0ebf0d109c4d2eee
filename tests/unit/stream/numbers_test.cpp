// Cells, duration buckets, keys and values.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <tuple>

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

TEST(Cell, WrapsAroundInsteadOfOverflowingAndStillLeavesNothing) {
  Cell huge;
  huge.add(kSumSlot, INT64_MAX);
  huge.add(kSumSlot, INT64_MAX);
  huge.add(kSumSlot, INT64_MIN);
  Cell back = huge;
  huge.add(back, -1);
  EXPECT_TRUE(huge.zero());
  Cell least;
  least.add(kSumSlot, INT64_MIN);
  Cell none;
  none.add(least, -1);
  none.add(least, 1);
  EXPECT_TRUE(none.zero());
}

TEST(Cell, KeepsTheOtherSideOfADamagedOperand) {
  Cell cell;
  cell.add(kCountSlot, 5);
  EXPECT_FALSE(valid_cell("\x80"));
  EXPECT_EQ(add_cells("\x80", cell.encode()), cell.encode());
}

TEST(Duration, MiddleOfALogarithmicBucketIsWithinASixteenth) {
  for (std::int64_t seconds = 0; seconds <= 10'000'000; ++seconds) {
    const auto middle = log_bucket_middle(log_bucket(seconds));
    ASSERT_LE(std::abs(middle - seconds) * 16, seconds) << seconds;
  }
}

TEST(Duration, EveryLengthHasABucketThatACellCanHold) {
  for (int bits = 0; bits < 63; ++bits) {
    Cell cell;
    cell.add(kFirstBucketSlot + log_bucket(std::int64_t{1} << bits), 1);
    EXPECT_EQ(Cell::decode(cell.encode()), cell) << bits;
  }
  EXPECT_EQ(log_bucket(-5), log_bucket(0));
  EXPECT_EQ(classic_bucket(-5), classic_bucket(0));
  EXPECT_LT(kFirstBucketSlot + log_bucket(INT64_MAX), 0xffffU);
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

TEST(Duration, QuantilesOfRandomDurationsAreWithinTheStatedError) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::int64_t> all;
    Cell cell;
    for (auto n = 1 + random() % 200; n > 0; --n) {
      all.push_back(static_cast<std::int64_t>(random() % (1U << (1 + random() % 24))));
      cell.add(kFirstBucketSlot + log_bucket(all.back()), 1);
    }
    std::sort(all.begin(), all.end());
    for (const std::size_t tenths : {5U, 9U, 10U}) {
      const auto exact = all[(all.size() * tenths + 9) / 10 - 1];  // nearest rank
      const auto read = quantile(cell, static_cast<double>(tenths) / 10);
      ASSERT_TRUE(read);
      ASSERT_LE(std::abs(*read - exact) * 16, exact) << tenths << " tenths of " << all.size();
    }
  }
}

TEST(Keys, MinutesAreFlooredAlsoBeforeTheEpoch) {
  EXPECT_EQ(minute_of(59), 0);
  EXPECT_EQ(minute_of(60), 1);
  EXPECT_EQ(minute_of(-1), -1);
  EXPECT_EQ(minute_of(-60), -1);
  EXPECT_EQ(minute_of(-61), -2);
  EXPECT_EQ(minute_of(INT64_MIN), kNoMinute);
  EXPECT_LT(minute_of(INT64_MIN + 1), 0);
  EXPECT_GT(minute_of(INT64_MAX), 0);
}

BucketKey random_bucket(std::mt19937& random) {
  const auto part = [&] {
    std::string text;
    for (auto n = random() % 4; n > 0; --n) text.push_back(static_cast<char>(1 + random() % 255));
    return text;
  };
  const auto grain = random() % 2 == 0 ? Grain::minute : Grain::day;
  BucketKey key{grain, part(), part(), static_cast<Minute>(random() % 7) - 3, part(), part(), part(), {}};
  for (auto n = random() % 3; n > 0; --n) key.labels.push_back(part());
  return key;
}

TEST(Keys, OrderIsThatOfTheirPartsAndTheyComeBack) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto parts = [](const BucketKey& k) {
    return std::tie(k.grain, k.cells, k.portal, k.bucket, k.pipeline, k.manager, k.source, k.labels);
  };
  for (int round = 0; round < 5'000; ++round) {
    const auto a = random_bucket(random);
    const auto b = random_bucket(random);
    ASSERT_EQ(parts(parse_bucket_key(bucket_key(a))), parts(a));
    ASSERT_TRUE(a.grain != b.grain || (bucket_key(a) < bucket_key(b)) == (parts(a) < parts(b)));
    ASSERT_EQ(bucket_key(a) == bucket_key(b), parts(a) == parts(b));
    ASSERT_LE(bucket_from(a.grain, a.cells, a.portal, a.bucket), bucket_key(a));
    ASSERT_LT(bucket_key(a), bucket_end(a.grain, a.cells, a.portal));
  }
}

TEST(Keys, APrefixEndsBeforeTheNextOne) {
  EXPECT_EQ(after_prefix("ab"), "ac");
  EXPECT_EQ(after_prefix("a\xff"), "b");
  EXPECT_EQ(after_prefix("\xff\xff"), "");
  const auto end = after_prefix(total_prefix("deals_won", "acme"));
  EXPECT_LT(total_key({"deals_won", "acme", true, "z", {"z"}}), end);
  EXPECT_GE(total_key({"deals_won2", "acme", false, "", {}}), end)
      << "a KPI whose id continues another's is not in its range";
}

TEST(Keys, BucketsOfAKpiSortByTimeAlsoBeforeTheEpoch) {
  const auto key = [](Minute minute) {
    return bucket_key({Grain::minute, "deals_won", "acme", minute, "5", "7", "", {}});
  };
  EXPECT_LT(key(kNoMinute), key(-5));
  EXPECT_LT(key(-5), key(0));
  EXPECT_LT(key(0), key(1));
  EXPECT_LE(bucket_from(Grain::minute, "deals_won", "acme", 1), key(1));
}

TEST(Keys, ComeBackAsTheyWere) {
  const BucketKey bucket{Grain::day, "calls", "acme", 20'710, "", "7", "web", {"in", "missed"}};
  const auto parsed = parse_bucket_key(bucket_key(bucket));
  EXPECT_EQ(parsed.grain, Grain::day);
  EXPECT_EQ(parsed.bucket, bucket.bucket);
  EXPECT_EQ(parsed.source, "web");
  EXPECT_EQ(parsed.manager, "7");
  EXPECT_EQ(parsed.labels, bucket.labels);
  const auto total = parse_total_key(total_key({"calls", "acme", true, "5", {"in"}}));
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
  entity.points.push_back({7, 6, "5", "C5:WON", Outcome::won, "9", -1, "USD", "8", "4"});
  entity.has_details = true;
  entity.details.target = {EntityKind::lead, "501"};
  entity.parent = {EntityKind::lead, "7"};
  entity.client = {EntityKind::client, "company:3"};
  entity.fields = {{"cost", "100"}, {"tag", "8"}};
  entity.repeat = true;
  entity.parent_version = 1;
  entity.client_version = 2;
  entity.repeat_version = 3;
  entity.target_version = 5;
  entity.fields_version = 4;
  EXPECT_EQ(decode_entity(encode_entity(entity)), entity);
  Fact fact;
  fact.kind = FactKind::deal_won;
  fact.part = "p";
  fact.at = 7;
  fact.created = 3;
  fact.manager = "9";
  fact.owner = "8";
  fact.actor = "6";
  fact.pipeline = "5";
  fact.stage = "C5:WON";
  fact.amount = 100;
  fact.profit = -4;
  fact.currency = "USD";
  fact.seconds = 60;
  fact.working_seconds = 30;
  fact.direction = "in";
  fact.outcome = "won";
  fact.reason = "price";
  fact.source = "web";
  fact.action = "call";
  fact.client = "new";
  fact.type = "repeat";
  fact.channel = "email";
  fact.fields = {{"cost", "104"}};
  const Facts facts{fact, {}};
  EXPECT_EQ(decode_facts(encode_facts(facts)), facts);
  EXPECT_EQ(decode_number(encode_number(INT64_MIN)), INT64_MIN);
}

TEST(Values, AnEntityOfTheFormatBeforeHasNoVersionsOfItsLinks) {
  Entity entity;
  entity.parent = {EntityKind::lead, "7"};
  entity.client = {EntityKind::client, "company:3"};
  entity.repeat = true;
  auto bytes = encode_entity(entity);  // ends with four versions, the name and the cursor, a byte each
  bytes.resize(bytes.size() - 3);
  bytes[0] = 2;
  EXPECT_EQ(decode_entity(bytes), entity);
}

TEST(Values, AreRefusedInAnotherFormat) {
  auto entity = encode_entity({});
  auto facts = encode_facts({});
  entity[0] = facts[0] = 77;
  EXPECT_THROW((void)decode_entity(entity), CodecError);
  EXPECT_THROW((void)decode_facts(facts), CodecError);
}

// A damaged value may read as another one, but never as a crash or as memory without bounds.
TEST(Values, AnyBytesAreAValueOrAnError) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  Entity entity;
  entity.points.push_back({7, 6, "5", "C5:WON", Outcome::won, "9", 1, "USD", "", ""});
  entity.has_details = true;
  entity.fields = {{"cost", "100"}};
  const auto good = encode_entity(entity);
  for (int round = 0; round < 20'000; ++round) {
    auto bytes = good;
    for (int flips = 0; flips < 3; ++flips) bytes[random() % bytes.size()] = static_cast<char>(random());
    try {
      (void)decode_entity(bytes);
      (void)decode_facts(bytes);
    } catch (const CodecError&) {
    }
    (void)add_cells(bytes, bytes);
  }
}

TEST(Values, AreRefusedWhenCutAnywhere) {
  Entity entity;
  entity.points.push_back({7, 6, "5", "C5:WON", Outcome::won, "9", 1, "", "", ""});
  const auto bytes = encode_entity(entity);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW((void)decode_entity(std::string_view(bytes).substr(0, size)), CodecError) << size;
  }
}

}  // namespace
}  // namespace kpistream
