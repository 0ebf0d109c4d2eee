// Takes the tables of every portal that has its own when they are due, and lets go of old ones.
#pragma once

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "stream/kpi/kpi_sets.hpp"
#include "stream/periods/ledger.hpp"
#include "stream/periods/retention.hpp"
#include "stream/periods/snapshot.hpp"
#include "stream/ports/clock.hpp"
#include "stream/ports/digest.hpp"
#include "stream/ports/meters.hpp"
#include "stream/processor.hpp"

namespace kpistream::periods {

// A table that is wanted, of every portal.
struct TablePlan {
  std::string name;  // a label value and a part of keys; [a-z0-9_-]{1,32}
  Schedule schedule;
  Period period = Period::week;
  std::size_t keep = 1;  // how many; at least 1
};

// tick() from the thread that calls the processor; collect() from any. Everything passed in must outlive it.
class PeriodKeeper : public Metered {
 public:
  // Throws std::runtime_error for a time zone that is not known.
  PeriodKeeper(State& state, Processor& processor, std::vector<PortalSettings> portals, std::vector<TablePlan> plans,
               Digest digest, const Clock& clock);

  // To be called between steps of the processor, once what was acknowledged before is in the figures. Takes at most one
  // table, the longest due; or erases a slice of what is not kept. True: call again soon, there may be more.
  //
  // What was missed is taken as of the moments it was due, the newest `keep` of them. A schedule that is new begins
  // with the table that was due last. A period that was over before the portal was known has no table. When the clock
  // goes back, what is there stays. Tables of a schedule that is not wanted any more are kept for kUnwantedSeconds.
  bool tick(UnixSeconds now);

  void collect(MeterSink& sink) const override;

 private:
  // One plan of one portal.
  struct Entry {
    const PortalSettings* portal = nullptr;
    const Calendar* calendar = nullptr;
    const TablePlan* plan = nullptr;
    UnixSeconds next = 0;  // due moment of the next table
    bool surplus = true;   // there may be something to erase
  };
  struct Shown {
    std::string portal;
    std::string schedule;
    UnixSeconds taken = 0;  // 0: never
    std::uint64_t corrections = 0;
  };

  void begin(UnixSeconds now);
  void begin(Entry& entry, Shown& shown, UnixSeconds now) const;
  void take(std::size_t index, UnixSeconds now);
  void erase_slice(Entry& entry);
  bool erase_unwanted(UnixSeconds now);
  void show_corrections();

  State& state_;
  Processor& processor_;
  const std::vector<PortalSettings> portals_;
  const std::vector<TablePlan> plans_;
  const Digest digest_;
  const Clock& clock_;
  std::map<std::string, Calendar> calendars_;  // by portal
  std::vector<Entry> entries_;
  std::vector<std::pair<std::string, std::string>> unwanted_;  // portals, and schedules that have tables and no plan
  UnixSeconds unwanted_seen_ = 0;                              // when they were looked at last
  UnixSeconds seen_ = 0;                                       // 0: tick() was not called yet

  mutable std::mutex mutex_;
  std::vector<Shown> shown_;  // guarded by mutex_; as entries_
  double seconds_ = 0;        // guarded by mutex_; what the newest table took
};

}  // namespace kpistream::periods
