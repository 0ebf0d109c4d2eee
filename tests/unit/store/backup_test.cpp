// A copy of a store beside its work: whole at every moment, a store of its own, proved byte by byte.
#include "store/backup.hpp"

#include <atomic>
#include <thread>

#include "fixture.hpp"

namespace kpistream::store {
namespace {

constexpr UnixSeconds kNow = 1'789'392'600;

class BackupTest : public testing::Test {
 protected:
  [[nodiscard]] std::string folder() const { return (directory.path() / "backups").string(); }
  [[nodiscard]] std::string place(const std::string& name) const { return (directory.path() / name).string(); }
  Backup back_up_as(const std::string& name) { return seal_copy(copy_store(*store, folder(), name, kNow), {}); }

  TemporaryDirectory directory;
  StoreOptions options = small_options(directory);
  std::unique_ptr<Store> store = Store::open(options);
};

TEST_F(BackupTest, holds_what_was_acknowledged_and_can_be_served) {
  for (int i = 1; i <= 20; ++i)
    EXPECT_EQ(append_one(store->journal(), delivery(std::to_string(i))), AppendOutcome::appended);
  store->state().apply({{{Space::meta, "k", "before"}}, {}, {}});
  const Backup made = back_up_as("one");
  EXPECT_EQ(made.position, 20U);
  EXPECT_EQ(made.taken, kNow);
  append_one(store->journal(), delivery("after"));
  store->state().apply({{{Space::meta, "k", "after"}}, {}, {}});

  std::uint64_t last = 0;
  const Backup put = restore(made.path, place("again"), [&](std::uint64_t done, std::uint64_t all) {
    EXPECT_EQ(all, made.bytes);
    EXPECT_GE(done, last);
    last = done;
  });
  EXPECT_EQ(last, made.bytes);
  EXPECT_EQ(put.files, made.files);
  options.path = place("again");
  const auto again = Store::open(options);
  EXPECT_EQ(again->journal().tail(), 20U);
  EXPECT_EQ(again->state().get(Space::meta, "k"), "before");
  EXPECT_EQ(append_one(again->journal(), delivery("goes on")), AppendOutcome::appended);
  EXPECT_EQ(again->journal().tail(), 21U);
}

// Each state says how many records it stands for; a copy between a record and its state is a power cut like any other.
TEST_F(BackupTest, is_one_moment_whatever_goes_on_beside) {
  std::atomic<bool> stop{false};
  std::thread work([&] {
    for (int i = 1; !stop; ++i) {
      append_one(store->journal(), delivery(std::to_string(i)));
      const std::string value = std::to_string(i);
      store->state().apply({{{Space::meta, "a", value}, {Space::facts, "b", value}}, {}, {}});
    }
  });
  while (store->journal().tail() < 5) std::this_thread::yield();
  for (int round = 0; round < 8; ++round) {
    const std::string name = std::to_string(round);
    const Backup made = back_up_as(name);
    restore(made.path, place(name), {});
    options.path = place(name);
    const auto copy = Store::open(options);
    EXPECT_TRUE(copy->notes().empty());
    EXPECT_GE(copy->journal().tail(), made.position);
    const auto a = copy->state().get(Space::meta, "a");
    EXPECT_EQ(a, copy->state().get(Space::facts, "b"));
    EXPECT_LE(std::stoull(*a), copy->journal().tail());
    EXPECT_GE(std::stoull(*a) + 1, made.position);
  }
  stop = true;
  work.join();
}

TEST_F(BackupTest, never_overwrites_and_leaves_nothing_half_made) {
  const Backup made = back_up_as("one");
  EXPECT_THAT(refusal([&] { back_up_as("one"); }), testing::HasSubstr("is there already"));
  std::filesystem::create_directories(folder() + "/two.unfinished/rest");  // of a process that was killed
  back_up_as("two");
  EXPECT_FALSE(std::filesystem::exists(folder() + "/two.unfinished"));
  const Copy copy = copy_store(*store, folder(), "three", kNow);
  EXPECT_THAT(refusal([&] { static_cast<void>(check_backup(copy.path + ".unfinished", {})); }),
              testing::HasSubstr("is not a whole backup"));
  back_up_as("four");
  EXPECT_FALSE(std::filesystem::exists(folder() + "/three.unfinished")) << "nobody has made a backup of it";
  EXPECT_THAT(refusal([&] { restore(made.path, options.path, {}); }), testing::HasSubstr("is not empty"));
  std::filesystem::create_directories(place("empty"));
  EXPECT_EQ(refusal([&] { restore(made.path, place("empty"), {}); }), "");
}

TEST_F(BackupTest, is_made_by_one_at_a_time) {
  {
    const FolderLock lock(folder());
    EXPECT_THAT(refusal([&] { const FolderLock another(folder()); }), testing::HasSubstr("is being made already"));
  }
  EXPECT_EQ(refusal([&] { const FolderLock again(folder()); }), "");
}

TEST_F(BackupTest, is_none_when_it_cannot_be_opened) {
  append_one(store->journal(), delivery("something"));
  const Copy copy = copy_store(*store, folder(), "one", kNow);
  std::filesystem::remove(copy.path + ".unfinished/CURRENT");
  EXPECT_NE(refusal([&] { seal_copy(copy, {}); }), "");
  EXPECT_TRUE(std::filesystem::is_empty(folder()));
}

// FORMAT comes last; until then neither the daemon nor a look takes the rest for a store, or makes a new one of it.
TEST_F(BackupTest, a_restore_that_was_killed_leaves_no_store) {
  append_one(store->journal(), delivery("something"));
  const Backup made = back_up_as("one");
  restore(made.path, place("again"), {});
  std::filesystem::remove(place("again") + "/FORMAT");
  options.path = place("again");
  EXPECT_THAT(refusal([&] { static_cast<void>(Store::open(options)); }), testing::HasSubstr("FORMAT is missing"));
  EXPECT_THAT(refusal([&] { static_cast<void>(Store::open_read_only(options.path)); }), testing::HasSubstr("FORMAT"));
}

TEST_F(BackupTest, every_changed_byte_is_noticed) {
  append_one(store->journal(), delivery("something"));
  const Backup made = back_up_as("one");
  EXPECT_EQ(refusal([&] { static_cast<void>(check_backup(made.path, {})); }), "");
  for (const auto& file : std::filesystem::directory_iterator(made.path)) {
    const std::string good = read_file(file.path());
    std::filesystem::remove(file.path());  // it may be the store's own, too
    for (const std::size_t at : {std::size_t{0}, good.size() / 2, good.size() - 1}) {
      if (good.empty()) continue;
      std::string wrong = good;
      wrong[at] = static_cast<char>(wrong[at] ^ 0x10);
      write_file(file.path(), wrong);
      EXPECT_NE(refusal([&] { restore(made.path, place("again"), {}); }), "") << file.path() << " at " << at;
      EXPECT_FALSE(std::filesystem::exists(place("again")));
    }
    write_file(file.path(), good);
  }
  EXPECT_EQ(refusal([&] { restore(made.path, place("again"), {}); }), "");
}

TEST_F(BackupTest, the_newest_is_found_by_its_list) {
  const auto newest = [&] {
    const auto found = newest_backup(folder());
    return found ? std::filesystem::path(found->path).filename().string() : "none";
  };
  EXPECT_EQ(newest(), "none") << "there is no folder yet";
  const Copy copy = copy_store(*store, folder(), "2026-01-01", kNow - 60);
  EXPECT_EQ(newest(), "none") << "it is not sealed yet";
  seal_copy(copy, {});
  back_up_as("2026-01-02");
  std::filesystem::create_directories(folder() + "/9999-mine");
  EXPECT_EQ(newest(), "2026-01-02");
  EXPECT_EQ(newest_backup(folder())->taken, kNow);
  write_file(folder() + "/2026-01-02/BACKUP", "damaged");
  EXPECT_EQ(newest(), "2026-01-01") << "a damaged one is none";
  EXPECT_EQ(newest_backup(folder())->taken, kNow - 60);
}

TEST_F(BackupTest, only_the_newest_stay_and_what_is_none_is_left_alone) {
  for (const char* name : {"2026-01-01", "2026-01-03", "2026-01-02"}) back_up_as(name);
  std::filesystem::create_directories(folder() + "/0000-mine");
  EXPECT_EQ(keep_newest(folder(), 2), 1U);
  EXPECT_FALSE(std::filesystem::exists(folder() + "/2026-01-01"));
  EXPECT_TRUE(std::filesystem::exists(folder() + "/2026-01-02"));
  EXPECT_TRUE(std::filesystem::exists(folder() + "/0000-mine"));
  EXPECT_EQ(keep_newest(folder(), 2), 0U);
}

}  // namespace
}  // namespace kpistream::store
