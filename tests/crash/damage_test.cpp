// Damage: single flipped bits, and files that are emptied, cut or gone. Never silent: the store is refused, or a read
// says so, or everything is still right.
//
// KPISTREAM_FLIPS and KPISTREAM_SEED in the environment: how many, and which.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <random>

#include "child.hpp"
#include "scratch.hpp"

namespace kpistream::store {
namespace {

namespace fs = std::filesystem;

class Damage : public testing::Test {
 protected:
  // Opens and checks; works only when told.
  Ending life(const std::string& path, FaultPlan plan, int rounds) {
    scratch.renew_side();
    const Work work{rounds, 900, plan.seed};
    return run_child(*ledger,
                     [&] { return live(path, std::make_shared<FaultFs>(plan, scratch.side()), *ledger, work, false); });
  }
  // A store with tables of every space and a log.
  void make_template() {
    scratch.renew();
    ledger->clear();
    ASSERT_EQ(life(scratch.store(), {}, 60), Ending::fine) << ledger->text;
    ASSERT_EQ(life(scratch.store(), {.seed = 2}, 8), Ending::fine) << ledger->text;
  }
  std::string copy() {
    const std::string path = scratch.store() + "-copy";
    fs::remove_all(path);
    fs::copy(scratch.store(), path);
    return path;
  }
  std::vector<fs::path> files_of(const std::string& path) {
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(path)) {
      if (file.file_size() > 0) files.push_back(file.path());
    }
    std::sort(files.begin(), files.end());
    return files;
  }
  // By what it is: a table, a log, or its own name without numbers.
  static std::string kind_of(const fs::path& file) {
    if (!file.extension().empty() && !file.string().ends_with(".old")) return file.extension();
    const std::string name = file.filename();
    return name.substr(0, name.find_first_of("-."));
  }
  void expect_not_silent(const std::string& path, const std::string& what) {
    const Ending ending = life(path, {}, 0);
    ++endings[static_cast<int>(ending)];
    EXPECT_TRUE(ending == Ending::refused || ending == Ending::fine) << what << ": " << ledger->text;
  }

  Scratch scratch;
  std::unique_ptr<Ledger, Unmap> ledger = make_ledger();
  std::map<int, int> endings;
};

void flip(const fs::path& path, std::uint64_t bit) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekg(static_cast<std::streamoff>(bit / 8));
  const char byte = static_cast<char>(file.get() ^ (1 << (bit % 8)));
  file.seekp(static_cast<std::streamoff>(bit / 8));
  file.put(byte);
}

TEST_F(Damage, of_a_single_bit_is_never_silent_in_any_kind_of_file) {
  const auto flips = from_environment("KPISTREAM_FLIPS", 200);
  const auto seed = from_environment("KPISTREAM_SEED", 1);
  make_template();
  if (HasFatalFailure()) return;
  std::map<std::string, std::vector<std::string>> kinds;
  for (const auto& file : files_of(scratch.store())) kinds[kind_of(file)].push_back(file.filename());
  for (const char* kind : {".sst", ".log", "MANIFEST", "CURRENT", "FORMAT", "SEAL"})
    ASSERT_TRUE(kinds.contains(kind)) << kind;
  std::mt19937_64 random(seed);
  std::printf("seed %lu, %zu kinds of files\n", seed, kinds.size());
  for (std::uint64_t n = 0; n < flips; ++n) {
    const auto& files = std::next(kinds.begin(), static_cast<std::ptrdiff_t>(n % kinds.size()))->second;
    const std::string path = copy();
    const fs::path file = fs::path(path) / files[random() % files.size()];
    const std::uint64_t bit = random() % (fs::file_size(file) * 8);
    flip(file, bit);
    expect_not_silent(path, "bit " + std::to_string(bit) + " of " + file.filename().string());
  }
  std::printf("refused %d, harmless %d\n", endings[static_cast<int>(Ending::refused)],
              endings[static_cast<int>(Ending::fine)]);
}

// What RocksDB itself takes for the end of a log: a flipped length in its last block, or a record of a "recycled" type.
TEST_F(Damage, of_lengths_and_types_in_logs_and_in_the_list_of_tables_is_never_silent) {
  make_template();
  if (HasFatalFailure()) return;
  for (const auto& original : files_of(scratch.store())) {
    if (kind_of(original) != ".log" && kind_of(original) != "MANIFEST") continue;
    const std::uint64_t size = fs::file_size(original);
    std::ifstream in(original, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    int records = 0;
    for (std::uint64_t at = 0; at + 7 < size && records < 60; ++records) {
      const auto length = static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[at + 4])) +
                          256 * static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[at + 5]));
      for (const std::uint64_t bit : {at * 8 + 5 * 8 + 6, at * 8 + 6 * 8 + 2}) {
        const std::string path = copy();
        flip(fs::path(path) / original.filename(), bit);
        expect_not_silent(path, "bit " + std::to_string(bit) + " of " + original.filename().string());
      }
      at += 7 + length;
      if ((at & 0x7fff) > 0x7fff - 6) at = (at | 0x7fff) + 1;  // a block's end too short for a header
    }
  }
}

TEST_F(Damage, of_whole_files_is_never_silent) {
  make_template();
  if (HasFatalFailure()) return;
  for (const auto& original : files_of(scratch.store())) {
    for (const int part : {-1, 0, 2}) {  // gone, emptied, cut in half
      const std::string path = copy();
      const fs::path file = fs::path(path) / original.filename();
      if (part < 0) {
        fs::remove(file);
      } else {
        fs::resize_file(file, part == 0 ? 0 : fs::file_size(file) / 2);
      }
      expect_not_silent(path, file.filename().string() + " " + std::to_string(part));
    }
  }
}

// The end of a log that is followed by another. What a power cut may do so is in the store's replay_test.
TEST_F(Damage, of_a_log_in_the_middle_is_never_silent) {
  const auto seed = from_environment("KPISTREAM_SEED", 1);
  int torn = 0;
  for (std::uint64_t k = 100; k < 900 && torn < 10; ++k) {
    scratch.renew();
    ledger->clear();
    (void)life(scratch.store(), {.cut_at = k, .kill = true, .seed = seed + k}, 60);
    std::vector<fs::path> logs;
    for (const auto& file : files_of(scratch.store())) {
      if (file.extension() == ".log") logs.push_back(file);
    }
    if (logs.size() < 2) continue;
    fs::resize_file(logs[0], fs::file_size(logs[0]) - 1);
    ++torn;
    expect_not_silent(scratch.store(), "cut at " + std::to_string(k));
  }
  EXPECT_GT(torn, 5);
  EXPECT_EQ(ledger->rebuilds, 0u);
  std::printf("%d logs torn, %d refused\n", torn, endings[static_cast<int>(Ending::refused)]);
}

}  // namespace
}  // namespace kpistream::store
