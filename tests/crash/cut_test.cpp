// Power cuts: after each, nothing acknowledged is lost, nothing is doubled, the state is the fold of the journal.
//
// KPISTREAM_CUTS and KPISTREAM_SEED in the environment: how many, and which random choices.
#include <gtest/gtest.h>

#include <filesystem>

#include "child.hpp"
#include "scratch.hpp"
#include "store/database.hpp"

namespace kpistream::store {
namespace {

constexpr int kCutsAStore = 20;  // then a new one, so that the founding is cut, too
const Work kWork{60, 900, 1};

class Cuts {
 public:
  explicit Cuts(std::uint64_t seed) : seed_(seed) {}

  // Writing calls of a life that is not cut.
  std::uint64_t measure() {
    begin_store();
    if (life({}) != Ending::fine) return 0;
    return ledger_->writing_calls;
  }
  void begin_store() {
    scratch_.renew();
    ledger_->clear();
  }
  Ending life(FaultPlan plan) {
    plan.seed = seed_ + ++lives_;
    Work work = kWork;
    work.seed = plan.seed;
    scratch_.renew_side();
    return run_child(*ledger_, [&] {
      return live(scratch_.store(), std::make_shared<FaultFs>(plan, scratch_.side()), *ledger_, work, false);
    });
  }
  const Ledger& ledger() const { return *ledger_; }

 private:
  const std::uint64_t seed_;
  std::uint64_t lives_ = 0;
  Scratch scratch_;
  std::unique_ptr<Ledger, Unmap> ledger_ = make_ledger();
};

TEST(PowerCuts, lose_nothing_acknowledged_and_double_nothing_wherever_they_fall) {
  const int wanted = static_cast<int>(from_environment("KPISTREAM_CUTS", 500));
  const std::uint64_t seed = from_environment("KPISTREAM_SEED", 1);
  std::printf("seed %lu\n", seed);
  Cuts cuts(seed);
  const std::uint64_t calls = cuts.measure();
  ASSERT_GT(calls, 100u) << cuts.ledger().text;
  int done = 0;
  std::uint64_t acknowledged = 0;
  for (int life = 0; done < wanted; ++life) {
    if (life % kCutsAStore == 0) {
      // A last look at the store before, after its last cut.
      if (life > 0) {
        ASSERT_EQ(cuts.life({}), Ending::fine) << cuts.ledger().text;
      }
      acknowledged += cuts.ledger().acknowledged_count;
      cuts.begin_store();
    }
    // Spread over the whole of a life, and its first calls one by one.
    const auto n = static_cast<std::uint64_t>(life);
    const std::uint64_t k = n % 4 == 0 ? 1 + n / 4 % 100 : 1 + n * 7'919 % calls;
    const Ending ending = cuts.life({.cut_at = k});
    ASSERT_TRUE(ending == Ending::cut || ending == Ending::fine)
        << "cut " << done << " at " << k << ": " << cuts.ledger().text;
    done += ending == Ending::cut ? 1 : 0;
  }
  ASSERT_EQ(cuts.life({}), Ending::fine) << cuts.ledger().text;
  EXPECT_EQ(cuts.ledger().rebuilds, 0u);  // with expired records it could not be made whole again
  std::printf("%d cuts at up to %lu writing calls, %lu records acknowledged, %lu expired at the end\n", done, calls,
              acknowledged, cuts.ledger().expired_count.load());
}

// Everything in one table, which goes when all of it has expired: cut at each call of the life that does so.
TEST(PowerCuts, while_records_expire_leave_the_old_beginning_or_the_new_one) {
  const Scratch scratch;
  const auto ledger = make_ledger();
  const auto life = [&](const std::string& path, FaultPlan plan, const Work& work) {
    scratch.renew_side();
    return run_child(*ledger,
                     [&] { return live(path, std::make_shared<FaultFs>(plan, scratch.side()), *ledger, work, false); });
  };
  ASSERT_EQ(life(scratch.store(), {}, kWork), Ending::fine) << ledger->text;
  const Ending compacted = run_child(*ledger, [&] {
    const Database raw(crash_options(scratch.store()), rocksdb::FileSystem::Default(), Database::Mode::read_write,
                       nullptr);
    rocksdb::CompactRangeOptions all;
    all.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    return raw.db().CompactRange(all, raw.journal(), nullptr, nullptr).ok() ? Ending::fine : Ending::failed;
  });
  ASSERT_EQ(compacted, Ending::fine) << ledger->text;
  ASSERT_EQ(life(scratch.store(), {}, {}), Ending::fine) << ledger->text;  // seals the new list of tables
  const std::uint64_t acknowledged = ledger->acknowledged_count;
  const std::uint64_t expired = ledger->expired_count;
  const std::string copy = scratch.store() + "-copy";
  std::uint64_t cuts = 0;
  for (Ending ending = Ending::cut; ending == Ending::cut;) {
    std::filesystem::remove_all(copy);
    std::filesystem::copy(scratch.store(), copy);
    ledger->acknowledged_count = acknowledged;
    ledger->expired_count = expired;
    Work work{3, 900, ++cuts};
    work.expire_all = true;
    ending = life(copy, {.cut_at = cuts, .seed = cuts}, work);
    ASSERT_TRUE(ending == Ending::cut || ending == Ending::fine) << "cut " << cuts << ": " << ledger->text;
    ASSERT_EQ(life(copy, {}, {}), Ending::fine) << "after cut " << cuts << ": " << ledger->text;
  }
  EXPECT_GT(cuts, 20u);
  std::printf("%lu cuts, %lu records expired in one life\n", cuts - 1, ledger->expired_count - expired);
}

}  // namespace
}  // namespace kpistream::store
