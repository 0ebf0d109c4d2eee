// How long what the journal holds needs to be seen in the figures, measured all the time, also where no webhook comes.
//
// A canary is no record: it marks the newest position of the journal and waits until the figures of all up to there are
// shown. So it costs nothing, leaves nothing on the disk, and nobody outside can send one.
#pragma once

#include <chrono>
#include <mutex>

#include "stream/ports/clock.hpp"
#include "stream/ports/journal.hpp"
#include "stream/ports/meters.hpp"

namespace kpistream {

// Thread-safe. Everything passed in must outlive it.
class Canary : public Metered {
 public:
  using Moment = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kEvery{15};

  Canary(const Journal& journal, const Clock& clock);

  // The figures show all records up to `position`. Called after each batch, and at least a few times a second: what
  // fails to come shows as a canary that takes long.
  void shown(Position position);
  void collect(MeterSink& sink) const override;

 private:
  const Journal& journal_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  Position waits_for_ = 0;  // 0: no canary is under way
  Moment due_;              // when the next is put in; of one under way: when it was
  std::chrono::steady_clock::duration took_{0};
};

}  // namespace kpistream
