// Replaying logs: up to a gap, and no further.
#include "store/replay.hpp"

#include <gtest/gtest.h>
#include <rocksdb/write_batch.h>

#include <set>

#include "fixture.hpp"
#include "store/database.hpp"

namespace kpistream::store {
namespace {

namespace fs = std::filesystem;
using Option = rocksdb::WalFilter::WalProcessingOption;

constexpr auto kReplayed = Option::kContinueProcessing;
constexpr auto kLeftOut = Option::kIgnoreCurrentRecord;

class ReplayTest : public testing::Test {
 protected:
  ReplayTest() {
    const Database database(options, rocksdb::FileSystem::Default(), Database::Mode::create, nullptr);
    replay.ColumnFamilyLogNumberMap({}, {{"default", 0}, {"journal", database.journal()->GetID()}});
    EXPECT_TRUE(group_.Put(database.journal(), "k", "v").ok());
    EXPECT_TRUE(change_.Put(database.space(Space::meta), "k", "v").ok());
    EXPECT_TRUE(change_.Merge(database.space(Space::cells), "k", "v").ok());
  }
  Option found(const rocksdb::WriteBatch& batch, std::uint64_t sequence) {
    std::string bytes = batch.Data();
    for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(sequence >> (8 * i));
    return replay.LogRecordFound(1, "1.log", rocksdb::WriteBatch(bytes), nullptr, nullptr);
  }
  Option group(std::uint64_t sequence) { return found(group_, sequence); }    // 1 number
  Option change(std::uint64_t sequence) { return found(change_, sequence); }  // 2 numbers

  TemporaryDirectory directory;
  StoreOptions options = [this] {
    fs::create_directory(directory.store());
    return small_options(directory);
  }();
  WholeReplay replay{"journal"};

 private:
  rocksdb::WriteBatch group_;
  rocksdb::WriteBatch change_;
};

TEST_F(ReplayTest, takes_all_that_follows_on_each_other_from_wherever_it_begins) {
  EXPECT_EQ(change(500), kReplayed);
  EXPECT_EQ(group(502), kReplayed);
  EXPECT_EQ(found(rocksdb::WriteBatch(), 7), kReplayed);  // empty: RocksDB's own mark
  EXPECT_EQ(change(503), kReplayed);
  EXPECT_FALSE(replay.damaged());
}

TEST_F(ReplayTest, leaves_out_what_follows_a_gap) {
  EXPECT_EQ(change(1), kReplayed);
  EXPECT_EQ(change(5), kLeftOut);
  EXPECT_EQ(change(7), kLeftOut);
  EXPECT_EQ(group(9), kLeftOut);  // on its way to the disk when the power went
  EXPECT_FALSE(replay.damaged());
}

TEST_F(ReplayTest, calls_it_damage_when_something_was_written_after_a_group_behind_the_gap) {
  EXPECT_EQ(change(1), kReplayed);
  EXPECT_EQ(group(5), kLeftOut);
  EXPECT_FALSE(replay.damaged());
  EXPECT_EQ(change(6), kLeftOut);
  EXPECT_TRUE(replay.damaged());
}

// Two logs of a store that was killed, the older one without its last batch.
TEST_F(ReplayTest, leaves_a_state_that_is_a_beginning_of_itself) {
  options.path = (directory.path() / "two").string();
  options.state_buffer_bytes = 64u << 10;
  const auto copy = directory.path() / "copy";
  {
    const auto store = Store::open(options);
    ASSERT_EQ(append_one(store->journal(), delivery("x")), AppendOutcome::appended);
    std::set<fs::path> logs;
    for (int i = 0; logs.size() < 2 && i < 10'000; ++i) {
      store->state().apply({{{Space::meta, "n" + std::to_string(i), std::string(900, 'v')}}, {}, {}});
      logs.clear();
      for (const auto& file : fs::directory_iterator(options.path)) {
        if (file.path().extension() == ".log") logs.insert(file.path());
      }
      if (logs.size() < 2) continue;
      std::error_code moved;
      fs::copy(options.path, copy, moved);
      if (!moved) continue;
      fs::remove_all(copy);  // RocksDB took a file away meanwhile: the next two logs
      logs.clear();
    }
    ASSERT_EQ(logs.size(), 2u);
  }
  std::set<fs::path> logs;
  for (const auto& file : fs::directory_iterator(copy)) {
    if (file.path().extension() == ".log") logs.insert(file.path());
  }
  if (logs.size() < 2) GTEST_SKIP() << "the older log was flushed too soon";
  fs::resize_file(*logs.begin(), fs::file_size(*logs.begin()) - 1);
  options.path = copy.string();
  const auto store = Store::open(options);
  EXPECT_TRUE(store->notes().empty());
  EXPECT_EQ(store->journal().tail(), 1u);
  bool ended = false;
  for (int i = 0; i < 1'000; ++i) {
    const bool there = store->state().get(Space::meta, "n" + std::to_string(i)).has_value();
    EXPECT_FALSE(ended && there) << i;
    ended = ended || !there;
  }
}

}  // namespace
}  // namespace kpistream::store
