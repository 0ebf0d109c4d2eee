// What the tests of stream/periods share: a portal with tables, a state that fails, a clock of one's own.
#pragma once

#include <memory>
#include <stdexcept>

#include "stream/memory_state.hpp"
#include "stream/periods/check.hpp"
#include "stream/periods/keeper.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream::periods::tests {

using kpistream::tests::at;
using kpistream::tests::deal;
using kpistream::tests::kNoon;
using kpistream::tests::point;
using kpistream::tests::test_digest;

inline constexpr UnixSeconds kDay = 86'400;
inline constexpr UnixSeconds kMondayNine = kNoon - 3 * 3'600;  // when the table of last week is due

class ManualClock : public Clock {
 public:
  [[nodiscard]] UnixSeconds wall() const override { return kNoon; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point{} + std::chrono::milliseconds{250 * ++calls_};
  }

 private:
  mutable int calls_ = 0;
};

// Fails at an apply of one's choice: before it is done, or right after, as a crash would.
class FailingState : public MemoryState {
 public:
  enum class When { before, after };
  void fail_in(int applies, When when) {
    left_ = applies;
    when_ = when;
  }
  void apply(const StateBatch& batch) override {
    const bool fails = left_ >= 0 && left_-- == 0;
    if (fails && when_ == When::before) throw StoreError("failed before");
    MemoryState::apply(batch);
    if (fails) throw StoreError("failed after");
  }

 private:
  int left_ = -1;
  When when_ = When::before;
};

// A bench with tables. The clock stands where the last tick was.
class Tables {
 public:
  explicit Tables(std::vector<TablePlan> wanted, ProcessorLimits limits = {})
      : bench(limits), plans(std::move(wanted)) {
    bench.processor.reset();
    auto failing = std::make_unique<FailingState>();
    state = failing.get();
    bench.state = std::move(failing);
    restart();
  }

  void restart() {
    keeper.reset();
    bench.restart();
    keeper = std::make_unique<PeriodKeeper>(*bench.state, *bench.processor, std::vector{bench.settings}, plans,
                                            test_digest, clock);
  }

  // All that is due at `now`; how many calls did something.
  int tick_all(UnixSeconds now) {
    int calls = 0;
    while (keeper->tick(now)) ++calls;
    return calls;
  }

  void won(const std::string& id, UnixSeconds when, const std::string& manager = "7", MinorUnits amount = 100) {
    bench.tell({deal(id, point(when, Outcome::won, manager, amount), when - kDay)});
    bench.run();
  }

  [[nodiscard]] std::vector<Snapshot> all() const {
    std::vector<Snapshot> found;
    each_snapshot(*bench.state, portal_prefix(Tag::snapshot, "acme"), [&](const Snapshot& s) { found.push_back(s); });
    return found;
  }
  [[nodiscard]] Corrections corrections(const Snapshot& snapshot) const {
    return corrections_of(*bench.state, snapshot.head.id);
  }
  // Every difference in every table.
  [[nodiscard]] std::vector<std::string> differences() const {
    std::vector<std::string> found;
    const Calendar calendar(bench.settings);
    for (const Snapshot& snapshot : all()) {
      const auto lines =
          check_period(*bench.state, bench.processor->kpis().in_force().definitions(), calendar, snapshot);
      found.insert(found.end(), lines.begin(), lines.end());
    }
    return found;
  }

  kpistream::tests::Bench bench;
  FailingState* state = nullptr;
  std::vector<TablePlan> plans;
  ManualClock clock;
  std::unique_ptr<PeriodKeeper> keeper;
};

inline TablePlan plan(const std::string& name, std::size_t keep = 50) {
  const Schedule schedule(name);
  return {name, schedule, schedule.usual_period(), keep};
}

}  // namespace kpistream::periods::tests
