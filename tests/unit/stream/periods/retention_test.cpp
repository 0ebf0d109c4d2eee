#include "stream/periods/retention.hpp"

#include <gtest/gtest.h>

#include "stream/codec/keys.hpp"
#include "stream/memory_state.hpp"
#include "stream/periods/keys.hpp"

namespace kpistream::periods {
namespace {

class RetentionTest : public testing::Test {
 protected:
  void put(const std::string& key) {
    StateBatch batch;
    batch.puts.push_back({Space::periods, key, "x"});
    state_.apply(batch);
  }
  // Ten tables, each with so many corrections and one end.
  void fill(const std::string& schedule, std::uint64_t corrections) {
    for (UnixSeconds due = 1; due <= 10; ++due) {
      const SnapshotId id{"acme", schedule, due};
      put(id_key(Tag::snapshot, id));
      put(end_key(id, "deals_won"));
      for (std::uint64_t n = 0; n < corrections; ++n) put(correction_key(id, n));
    }
  }
  Retained slice(const std::string& schedule, std::size_t keep) {
    StateBatch batch;
    const Retained retained = retain_slice(state_, "acme", schedule, keep, batch);
    EXPECT_LE(batch.erases.size(), kRetentionErases);
    state_.apply(batch);
    return retained;
  }
  [[nodiscard]] std::size_t count(Tag tag, const std::string& schedule) const {
    std::size_t found = 0;
    const std::string prefix = schedule_prefix(tag, "acme", schedule);
    state_.scan(Space::periods, prefix, after_prefix(prefix),
                [&](std::string_view, std::string_view) { return ++found != 0; });
    return found;
  }

  MemoryState state_;
};

TEST_F(RetentionTest, KeepsTheNewestWithTheirLedgers) {
  fill("daily", 2);
  fill("weekly", 2);
  const Retained retained = slice("daily", 3);
  EXPECT_EQ(retained.oldest, 8);
  EXPECT_FALSE(retained.more);
  EXPECT_EQ(count(Tag::snapshot, "daily"), 3U);
  EXPECT_EQ(count(Tag::correction, "daily"), 6U);
  EXPECT_EQ(count(Tag::end, "daily"), 3U);
  EXPECT_EQ(count(Tag::snapshot, "weekly"), 10U);
  EXPECT_TRUE(state_.get(Space::periods, id_key(Tag::snapshot, {"acme", "daily", 8})));
}

TEST_F(RetentionTest, KeepsWhatIsNotTooOld) {
  fill("daily", 2);
  StateBatch batch;
  const Retained retained = retain_since(state_, "acme", "daily", 8, batch);
  state_.apply(batch);
  EXPECT_EQ(retained.oldest, 8);
  EXPECT_EQ(count(Tag::snapshot, "daily"), 3U);
  EXPECT_EQ(count(Tag::correction, "daily"), 6U);
  EXPECT_EQ(count(Tag::end, "daily"), 3U);
}

TEST_F(RetentionTest, LetsGoOfAllWhenAllAreTooOld) {
  fill("daily", 2);
  fill("weekly", 1);
  StateBatch batch;
  const Retained retained = retain_since(state_, "acme", "daily", 11, batch);
  state_.apply(batch);
  EXPECT_GT(retained.oldest, 10);
  EXPECT_FALSE(retained.more);
  for (const Tag tag : {Tag::snapshot, Tag::correction, Tag::end}) {
    EXPECT_EQ(count(tag, "daily"), 0U);
    EXPECT_EQ(count(tag, "weekly"), 10U);
  }
}

TEST_F(RetentionTest, ErasesMuchInSlicesTablesFirst) {
  fill("daily", 1'500);
  const Retained first = slice("daily", 2);
  EXPECT_TRUE(first.more);
  EXPECT_EQ(first.oldest, 9);
  EXPECT_EQ(count(Tag::snapshot, "daily"), 2U);
  EXPECT_GT(count(Tag::correction, "daily"), 3'000U);
  int slices = 1;
  while (slice("daily", 2).more) ++slices;
  EXPECT_GT(slices, 1);
  EXPECT_EQ(count(Tag::correction, "daily"), 3'000U);
  EXPECT_EQ(count(Tag::end, "daily"), 2U);
}

TEST_F(RetentionTest, KeepsTheLastOneWhateverIsAsked) {
  EXPECT_FALSE(slice("daily", 3).more) << "nothing is there";
  fill("daily", 1);
  EXPECT_EQ(slice("daily", 0).oldest, 10);
  EXPECT_EQ(slice("daily", 50).oldest, 10);
  EXPECT_EQ(count(Tag::snapshot, "daily"), 1U);
}

}  // namespace
}  // namespace kpistream::periods
