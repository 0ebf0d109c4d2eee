// The state: one atomic batch, sums of cells, scans.
#include "fixture.hpp"
#include "store/database.hpp"
#include "stream/kpi/cell.hpp"

namespace kpistream::store {
namespace {

std::string count(std::int64_t value) {
  Cell cell;
  cell.add(kCountSlot, value);
  return cell.encode();
}

class StateTest : public testing::Test {
 protected:
  State& state() { return store->state(); }
  void reopen() {
    store.reset();
    store = Store::open(options);
  }
  std::vector<std::string> keys(std::string_view first, std::string_view last, std::size_t most = 100) {
    std::vector<std::string> found;
    state().scan(Space::facts, first, last, [&](std::string_view key, std::string_view) {
      found.emplace_back(key);
      return found.size() < most;
    });
    return found;
  }

  TemporaryDirectory directory;
  StoreOptions options = small_options(directory);
  std::unique_ptr<Store> store = Store::open(options);
};

using Keys = std::vector<std::string>;

TEST_F(StateTest, keeps_puts_and_erases_of_each_space_apart_and_over_a_restart) {
  state().apply({{{Space::entities, "k", "entity"}, {Space::meta, "k", "meta"}, {Space::wishes, "w", ""}}, {}, {}});
  state().apply({{}, {{Space::meta, "k"}, {Space::meta, "never there"}}, {}});
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(state().get(Space::entities, "k"), "entity");
    EXPECT_EQ(state().get(Space::wishes, "w"), "");
    EXPECT_EQ(state().get(Space::meta, "k"), std::nullopt);
    EXPECT_EQ(state().get(Space::facts, "k"), std::nullopt);
    reopen();
  }
  EXPECT_TRUE(store->notes().empty());
}

TEST_F(StateTest, adds_cells_up_also_over_a_restart) {
  state().apply({{}, {}, {{"c", count(5)}, {"c", count(-2)}, {"zero", count(1)}}});
  reopen();
  state().apply({{}, {}, {{"c", count(4)}, {"zero", count(-1)}}});
  EXPECT_EQ(state().get(Space::cells, "c"), count(7));
  EXPECT_EQ(state().get(Space::cells, "zero"), "");
}

// By way of RocksDB itself: as it does by itself in time.
TEST_F(StateTest, drops_cells_that_have_added_up_to_zero_when_tables_are_merged) {
  state().apply({{}, {}, {{"c", count(5)}, {"zero", count(1)}}});
  reopen();  // into a table
  state().apply({{}, {}, {{"c", count(2)}, {"zero", count(-1)}}});
  store.reset();
  {
    const Database raw(options, rocksdb::FileSystem::Default(), Database::Mode::read_write, nullptr);
    auto* cells = raw.space(Space::cells);
    rocksdb::CompactRangeOptions all;
    all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    for (int round = 0; round < 2; ++round) ASSERT_TRUE(raw.db().CompactRange(all, cells, nullptr, nullptr).ok());
    std::string value;
    EXPECT_TRUE(raw.db().Get({}, cells, "zero", &value).IsNotFound());
  }
  store = Store::open(options);
  EXPECT_EQ(state().get(Space::cells, "c"), count(7));
  EXPECT_EQ(state().get(Space::cells, "zero"), std::nullopt);
  state().apply({{}, {}, {{"zero", count(3)}}});
  EXPECT_EQ(state().get(Space::cells, "zero"), count(3));
}

TEST_F(StateTest, takes_no_batch_with_something_that_is_not_a_cell) {
  EXPECT_THROW(state().apply({{{Space::meta, "k", "v"}}, {}, {{"c", "\x01"}}}), std::invalid_argument);
  EXPECT_EQ(state().get(Space::meta, "k"), std::nullopt);
  EXPECT_EQ(state().get(Space::cells, "c"), std::nullopt);
}

TEST_F(StateTest, scans_a_range_in_byte_order_until_told_to_stop) {
  StateBatch batch;
  for (const char* key : {"b", "a", "c\xff", "c", "d"}) batch.puts.push_back({Space::facts, key, "v"});
  state().apply(batch);
  EXPECT_EQ(keys("", ""), (Keys{"a", "b", "c", "c\xff", "d"}));
  EXPECT_EQ(keys("b", "d"), (Keys{"b", "c", "c\xff"}));
  EXPECT_EQ(keys("b", "", 2), (Keys{"b", "c"}));
  EXPECT_TRUE(keys("e", "").empty());
}

TEST_F(StateTest, can_be_read_while_it_is_scanned) {
  state().apply({{{Space::facts, "a", "1"}, {Space::meta, "m", "2"}}, {}, {}});
  state().scan(Space::facts, "", "", [&](std::string_view, std::string_view) {
    EXPECT_EQ(state().get(Space::meta, "m"), "2");
    return true;
  });
}

}  // namespace
}  // namespace kpistream::store
