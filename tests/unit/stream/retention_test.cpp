// Which journal records may go: old ones that are in the state and that nobody asks for.
#include "stream/retention.hpp"

#include <gtest/gtest.h>

#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/memory_state.hpp"
#include "support.hpp"

namespace kpistream::tests {
namespace {

class Retention : public testing::Test {
 protected:
  // Records 1 to `count`, one that arrives each second from 1'001 on.
  void fill(int count) {
    for (int i = 1; i <= count; ++i) add(1'000 + i);
  }
  void add(UnixSeconds arrived) {
    NewRecord record;
    record.arrived = arrived;
    journal.add(record);
  }
  void processed(Position position) {
    state.apply(
        {{{Space::meta, std::string(kPositionKey), encode_number(static_cast<std::int64_t>(position))}}, {}, {}});
  }
  void wish(const std::string& subject, Position asked) {
    state.apply(
        {{{Space::wishes, wish_key("acme", subject), encode_number(static_cast<std::int64_t>(asked))}}, {}, {}});
  }

  ListJournal journal;
  MemoryState state;
};

TEST_F(Retention, keeps_what_arrived_since) {
  fill(100);
  processed(100);
  EXPECT_EQ(first_to_keep(journal, state, 0), 1u);
  for (const int since : {1, 2, 50, 99, 100}) {
    EXPECT_EQ(first_to_keep(journal, state, 1'000 + since), static_cast<Position>(since));
  }
  EXPECT_EQ(first_to_keep(journal, state, 1'101), 101u);
}

TEST_F(Retention, keeps_what_is_not_in_the_state_yet) {
  fill(10);
  EXPECT_EQ(first_to_keep(journal, state, 5'000), 1u);
  processed(4);
  EXPECT_EQ(first_to_keep(journal, state, 5'000), 5u);
}

TEST_F(Retention, keeps_what_an_open_wish_was_asked_by) {
  fill(10);
  processed(10);
  wish("crm.deal.get?id=1", 8);
  wish("crm.deal.get?id=2", 3);
  EXPECT_EQ(first_to_keep(journal, state, 5'000), 3u);
  EXPECT_EQ(first_to_keep(journal, state, 1'002), 2u);
}

TEST_F(Retention, never_goes_back_and_needs_no_records) {
  EXPECT_EQ(first_to_keep(journal, state, 5'000), 1u);
  fill(10);
  processed(10);
  journal.expire_before(6);
  EXPECT_EQ(first_to_keep(journal, state, 0), 6u);
  wish("crm.deal.get?id=1", 3);
  EXPECT_EQ(first_to_keep(journal, state, 5'000), 6u);
  journal.expire_before(11);
  EXPECT_EQ(first_to_keep(journal, state, 5'000), 11u);
}

// A clock that was a day ahead for a while: old records beside new ones, and progress all the same.
TEST_F(Retention, finds_a_place_where_arrivals_are_not_in_order) {
  fill(10);
  for (int i = 0; i < 3; ++i) add(90'000);
  for (int i = 20; i < 30; ++i) add(1'000 + i);
  processed(23);
  const Position keep = first_to_keep(journal, state, 5'000);
  EXPECT_TRUE(keep == 11u || keep == 24u) << keep;
}

}  // namespace
}  // namespace kpistream::tests
