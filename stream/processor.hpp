// Folds journal records into the state: decode, observe, derive, count, and one atomic batch with the position.
//
// That batch is all there is to exactly-once: after a crash the processor goes on behind the last position that is in
// the state. The result depends on the journal's order and the settings only, not on time or on how records are
// batched.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "stream/facts/entity.hpp"
#include "stream/facts/fact.hpp"
#include "stream/kpi/board.hpp"
#include "stream/kpi/definition.hpp"
#include "stream/portal.hpp"
#include "stream/ports/adapter.hpp"
#include "stream/ports/journal.hpp"
#include "stream/ports/meters.hpp"
#include "stream/ports/state.hpp"
#include "stream/ports/wishes.hpp"

namespace kpistream {

struct ProcessorPortal {
  PortalSettings settings;
  std::shared_ptr<const Adapter> adapter;
};

struct ProcessorLimits {
  std::size_t batch_records = 1'000;
  std::size_t batch_bytes = 1u << 20;
};

// One owner thread calls step(); collect() may be called from any. Everything passed in must outlive it.
class Processor : public Metered {
 public:
  // `board` and `wishes` may be null (verify). Throws CodecError or StoreError when the state cannot be read.
  Processor(const Journal& journal, State& state, const std::vector<Definition>& definitions,
            std::vector<ProcessorPortal> portals, Board* board, WishListener* wishes, ProcessorLimits limits = {});
  ~Processor() override;

  // Processes one batch of records up to and including `until`. Returns how many; 0: nothing to do.
  std::size_t step(Position until = UINT64_MAX);

  // The newest record that is in the state.
  [[nodiscard]] Position position() const;

  void collect(MeterSink& sink) const override;

 private:
  class Batch;
  struct Meters;

  const Journal& journal_;
  State& state_;
  const std::vector<Definition>& definitions_;
  std::map<std::string, ProcessorPortal> portals_;
  Board* board_;
  WishListener* wishes_;
  const ProcessorLimits limits_;
  std::atomic<Position> position_{0};
  std::unique_ptr<Meters> meters_;
};

// All wishes not yet fulfilled; to be handed to the readers at start.
[[nodiscard]] std::vector<Wish> pending_wishes(const State& state);

// How far the periodic read of `list` of a portal has come; 0: never read.
[[nodiscard]] UnixSeconds read_cursor(const State& state, const std::string& portal, const std::string& list);

// Makes the state the fold of the journal under these settings: when they differ from those it was made with, the
// state is emptied, so that the processor replays the journal from its beginning. Survives a crash at any point.
// Returns true when the state was emptied.
bool settle_settings(State& state, const std::vector<PortalSettings>& settings,
                     const std::vector<Definition>& definitions);

}  // namespace kpistream
