// The journal: order, groups, limits, reading, closing.
#include <algorithm>
#include <thread>

#include "fixture.hpp"

namespace kpistream::store {
namespace {

class JournalTest : public testing::Test {
 protected:
  void open() {
    store.reset();
    store = Store::open(options);
  }
  Journal& journal() { return store->journal(); }

  TemporaryDirectory directory;
  StoreOptions options = small_options(directory);
  Listener listener;  // outlives the store, which may still tell it
  std::unique_ptr<Store> store;
};

TEST_F(JournalTest, is_empty_at_first) {
  open();
  EXPECT_EQ(journal().tail(), 0u);
  EXPECT_TRUE(journal().read(0, 10, 1'000).empty());
}

TEST_F(JournalTest, gives_positions_without_holes_in_order_of_append_and_keeps_them_over_a_restart) {
  open();
  for (std::uint64_t i = 1; i <= 100; ++i) ASSERT_TRUE(journal().append(delivery(std::to_string(i)), listener, i));
  const auto tickets = listener.wait_for(100);
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(tickets[i].token, i + 1);
    EXPECT_EQ(tickets[i].outcome, AppendOutcome::appended);
  }
  open();
  EXPECT_EQ(journal().tail(), 100u);
  EXPECT_EQ(append_one(journal(), delivery("101")), AppendOutcome::appended);
  const auto records = journal().read(0, 1'000, 1u << 20);
  ASSERT_EQ(records.size(), 101u);
  for (std::size_t i = 0; i < records.size(); ++i) {
    EXPECT_EQ(records[i].position, i + 1);
    EXPECT_EQ(records[i].body, std::to_string(i + 1));
  }
}

TEST_F(JournalTest, reads_behind_a_position_within_limits_but_at_least_one_record) {
  open();
  for (std::uint64_t i = 1; i <= 10; ++i) ASSERT_TRUE(journal().append(delivery(std::string(100, 'x')), listener, i));
  listener.wait_for(10);
  EXPECT_EQ(journal().read(3, 4, 1u << 20).size(), 4u);
  EXPECT_EQ(journal().read(3, 4, 1u << 20).front().position, 4u);
  EXPECT_EQ(journal().read(0, 100, 300).size(), 2u);
  EXPECT_EQ(journal().read(0, 100, 1).size(), 1u);
  EXPECT_TRUE(journal().read(10, 100, 1u << 20).empty());
}

TEST_F(JournalTest, tells_each_listener_its_own_records_once_a_group) {
  open();
  Listener other;
  for (std::uint64_t i = 0; i < 50; ++i) {
    ASSERT_TRUE(journal().append(delivery("a"), listener, i));
    ASSERT_TRUE(journal().append(delivery("b"), other, 1'000 + i));
  }
  store->close();
  const auto mine = listener.tickets();
  const auto others = other.tickets();
  ASSERT_EQ(mine.size(), 50u);
  ASSERT_EQ(others.size(), 50u);
  EXPECT_EQ(mine.back().token, 49u);
  EXPECT_EQ(others.back().token, 1'049u);
  FakeSink sink;
  store->collect(sink);
  EXPECT_LE(listener.groups(), static_cast<std::size_t>(sink.values["kpistream_journal_groups_total"]));
}

TEST_F(JournalTest, loses_and_doubles_nothing_with_many_producers) {
  open();
  std::vector<std::thread> producers;
  for (std::uint64_t t = 0; t < 4; ++t) {
    producers.emplace_back([&, t] {
      for (std::uint64_t i = 0; i < 250; ++i) {
        EXPECT_EQ(append_one(journal(), delivery(std::to_string(t * 1'000 + i))), AppendOutcome::appended);
      }
    });
  }
  for (auto& producer : producers) producer.join();
  std::vector<std::uint64_t> seen;
  for (const auto& record : journal().read(0, 10'000, 1u << 20)) seen.push_back(std::stoull(record.body));
  std::sort(seen.begin(), seen.end());
  ASSERT_EQ(seen.size(), 1'000u);
  EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end());
}

// Holds the committer in the call, so that a queue can fill.
class Gate : public AppendListener {
 public:
  void on_group(std::span<const Ticket> /*tickets*/) noexcept override {
    std::unique_lock lock(mutex_);
    held_ = true;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  void wait_until_held() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool held_ = false;
  bool open_ = false;
};

TEST_F(JournalTest, takes_no_more_than_the_queue_holds_and_one_group_takes_it_all) {
  options.queue_records_max = 3;
  open();
  Gate gate;
  ASSERT_TRUE(journal().append(delivery("held"), gate, 0));
  gate.wait_until_held();
  for (std::uint64_t i = 1; i <= 3; ++i) EXPECT_TRUE(journal().append(delivery("x"), listener, i));
  EXPECT_FALSE(journal().append(delivery("x"), listener, 4));
  gate.open();
  EXPECT_EQ(listener.wait_for(3).size(), 3u);
  EXPECT_EQ(listener.groups(), 1u);
  EXPECT_EQ(journal().tail(), 4u);
}

TEST_F(JournalTest, bounds_the_queue_in_bytes_but_takes_one_large_record_when_it_is_empty) {
  options.queue_bytes_max = 1'024;
  open();
  EXPECT_EQ(append_one(journal(), delivery(std::string(5'000, 'x'))), AppendOutcome::appended);
  Gate gate;
  ASSERT_TRUE(journal().append(delivery("held"), gate, 0));
  gate.wait_until_held();
  EXPECT_TRUE(journal().append(delivery(std::string(600, 'x')), listener, 1));
  EXPECT_FALSE(journal().append(delivery(std::string(600, 'x')), listener, 2));
  FakeSink sink;
  store->collect(sink);
  EXPECT_GT(sink.values["kpistream_journal_queue_bytes"], 600.0);
  gate.open();
  store->close();
  EXPECT_EQ(listener.tickets().size(), 1u);
}

TEST_F(JournalTest, takes_a_record_at_the_limit_and_none_over_it) {
  options.record_bytes_max = 1'024;
  open();
  std::size_t taken = 0;
  for (std::size_t size = 900; size < 1'100; ++size) {
    if (append_one(journal(), delivery(std::string(size, 'x'))) == AppendOutcome::appended) taken = size;
  }
  EXPECT_GT(taken, 990u);
  EXPECT_LT(taken, 1'024u);
  EXPECT_EQ(journal().tail(), taken - 899);
}

TEST_F(JournalTest, commits_what_it_took_when_it_closes_and_takes_nothing_after) {
  open();
  for (std::uint64_t i = 0; i < 20; ++i) ASSERT_TRUE(journal().append(delivery("x"), listener, i));
  store->close();
  EXPECT_EQ(listener.tickets().size(), 20u);
  EXPECT_EQ(listener.tickets().back().outcome, AppendOutcome::appended);
  EXPECT_FALSE(journal().append(delivery("x"), listener, 20));
  EXPECT_EQ(journal().read(0, 100, 1u << 20).size(), 20u);
}

TEST_F(JournalTest, wakes_who_waits_for_a_record) {
  open();
  std::thread reader([&] {
    while (journal().tail() < 1) journal().wait(0, std::chrono::hours(1));
  });
  EXPECT_EQ(append_one(journal(), delivery("x")), AppendOutcome::appended);
  reader.join();
}

TEST_F(JournalTest, counts_records_groups_and_bytes) {
  open();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(append_one(journal(), delivery(std::string(100, 'x'))), AppendOutcome::appended);
  FakeSink sink;
  store->collect(sink);
  EXPECT_EQ(sink.values["kpistream_journal_records_total"], 3.0);
  EXPECT_EQ(sink.values["kpistream_journal_groups_total"], 3.0);
  EXPECT_GT(sink.values["kpistream_journal_bytes_total"], 300.0);
  EXPECT_LT(sink.values["kpistream_journal_bytes_total"], 600.0);
  EXPECT_EQ(sink.values["kpistream_journal_queue_bytes"], 0.0);
  EXPECT_EQ(sink.values["kpistream_journal_tail_position"], 3.0);
  EXPECT_EQ(sink.values.count("kpistream_state_bytes/cells"), 1u);
}

}  // namespace
}  // namespace kpistream::store
