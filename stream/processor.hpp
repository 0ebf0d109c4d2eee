// Folds journal records into the state: decode, observe, derive, count, and one atomic batch with the position.
//
// That batch is all there is to exactly-once: after a crash the processor goes on behind the last position that is in
// the state. The result depends on the journal's order, the settings and the definitions only, not on time or on how
// records are batched. Rebuilding of KPIs goes on in slices between the batches.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "stream/event_counts.hpp"
#include "stream/facts/directory.hpp"
#include "stream/facts/entity.hpp"
#include "stream/facts/fact.hpp"
#include "stream/hook_counts.hpp"
#include "stream/kpi/board.hpp"
#include "stream/kpi/kpi_sets.hpp"
#include "stream/periods/ledger.hpp"
#include "stream/portal.hpp"
#include "stream/ports/adapter.hpp"
#include "stream/ports/journal.hpp"
#include "stream/ports/meters.hpp"
#include "stream/ports/state.hpp"
#include "stream/ports/wishes.hpp"
#include "stream/processor_meters.hpp"

namespace kpistream {

struct ProcessorPortal {
  PortalSettings settings;
  std::shared_ptr<const Adapter> adapter;
};

struct ProcessorLimits {
  std::size_t batch_records = 1'000;
  std::size_t batch_bytes = 1u << 20;
};

// One owner thread calls everything but collect() and offer(). Everything passed in must outlive it.
class Processor : public Metered {
 public:
  // `board`, `wishes` and `clock` may be null (verify); the clock is for meters only. Throws CodecError or StoreError
  // when the state cannot be read, and std::runtime_error for a time zone that is not known.
  Processor(const Journal& journal, State& state, std::vector<ProcessorPortal> portals, Board* board,
            WishListener* wishes, ProcessorLimits limits = {}, const Clock* clock = nullptr);
  ~Processor() override;

  // Wants another set of definitions; taken up by the next step. With `hold` what was rebuilt waits, until the same is
  // offered without. Thread-safe.
  void offer(std::vector<Definition> wanted, bool hold = false);

  // Processes one batch of records up to and including `until`, and a slice of any rebuilding. Returns how many
  // records and slices; 0: nothing to do.
  std::size_t step(Position until = UINT64_MAX);

  // The newest record that is in the state.
  [[nodiscard]] Position position() const;

  [[nodiscard]] const KpiSets& kpis() const { return kpis_; }
  // What changes in closed periods is written down with the batch that changes it.
  [[nodiscard]] periods::Ledger& ledger() { return ledger_; }

  // Webhooks by the hour.
  [[nodiscard]] const HookCounts& hooks() const { return hooks_; }

  void collect(MeterSink& sink) const override;

 private:
  class Batch;
  struct Wanted;

  void take_offer();
  std::size_t process(Position until);
  void show_definitions();
  void follow_definitions();

  const Journal& journal_;
  State& state_;
  std::map<std::string, ProcessorPortal> portals_;
  CountedPortals counted_;
  std::map<std::string, Directory> directories_;
  KpiSets kpis_;
  periods::Ledger ledger_;
  HookCounts hooks_;
  EventCounts events_;
  Board* board_;
  WishListener* wishes_;
  const ProcessorLimits limits_;
  std::atomic<Position> position_{0};
  std::set<std::string> begun_;  // portals whose first record is known
  std::uint64_t shown_ = 0;      // version of the definitions that the board shows
  std::uint64_t followed_ = 0;   // ... that the ledger knows
  ProcessorMeters meters_;
  EventLag lag_;
  std::unique_ptr<Wanted> wanted_;
};

}  // namespace kpistream
