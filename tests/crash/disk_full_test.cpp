// A real, small file system that fills up and is freed again.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <filesystem>
#include <fstream>

#include "append.hpp"
#include "child.hpp"
#include "scratch.hpp"

namespace kpistream::store {
namespace {

// In a child with a small file system of its own; a ballast file takes the space.
Ending fill_a_real_disk(const std::filesystem::path& place) {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", place.c_str(), "tmpfs", 0, "size=32m") != 0) {
    return Ending::refused;
  }
  auto options = crash_options(place / "store");
  options.free_bytes_min = 8u << 20;
  options.free_check_every = std::chrono::milliseconds(10);
  const auto store = Store::open(options);
  for (int cycle = 0; cycle < 3; ++cycle) {
    const auto free = std::filesystem::space(place).available;
    std::ofstream(place / "ballast") << std::string(free - (9u << 20), 'b');
    if (!becomes_true(std::chrono::seconds(20), [&] { return !append(*store, 10'000); })) return Ending::wrong;
    if (!store->disk_full() || store->failed()) return Ending::failed;
    std::filesystem::remove(place / "ballast");
    if (!becomes_true(std::chrono::seconds(10), [&] { return append(*store) == AppendOutcome::appended; })) {
      return Ending::wrong;
    }
  }
  return Ending::fine;
}

TEST(DiskFull, refuses_records_until_there_is_space_on_a_disk_that_really_fills) {
  const Scratch scratch;
  const auto ledger = make_ledger();
  std::filesystem::create_directory(scratch.store());
  const Ending ending = run_child(*ledger, [&] { return fill_a_real_disk(scratch.store()); });
  if (ending == Ending::refused) GTEST_SKIP() << "no file system can be mounted here: " << ledger->text;
  EXPECT_EQ(ending, Ending::fine) << ledger->text;
}

}  // namespace
}  // namespace kpistream::store
