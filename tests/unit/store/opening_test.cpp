// Opening: what is served, what is refused with which words, and that a refused store stays as it was.
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.hpp"
#include "store/database.hpp"
#include "store/record.hpp"

namespace kpistream::store {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class OpeningTest : public testing::Test {
 protected:
  void fill(int records) {
    const auto store = Store::open(options);
    for (int i = 0; i < records; ++i) {
      ASSERT_EQ(append_one(store->journal(), delivery("x" + std::to_string(i))), AppendOutcome::appended);
      store->state().apply({{{Space::meta, "n", std::to_string(i)}}, {}, {}});
    }
  }
  std::string why_refused() {
    return refusal([&] { (void)Store::open(options); });
  }
  std::map<std::string, std::string> bytes() {
    std::map<std::string, std::string> all;
    for (const auto& file : fs::directory_iterator(path)) all[file.path().filename()] = read_file(file.path());
    return all;
  }
  std::vector<fs::path> files_with(const std::string& ending) {
    std::vector<fs::path> found;
    for (const auto& file : fs::directory_iterator(path)) {
      if (file.path().extension() == ending) found.push_back(file.path());
    }
    return found;
  }

  TemporaryDirectory directory;
  StoreOptions options = small_options(directory);
  const fs::path path = options.path;
};

TEST_F(OpeningTest, makes_a_store_in_a_new_directory) {
  fill(1);
  EXPECT_EQ(read_file(path / "FORMAT"), "kpistream store 2\n");
  EXPECT_EQ(fs::file_size(path / "SEAL"), 40u);
}

TEST_F(OpeningTest, makes_a_new_store_beside_the_tokens_of_one_that_is_gone) {
  fs::create_directories(path / "tokens");
  fill(1);
  EXPECT_EQ(read_file(path / "FORMAT"), "kpistream store 2\n");
}

TEST_F(OpeningTest, refuses_a_directory_that_holds_something_else) {
  fs::create_directory(path);
  write_file(path / "letter.txt", "dear");
  EXPECT_THAT(why_refused(), HasSubstr("not a kpistream store"));
  EXPECT_EQ(bytes().size(), 1u);
}

TEST_F(OpeningTest, refuses_a_newer_format_and_leaves_every_byte) {
  fill(3);
  write_file(path / "FORMAT", "kpistream store 3\n");
  const auto before = bytes();
  EXPECT_THAT(why_refused(), HasSubstr("format 3, this kpistream knows 2: start the newer version"));
  EXPECT_THAT(refusal([&] { (void)Store::open_read_only(options.path); }), HasSubstr("format 3"));
  EXPECT_EQ(bytes(), before);
}

TEST_F(OpeningTest, refuses_the_format_before_the_first_release_and_leaves_every_byte) {
  fill(3);
  write_file(path / "FORMAT", "kpistream store 1\n");
  const auto before = bytes();
  EXPECT_THAT(why_refused(), HasSubstr("format 1, of a trial version before the first release"));
  EXPECT_EQ(bytes(), before);
}

TEST_F(OpeningTest, refuses_a_missing_or_damaged_format) {
  fill(3);
  for (const char* text :
       {"", "kpistream store 0\n", "kpistream store 1", "kpistream store x\n", "kpistream store \n"}) {
    write_file(path / "FORMAT", text);
    EXPECT_THAT(why_refused(), HasSubstr("damaged")) << text;
  }
  fs::remove(path / "FORMAT");
  EXPECT_THAT(why_refused(), HasSubstr("FORMAT is missing"));
}

TEST_F(OpeningTest, refuses_a_missing_or_damaged_seal_unless_loss_is_accepted) {
  fill(3);
  write_file(path / "SEAL", "KPISEAL1 and then something");
  EXPECT_THAT(why_refused(), HasSubstr("SEAL is damaged"));
  fs::remove(path / "SEAL");
  EXPECT_THAT(why_refused(), HasSubstr("SEAL is missing"));
  options.accept_loss = true;
  EXPECT_EQ(Store::open(options)->journal().tail(), 3u);
  options.accept_loss = false;
  EXPECT_EQ(Store::open(options)->journal().tail(), 3u);  // sealed again
}

TEST_F(OpeningTest, notices_an_emptied_log_names_the_missing_records_and_leaves_every_byte) {
  fill(5);
  for (const auto& log : files_with(".log")) fs::resize_file(log, 0);
  const auto before = bytes();
  EXPECT_THAT(why_refused(), HasSubstr("records 1 to 5 were durable and are missing"));
  EXPECT_THAT(why_refused(), HasSubstr("--storage.accept-loss"));
  EXPECT_EQ(bytes(), before);
}

TEST_F(OpeningTest, notices_a_cut_log) {
  fill(5);
  const auto logs = files_with(".log");
  ASSERT_EQ(logs.size(), 1u);
  fs::resize_file(logs[0], fs::file_size(logs[0]) / 2);
  EXPECT_THAT(why_refused(), HasSubstr("to 5 were durable and are missing"));
}

TEST_F(OpeningTest, notices_a_deleted_log) {
  fill(5);
  for (const auto& log : files_with(".log")) fs::remove(log);
  EXPECT_THAT(why_refused(), HasSubstr("records 1 to 5 were durable and are missing"));
}

TEST_F(OpeningTest, notices_a_deleted_database) {
  fill(5);
  for (const auto& [name, content] : bytes()) {
    if (name != "FORMAT" && name != "SEAL") fs::remove(path / name);
  }
  EXPECT_THAT(why_refused(), HasSubstr("records 1 to 5 are missing"));
}

TEST_F(OpeningTest, notices_an_old_copy_put_back_under_the_seal) {
  fill(3);
  const fs::path copy = directory.path() / "yesterday";
  fs::copy(path, copy);
  fill(4);
  fs::copy_file(path / "SEAL", copy / "SEAL", fs::copy_options::overwrite_existing);
  fs::remove_all(path);
  fs::rename(copy, path);
  EXPECT_THAT(why_refused(), HasSubstr("records 4 to 7 were durable and are missing"));
}

TEST_F(OpeningTest, notices_a_list_of_tables_that_seems_to_end_early) {
  fill(3);
  { const auto again = Store::open(options); }  // lists the recovered tables
  fs::path list;
  for (const auto& file : fs::directory_iterator(path)) {
    if (file.path().filename().string().starts_with("MANIFEST-")) list = file.path();
  }
  const std::string whole = read_file(list);
  int records = 0;
  for (std::size_t at = 0; at + 7 < whole.size(); ++records) {
    std::string flipped = whole;
    flipped[at + 6] = static_cast<char>(flipped[at + 6] ^ 4);  // a "recycled" type: for RocksDB the end of the list
    write_file(list, flipped);
    EXPECT_NE(why_refused(), "") << "record at " << at;
    write_file(list, whole.substr(0, at));
    EXPECT_NE(why_refused(), "") << "cut at " << at;
    at += 7 + static_cast<std::uint8_t>(whole[at + 4]) + 256u * static_cast<std::uint8_t>(whole[at + 5]);
  }
  EXPECT_GT(records, 5);
  EXPECT_THAT(why_refused(), HasSubstr("damaged or older list of tables"));
  write_file(list, whole);
  EXPECT_EQ(Store::open(options)->journal().tail(), 3u);
}

// By way of RocksDB itself, which sees nothing wrong.
TEST_F(OpeningTest, notices_a_record_missing_from_the_tables) {
  fill(9);
  {
    const Database raw(options, rocksdb::FileSystem::Default(), Database::Mode::read_write, nullptr);
    ASSERT_TRUE(raw.db().Delete({}, raw.journal(), RecordKey(5).view()).ok());
    ASSERT_TRUE(raw.db().CompactRange({}, raw.journal(), nullptr, nullptr).ok());
  }
  EXPECT_THAT(why_refused(), HasSubstr("has lost journal records"));
}

TEST_F(OpeningTest, serves_what_is_left_when_loss_is_accepted_with_a_state_to_be_computed_again) {
  fill(3);
  const fs::path copy = directory.path() / "yesterday";
  fs::copy(path, copy);
  fill(4);
  fs::copy_file(path / "SEAL", copy / "SEAL", fs::copy_options::overwrite_existing);
  options.path = copy.string();
  options.accept_loss = true;
  const auto store = Store::open(options);
  EXPECT_EQ(store->journal().tail(), 3u);
  EXPECT_EQ(store->state().get(Space::meta, "n"), std::nullopt);
  ASSERT_EQ(store->notes().size(), 2u);
  EXPECT_THAT(store->notes()[0], HasSubstr("records 4 to 7"));
  EXPECT_EQ(append_one(store->journal(), delivery("new")), AppendOutcome::appended);
}

TEST_F(OpeningTest, refuses_a_store_that_is_open_elsewhere_in_this_process) {
  const auto store = Store::open(options);
  EXPECT_THAT(why_refused(), HasSubstr("in use"));
}

TEST_F(OpeningTest, refuses_a_store_that_another_process_has_open) {
  int opened[2];
  ASSERT_EQ(::pipe(opened), 0);
  const pid_t child = ::fork();  // before the parent opens: the lock has to be found in the file
  if (child == 0) {
    char byte = 0;
    const bool told = ::read(opened[0], &byte, 1) == 1;
    ::_exit(told && why_refused().find("in use") != std::string::npos ? 0 : 1);
  }
  const auto store = Store::open(options);
  ASSERT_EQ(::write(opened[1], "x", 1), 1);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(OpeningTest, lets_others_look_while_it_serves) {
  const auto store = Store::open(options);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(append_one(store->journal(), delivery("x")), AppendOutcome::appended);
  store->state().apply({{{Space::meta, "n", "3"}}, {}, {}});
  const auto before = bytes();
  {
    const auto look = Store::open_read_only(options.path);
    EXPECT_EQ(look->journal().tail(), 3u);
    EXPECT_EQ(look->journal().read(0, 10, 1'000).size(), 3u);
    EXPECT_EQ(look->state().get(Space::meta, "n"), "3");
    Listener listener;
    EXPECT_FALSE(look->journal().append(delivery("x"), listener, 1));
    EXPECT_THROW(look->state().apply({{{Space::meta, "n", "4"}}, {}, {}}), StoreError);
  }
  EXPECT_EQ(bytes(), before);
}

TEST_F(OpeningTest, lets_others_look_only_at_a_store) {
  EXPECT_THAT(refusal([&] { (void)Store::open_read_only(options.path); }), HasSubstr("is not a kpistream store"));
}

TEST_F(OpeningTest, refuses_options_out_of_range) {
  options.queue_bytes_max = 0;
  EXPECT_THAT(why_refused(), HasSubstr("queue_bytes_max is 0, it must be from 1024 to"));
}

}  // namespace
}  // namespace kpistream::store
