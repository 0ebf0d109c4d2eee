// The webhooks of each portal by the hour, kept in the state for five weeks, and what their silence tells.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "stream/hook_silence.hpp"
#include "stream/ports/clock.hpp"
#include "stream/ports/meters.hpp"
#include "stream/ports/state.hpp"

namespace kpistream {

// count() and write() from the thread that writes the state, silent() from any.
class HookCounts {
 public:
  // Throws CodecError or StoreError when the state cannot be read.
  HookCounts(const State& state, const std::vector<std::string>& portals);

  // A webhook of a portal that was named at the construction. Counted once, however often its record is told.
  void count(const std::string& portal, UnixSeconds arrived, Position position);
  // What changed since the last call.
  void write(StateBatch& batch);

  [[nodiscard]] std::vector<std::pair<std::string, bool>> silent(UnixSeconds now) const;  // by portal

 private:
  mutable std::mutex mutex_;
  std::map<std::string, HookHours> hours_;  // guarded by mutex_; its portals are fixed
  std::set<std::pair<std::string, std::int64_t>> changed_;
};

// Tells of all but the `archived` portals, which nobody listens to. Both references must outlive it.
class HookSilence : public Metered {
 public:
  HookSilence(const HookCounts& counts, const Clock& clock, std::set<std::string> archived = {})
      : counts_(counts), clock_(clock), archived_(std::move(archived)) {}
  void collect(MeterSink& sink) const override;

 private:
  const HookCounts& counts_;
  const Clock& clock_;
  const std::set<std::string> archived_;
};

}  // namespace kpistream
