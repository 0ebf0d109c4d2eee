// Records that expire: the journal's beginning moves, durably, and holes after it are still found.
#include <atomic>
#include <thread>

#include "fixture.hpp"
#include "store/database.hpp"
#include "store/record.hpp"
#include "store/retention.hpp"

namespace kpistream::store {
namespace {

using testing::HasSubstr;

class RetentionTest : public testing::Test {
 protected:
  RetentionTest() {
    options.journal_buffer_bytes = 64u << 10;
    options.state_buffer_bytes = 64u << 10;
  }
  void open() {
    store.reset();
    store = Store::open(options);
  }
  Journal& journal() { return store->journal(); }
  void append(int records, std::size_t bytes = 100) {
    Listener listener;
    for (int i = 0; i < records; ++i) ASSERT_TRUE(journal().append(delivery(std::string(bytes, 'x')), listener, 1));
    listener.wait_for(static_cast<std::size_t>(records));
    store->state().apply({{{Space::meta, "n", "1"}}, {}, {}});
  }
  std::vector<Position> positions() {
    std::vector<Position> all;
    for (const auto& record : journal().read(0, SIZE_MAX, SIZE_MAX)) all.push_back(record.position);
    return all;
  }
  // By way of RocksDB itself, while the store is closed.
  void with_database(const std::function<void(Database&)>& act) {
    store.reset();
    Database raw(options, rocksdb::FileSystem::Default(), Database::Mode::read_write, nullptr);
    act(raw);
  }
  static void compact(Database& raw) {
    rocksdb::CompactRangeOptions all;
    all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    ASSERT_TRUE(raw.db().CompactRange(all, raw.journal(), nullptr, nullptr).ok());
  }
  std::size_t tables() {
    std::vector<rocksdb::LiveFileMetaData> files;
    std::size_t count = 0;
    with_database([&](Database& raw) { raw.db().GetLiveFilesMetaData(&files); });
    for (const auto& file : files) count += file.column_family_name == "journal" ? 1u : 0u;
    return count;
  }

  TemporaryDirectory directory;
  StoreOptions options = small_options(directory);
  std::unique_ptr<Store> store;
};

TEST_F(RetentionTest, begins_at_one_and_moves_the_beginning_over_restarts_never_back) {
  open();
  append(10);
  EXPECT_EQ(journal().first(), 1u);
  store->expire(4);
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(journal().first(), 4u);
    EXPECT_EQ(positions(), (std::vector<Position>{4, 5, 6, 7, 8, 9, 10}));
    EXPECT_EQ(journal().read(7, 10, 1'000'000).front().position, 8u);
    open();
  }
  store->expire(2);
  EXPECT_EQ(journal().first(), 4u);
  FakeSink sink;
  store->collect(sink);
  EXPECT_EQ(sink.values["kpistream_journal_first_position"], 4.0);
  EXPECT_EQ(Store::open_read_only(options.path)->journal().first(), 4u);
}

TEST_F(RetentionTest, may_leave_nothing_and_goes_on_counting) {
  open();
  append(5);
  store->expire(100);
  EXPECT_EQ(journal().first(), 6u);
  EXPECT_TRUE(positions().empty());
  open();
  EXPECT_EQ(journal().tail(), 5u);
  append(1);
  EXPECT_EQ(positions(), (std::vector<Position>{6}));
  open();
  EXPECT_EQ(positions(), (std::vector<Position>{6}));
}

TEST_F(RetentionTest, deletes_files_that_hold_nothing_else) {
  open();
  for (int i = 0; i < 5; ++i) {
    append(100, 2'000);
    with_database(compact);
    open();
  }
  EXPECT_EQ(tables(), 1u);
  open();
  store->expire(501);
  EXPECT_EQ(tables(), 0u);
  open();
  EXPECT_EQ(journal().tail(), 500u);
  EXPECT_TRUE(store->notes().empty());
  append(3);
  EXPECT_EQ(positions(), (std::vector<Position>{501, 502, 503}));
}

// A file that holds both is kept, with or without holes among what has expired.
TEST_F(RetentionTest, ignores_what_is_left_of_expired_records) {
  open();
  append(20);
  store->expire(11);
  with_database([](Database& raw) {
    for (const Position gone : {3u, 4u, 10u})
      ASSERT_TRUE(raw.db().Delete({}, raw.journal(), RecordKey(gone).view()).ok());
    compact(raw);
  });
  open();
  EXPECT_EQ(journal().tail(), 20u);
  EXPECT_EQ(positions().size(), 10u);
}

TEST_F(RetentionTest, notices_a_record_missing_after_the_beginning) {
  for (const Position gone : {11u, 12u, 19u}) {
    std::filesystem::remove_all(options.path);
    open();
    append(20);
    store->expire(11);
    with_database([&](Database& raw) {
      ASSERT_TRUE(raw.db().Delete({}, raw.journal(), RecordKey(gone).view()).ok());
      compact(raw);
    });
    EXPECT_THAT(refusal([&] { open(); }), HasSubstr("has lost journal records from " + std::to_string(gone))) << gone;
  }
}

TEST_F(RetentionTest, notices_that_the_newest_record_is_missing) {
  open();
  append(20);
  store->expire(11);
  with_database([&](Database& raw) {
    ASSERT_TRUE(raw.db().Delete({}, raw.journal(), RecordKey(20).view()).ok());
    compact(raw);
  });
  EXPECT_THAT(refusal([&] { open(); }), HasSubstr("records 20 to 20 were durable and are missing"));
}

TEST_F(RetentionTest, refuses_a_beginning_it_cannot_read) {
  open();
  append(3);
  with_database([](Database& raw) { ASSERT_TRUE(raw.db().Put({}, raw.own(), kFirstKey, "\x80").ok()); });
  EXPECT_THAT(refusal([&] { open(); }), HasSubstr("does not know where its journal begins"));
}

TEST_F(RetentionTest, is_not_for_those_who_only_look) {
  open();
  append(3);
  EXPECT_THROW(Store::open_read_only(options.path)->expire(2), StoreError);
}

TEST_F(RetentionTest, does_not_disturb_who_reads_meanwhile) {
  open();
  for (int i = 0; i < 4; ++i) {
    append(200, 1'000);
    with_database(compact);
    open();
  }
  std::atomic<bool> done{false};
  std::thread reader([&] {
    while (!done) {
      Position expected = journal().first();
      for (const auto& record : journal().read(0, 50, 1u << 20)) {
        EXPECT_GE(record.position, expected);
        expected = record.position + 1;
      }
    }
  });
  for (Position before = 1; before <= 801; before += 5) store->expire(before);
  done = true;
  reader.join();
  EXPECT_EQ(journal().first(), 801u);
}

}  // namespace
}  // namespace kpistream::store
