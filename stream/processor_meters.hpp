// What a processor tells of its work: what became of the records of each portal, how late they were counted, and which
// definitions count them. Internal to stream/.
#pragma once

#include <array>
#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "stream/kpi/definition.hpp"
#include "stream/ports/adapter.hpp"
#include "stream/ports/clock.hpp"
#include "stream/ports/journal.hpp"
#include "stream/ports/meters.hpp"

namespace kpistream {

// Records that could not be read and are still there to be read anew. Thread-safe.
class Quarantine {
 public:
  static constexpr std::size_t kMost = 100'000;  // then the oldest are forgotten

  void add(Position position);
  [[nodiscard]] std::size_t count(Position first) const;  // those that are kept from `first` on

 private:
  mutable std::mutex mutex_;
  std::deque<Position> positions_;  // guarded by mutex_; rising
};

struct PortalMeters {
  PortalMeters();
  void count(const Record& record, const Decoded& decoded);
  void saw(Topic topic, UnixSeconds at);

  Counter records;
  Counter ignored;
  Counter unknown;
  std::array<Counter, kDecodeFailures> failed;
  Quarantine quarantine;
  Counter duplicates;
  Counter gaps_detected;
  Counter gaps_healed;
  std::array<std::atomic<UnixSeconds>, kTopics> last_event{};  // 0: none yet
  Durations lag;
};

// collect() on any thread, all else on the processor's.
class ProcessorMeters {
 public:
  explicit ProcessorMeters(const std::vector<std::string>& portals);

  [[nodiscard]] PortalMeters& of(const std::string& portal) { return portals_.at(portal); }
  void set_definitions(const std::vector<Definition>& in_force);
  // `first`: the oldest record that the journal keeps.
  void collect(MeterSink& sink, Position first) const;

  Counter records;
  Counter orphans;  // records of portals that are not configured any more

 private:
  std::map<std::string, PortalMeters> portals_;  // fixed after construction
  mutable std::mutex mutex_;
  std::vector<std::pair<std::string, std::string>> versions_;  // guarded by mutex_; ids and versions
};

// How late webhooks are counted: those that came since the journal was at the position of the construction, for the
// others waited for the program. One thread.
class EventLag {
 public:
  // Readings whose webhook is remembered. Where they become more, some portal is not read at all: all are forgotten, or
  // that portal's would keep out everybody else's.
  static constexpr std::size_t kAwaitedMost = 100'000;
  // The CRM's time of an event is believed that long before the webhook came.
  static constexpr UnixSeconds kBelieved = 86'400;

  // Without a clock nothing is measured.
  EventLag(const Clock* clock, Position live_after) : clock_(clock), live_after_(live_after) {}

  // A delivery was taken into the batch: what it tells counts with it, what it wishes when that is fulfilled.
  void told(PortalMeters& meters, const Record& record, const Decoded& decoded);
  void wished(const std::string& key, const Record& record, const Decoded& decoded);
  // An answer that cannot be read brings nothing into the figures, and is not measured.
  void fulfilled(PortalMeters& meters, const std::string& key, const Decoded& answer);
  // The batch is in the figures.
  void counted();

 private:
  [[nodiscard]] bool is_live(const Record& record) const;

  const Clock* const clock_;
  const Position live_after_;
  std::map<std::string, UnixSeconds> awaited_;  // by key of the wish: since when
  std::vector<std::pair<PortalMeters*, UnixSeconds>> batch_;
};

}  // namespace kpistream
