// The proof itself must find what is wrong.
#include "stream/verify.hpp"

#include <gtest/gtest.h>

#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

using tests::Bench;
using tests::deal;
using tests::kNoon;
using tests::point;

class Verify : public testing::Test {
 protected:
  void SetUp() override {
    bench_.tell({deal("1", point(kNoon, Outcome::won, "7", 500))}, {"crm.deal.get?id=1"});
    bench_.tell({deal("2", point(kNoon, Outcome::open, "7"))});
    bench_.run();
    ASSERT_TRUE(report().passed());
  }

  VerifyReport report() { return bench_.verify_all(); }

  // The differences after one change of the state behind the processor's back.
  std::vector<std::string> after(const StateBatch& tampering) {
    bench_.state->apply(tampering);
    return report().differences;
  }

  static StateBatch put(Space space, const std::string& key, const std::string& value) {
    StateBatch batch;
    batch.puts.push_back({space, key, value});
    return batch;
  }

  static StateBatch erase(Space space, const std::string& key) {
    StateBatch batch;
    batch.erases.push_back({space, key});
    return batch;
  }

  static StateBatch add(const std::string& key) {
    Cell one;
    one.add(kCountSlot, 1);
    StateBatch batch;
    batch.adds.push_back({key, one.encode()});
    return batch;
  }

  static std::string won_at(std::int64_t minute) {
    return bucket_key({Grain::minute, tests::find_definition("deals_won").cells(), "acme", minute, "5", "7", "", {}});
  }

  const std::string won_ = won_at(minute_of(kNoon));
  const std::string deal_ = entity_key("acme", {EntityKind::deal, "1"});
  Bench bench_;
};

TEST_F(Verify, WhatOlderSettingsKeptIsNoDifference) {
  const std::string open = entity_key("acme", {EntityKind::deal, "2"});
  Entity entity = decode_entity(*bench_.state->get(Space::entities, open));
  entity.loss_reason = "PRICE";
  entity.loss_reason_version = kNoon;
  entity.points.at(0).fields = 5;
  EXPECT_TRUE(after(put(Space::entities, open, encode_entity(entity))).empty());
  bench_.settings.loss_reason_field = "UF_CRM_REASON";  // now it is asked for, and nobody has told it
  EXPECT_EQ(report().differences.size(), 1U);
  bench_.settings.loss_reason_field.clear();
  bench_.settings.fields["budget"] = "UF_CRM_BUDGET";
  bench_.settings.action_fields = {"budget"};
  EXPECT_EQ(report().differences.size(), 1U);
}

TEST_F(Verify, TellsWhatItLookedAt) {
  const auto seen = report();
  EXPECT_EQ(seen.position, 2U);
  EXPECT_EQ(seen.entities, 2U);
  EXPECT_GT(seen.facts, 5U);
  EXPECT_GT(seen.cells, 5U);
}

TEST_F(Verify, FindsATamperedCell) {
  const auto found = after(add(won_));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NE(found[0].find("deals_won"), std::string::npos);
  EXPECT_NE(found[0].find("facts in force"), std::string::npos);
}

TEST_F(Verify, FindsACellThatIsGoneAndOneTooMany) {
  EXPECT_EQ(after(erase(Space::cells, won_)).size(), 1U);
  EXPECT_EQ(after(add(won_at(1))).size(), 2U);
}

TEST_F(Verify, FindsATamperedTotal) {
  EXPECT_EQ(after(add(total_key({tests::find_definition("deals_won").cells(), "acme", false, "5", {}}))).size(), 1U);
}

TEST_F(Verify, FindsATamperedEntity) {
  auto entity = decode_entity(*bench_.state->get(Space::entities, deal_));
  entity.points.front().amount += 1;
  EXPECT_EQ(after(put(Space::entities, deal_, encode_entity(entity))).size(), 2U) << "it, and the facts that follow";
}

TEST_F(Verify, FindsAMissingEntityAndAMissingFact) {
  EXPECT_EQ(after(erase(Space::entities, deal_)).size(), 2U);
  const auto found = after(erase(Space::facts, deal_));
  EXPECT_GT(found.size(), 2U) << "the fact itself and every cell it was counted in";
}

TEST_F(Verify, FindsALostWishAndAnotherBeginning) {
  EXPECT_EQ(after(erase(Space::wishes, wish_key("acme", "crm.deal.get?id=1"))).size(), 1U);
  EXPECT_EQ(after(put(Space::meta, first_record_key("acme"), encode_number(1))).size(), 2U);
}

TEST_F(Verify, FindsAPositionAheadOfTheJournal) {
  EXPECT_FALSE(after(put(Space::meta, std::string(kPositionKey), encode_number(3))).empty());
}

TEST_F(Verify, TakesACellOfNothingForNone) { EXPECT_TRUE(after(put(Space::cells, won_at(1), "")).empty()); }

TEST_F(Verify, TellsAFewDifferencesOfMany) {
  StateBatch much;
  for (int i = 0; i < 100; ++i) {
    Cell one;
    one.add(kCountSlot, 1);
    much.adds.push_back({won_at(i), one.encode()});
  }
  EXPECT_EQ(after(much).size(), VerifyReport::kDifferencesMax);
}

}  // namespace
}  // namespace kpistream
