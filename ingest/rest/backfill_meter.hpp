// How a reader's backfill goes, for whoever watches it. Internal to ingest/rest.
#pragma once

#include <mutex>
#include <string_view>

#include "ingest/rest/backfill.hpp"
#include "stream/ports/meters.hpp"

namespace kpistream::ingest {

// Thread-safe.
class BackfillMeter {
 public:
  // False: another one is not finished.
  [[nodiscard]] bool begin(UnixSeconds from) {
    const std::lock_guard lock(mutex_);
    if (progress_.active) return false;
    progress_ = {};
    progress_.from = from;
    progress_.active = true;
    return true;
  }

  // Another list of one that was begun before the program started.
  void resume(UnixSeconds from) {
    const std::lock_guard lock(mutex_);
    progress_.from = from;
    progress_.active = true;
  }

  template <class Change>
  void change(const Change& change) {
    const std::lock_guard lock(mutex_);
    change(progress_);
  }

  [[nodiscard]] BackfillProgress progress() const {
    const std::lock_guard lock(mutex_);
    return progress_;
  }

  void collect(std::string_view portal, MeterSink& sink) const {
    const BackfillProgress progress = this->progress();
    sink.gauge("kpistream_backfill_active", "The value is 1 while a portal's history is being read.",
               {{"portal", portal}}, progress.active ? 1 : 0);
    if (progress.from == 0) return;
    sink.gauge("kpistream_backfill_rows", "This counts rows of history read since the start of the program.",
               {{"portal", portal}}, static_cast<double>(progress.rows));
    sink.gauge("kpistream_backfill_expected",
               "This is the number of rows that were to be read when it began, as the portal counts them.",
               {{"portal", portal}}, static_cast<double>(progress.expected));
  }

 private:
  mutable std::mutex mutex_;
  BackfillProgress progress_;  // guarded by mutex_
};

}  // namespace kpistream::ingest
