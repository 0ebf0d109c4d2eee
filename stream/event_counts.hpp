// How many webhooks told of what since the start, by portal and event of the dialect's closed list.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "stream/ports/adapter.hpp"
#include "stream/ports/meters.hpp"

namespace kpistream {

// Thread-safe.
class EventCounts : public Metered {
 public:
  // A dialect's list is closed; should one ever grow beyond this, what is new counts as "other".
  static constexpr std::size_t kEventsMax = 256;

  // A delivery that tells of several events counts once for each.
  void count(const std::string& portal, const Decoded& decoded);
  void collect(MeterSink& sink) const override;

 private:
  void add(std::map<std::string, std::uint64_t>& events, const std::string& event);

  mutable std::mutex mutex_;
  std::map<std::string, std::map<std::string, std::uint64_t>> portals_;  // guarded; by portal and event
};

}  // namespace kpistream
