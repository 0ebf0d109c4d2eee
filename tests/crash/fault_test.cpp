// A disk that fails or fills while the store is served.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "append.hpp"
#include "child.hpp"
#include "scratch.hpp"

namespace kpistream::store {
namespace {

class Fault : public testing::Test {
 protected:
  Scratch scratch;
  std::shared_ptr<FaultFs> files = std::make_shared<FaultFs>(FaultPlan{}, scratch.side());
};

TEST_F(Fault, of_a_sync_is_final_until_a_restart) {
  {
    const auto store = open_on(crash_options(scratch.store()), files);
    EXPECT_EQ(append(*store), AppendOutcome::appended);
    files->fail_from_now();
    EXPECT_EQ(append(*store), AppendOutcome::unavailable);
    EXPECT_TRUE(store->failed());
    EXPECT_THAT(store->failure(), testing::HasSubstr("a failure made by the test"));
    EXPECT_EQ(append(*store), std::nullopt);
    EXPECT_THROW(store->state().apply({{{Space::meta, "k", "v"}}, {}, {}}), StoreError);
    EXPECT_EQ(store->journal().read(0, 10, 1'000).size(), 1u);
  }
  const auto again = Store::open(crash_options(scratch.store()));
  EXPECT_GE(again->journal().tail(), 1u);
  EXPECT_EQ(append(*again), AppendOutcome::appended);
}

TEST_F(Fault, of_a_state_write_is_final_for_the_journal_too) {
  const auto store = open_on(crash_options(scratch.store()), files);
  files->fail_from_now();
  EXPECT_THROW(store->state().apply({{{Space::meta, "k", "v"}}, {}, {}}), StoreError);
  EXPECT_TRUE(store->failed());
  EXPECT_EQ(append(*store), std::nullopt);
}

TEST_F(Fault, of_too_little_free_space_refuses_records_until_there_is_more) {
  auto options = crash_options(scratch.store());
  options.free_bytes_min = 1'000;
  options.free_check_every = std::chrono::milliseconds(1);
  files->set_free_space(1'000);
  const auto store = open_on(options, files);
  EXPECT_EQ(append(*store), AppendOutcome::appended);
  files->set_free_space(999);
  EXPECT_TRUE(becomes_true(std::chrono::seconds(10), [&] { return !append(*store); }));
  EXPECT_TRUE(store->disk_full());
  EXPECT_FALSE(store->failed());
  store->state().apply({{{Space::meta, "k", "v"}}, {}, {}});  // goes on
  files->set_free_space(1'000);
  EXPECT_TRUE(becomes_true(std::chrono::seconds(10), [&] { return append(*store) == AppendOutcome::appended; }));
  EXPECT_FALSE(store->disk_full());
}

}  // namespace
}  // namespace kpistream::store
