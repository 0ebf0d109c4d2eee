#include "stream/canary.hpp"

#include <algorithm>

namespace kpistream {

Canary::Canary(const Journal& journal, const Clock& clock) : journal_(journal), clock_(clock), due_(clock.steady()) {}

void Canary::shown(Position position) {
  const Moment now = clock_.steady();
  const std::lock_guard lock(mutex_);
  if (waits_for_ != 0 && position >= waits_for_) {
    took_ = now - due_;
    waits_for_ = 0;
    due_ += kEvery;
  }
  if (waits_for_ != 0 || now < due_) return;
  const Position newest = journal_.tail();
  if (newest > position) {
    waits_for_ = newest;
    due_ = now;
  } else {
    took_ = std::chrono::steady_clock::duration::zero();  // it is seen as it comes
    due_ = now + kEvery;
  }
}

void Canary::collect(MeterSink& sink) const {
  const Moment now = clock_.steady();
  const std::lock_guard lock(mutex_);
  const auto late = now - due_;  // of one under way its age; else how long nobody has come to put one in
  sink.gauge(
      "kpistream_canary_seconds",
      "This is how long the newest canary took, or has taken so far; one is sent every 15 seconds with the newest "
      "record of the journal, and is back when that record is in the figures shown here.",
      {}, std::chrono::duration<double>(std::max(took_, late)).count());
}

}  // namespace kpistream
