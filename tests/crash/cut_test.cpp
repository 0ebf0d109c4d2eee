// Power cuts: after each, nothing acknowledged is lost, nothing is doubled, the state is the fold of the journal.
//
// KPISTREAM_CUTS and KPISTREAM_SEED in the environment: how many, and which random choices.
#include <gtest/gtest.h>

#include <filesystem>

#include "child.hpp"
#include "scratch.hpp"

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

}  // namespace
}  // namespace kpistream::store
