// Failing calls: call n of everything a life does on the file system fails, once or with all calls after it.
//
// KPISTREAM_FAIL_STEP in the environment: 1 for every n.
#include <gtest/gtest.h>

#include "child.hpp"
#include "scratch.hpp"

namespace kpistream::store {
namespace {

const Work kWork{16, 3'000, 7};

class Failures : public testing::TestWithParam<bool> {
 protected:
  Ending life(FaultPlan plan, bool cut_at_end, const Work& work) {
    scratch.renew_side();
    return run_child(*ledger, [&] {
      return live(scratch.store(), std::make_shared<FaultFs>(plan, scratch.side()), *ledger, work, cut_at_end);
    });
  }
  void begin_store() {
    scratch.renew();
    ledger->clear();
  }

  Scratch scratch;
  std::unique_ptr<Ledger, Unmap> ledger = make_ledger();
};

// A failure, and then the power goes, too: what was acknowledged is there, and the store opens again.
TEST_P(Failures, lose_nothing_acknowledged_and_end_in_order) {
  begin_store();
  ASSERT_EQ(life({}, false, kWork), Ending::fine) << ledger->text;
  const std::uint64_t calls = ledger->calls + ledger->calls / 4;  // the number varies with the threads
  const std::uint64_t step = from_environment("KPISTREAM_FAIL_STEP", 3);
  std::uint64_t acknowledged = 0;
  int tried = 0;
  for (std::uint64_t n = 1; n <= calls; n += n < 150 ? 1 : step, ++tried) {
    begin_store();
    const Ending ending = life({.fail_at = n, .fail_on = GetParam(), .seed = n}, true, kWork);
    ASSERT_EQ(ending, Ending::cut) << "call " << n << ": " << ledger->text;
    acknowledged += ledger->acknowledged_count;
    ASSERT_EQ(life({}, false, {}), Ending::fine) << "after call " << n << ": " << ledger->text;
  }
  std::printf("%d failing calls of %lu, %lu records acknowledged before\n", tried, calls, acknowledged);
}

INSTANTIATE_TEST_SUITE_P(OnceAndForGood, Failures, testing::Bool(),
                         [](const auto& mode) { return mode.param ? "for_good" : "once"; });

}  // namespace
}  // namespace kpistream::store
