// The figures people read, in memory: for every series the sum of each window, kept right by the changes of cells and
// moved on by the clock alone. One consistent state for every reader. Only moving a window on reads the state, a bucket
// at each of its ends; readers never do.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "stream/kpi/calendar.hpp"
#include "stream/kpi/contribution.hpp"
#include "stream/kpi/figures.hpp"
#include "stream/portal.hpp"
#include "stream/ports/state.hpp"

namespace kpistream {

struct SeriesKey {
  Family family = Family::pipeline;
  std::string dimension;  // a pipeline, manager or source; empty for a KPI without pipelines
  std::vector<std::string> labels;
  auto operator<=>(const SeriesKey&) const = default;
};

struct TotalSeriesKey {
  bool retracted = false;
  std::string pipeline;
  std::vector<std::string> labels;
  auto operator<=>(const TotalSeriesKey&) const = default;
};

// One KPI of one portal.
struct KpiFigures {
  Definition definition;
  std::map<SeriesKey, std::vector<Cell>> windows;  // a cell a window of the definition's set
  std::map<TotalSeriesKey, Cell> totals;
  std::optional<UnixSeconds> oldest;  // states: the earliest that stands; to the minute
  std::uint64_t version = 0;          // of `windows` and `totals`: PortalFigures::version when they last changed
};

struct Cohort {
  std::string name;      // "2026-09-14", "2026-09"
  bool visible = false;  // false: it begins before the portal was known
  friend bool operator==(const Cohort&, const Cohort&) = default;
};

// The figures of a portal's table, as a reader sees them.
struct PortalFigures {
  PortalSettings settings;                               // with its members
  UnixSeconds now = 0;                                   // where the windows stand; to the second of the last move
  UnixSeconds known_since = 0;                           // 0: no record yet, nothing is known
  std::map<std::string, std::string> manager_names;      // from the directory, or else from that of a member
  std::map<std::string, std::string> pipeline_names;     // the same
  std::map<std::string, std::string> stage_names;        // the same, of deals; of two funnels' the first
  std::map<std::string, std::string> source_names;       // the same
  std::map<std::string, std::string> loss_reason_names;  // the same
  std::map<std::string, std::string> teams;              // by manager, see stream/kpi/teams.hpp
  std::set<std::string> managers;                        // seen in figures
  std::map<std::string, KpiFigures> kpis;                // by id
  std::vector<bool> visible;  // by window of WindowSet::periods; false: it begins before the portal was known
  std::map<WindowSet, std::vector<Cohort>> cohorts;  // of both sets, the running one first
  std::vector<std::int64_t> coverage;  // by window of WindowSet::periods: thousandths of it verified against the CRM
  std::uint64_t version = 0;           // of the KPI that has changed last
  std::uint64_t shape = 0;             // grows when other figures are to be shown: KPIs, windows, people or funnels
};

// read() and collect-like calls from any thread; load(), apply(), advance() and set_definitions() from the one thread
// that also writes the state, which must outlive the board.
class Board {
 public:
  // Shows those of `portals` that have a table of their own, each with its members.
  Board(const State& state, const std::vector<PortalSettings>& portals);
  ~Board();

  // Fills everything from the state. To be called before anything else.
  void load(const std::vector<Definition>& definitions, UnixSeconds now);

  // Takes another set of definitions in whole: what is new is filled from the state, what is gone goes, all at once.
  void set_definitions(const std::vector<Definition>& definitions);

  [[nodiscard]] static bool shows_names_of(EntityKind kind) {
    return kind == EntityKind::manager || kind == EntityKind::pipeline || kind == EntityKind::stage ||
           kind == EntityKind::department || kind == EntityKind::source || kind == EntityKind::loss_reason;
  }

  // What a processed batch changed; to be called after the state has taken it.
  struct Changes {
    const CellDeltas* cells = nullptr;
    std::map<std::string, UnixSeconds> first_records;  // by portal
    std::set<std::string> named;                       // portals whose directory names somebody or something otherwise
    std::set<std::string> compared;                    // portals whose lists were read on
  };
  void apply(const Changes& changes);

  // Moves every window to `now`, which may also lie before the last one. Cheap when the minute is the same.
  void advance(UnixSeconds now);

  // Shows all portals at one consistent moment. `reader` must not call the board.
  void read(const std::function<void(const std::vector<const PortalFigures*>&)>& reader) const;

  // Grows with every change that readers can see.
  [[nodiscard]] std::uint64_t version() const;

 private:
  class PortalBoard;
  void add_shown(const std::string& portal, std::set<PortalBoard*>& boards) const;

  const State& state_;
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<PortalBoard>, std::less<>> portals_;  // guarded by mutex_
  std::map<std::string, PortalBoard*, std::less<>> shown_in_;                 // by portal, members too; fixed
  std::uint64_t version_ = 0;                                                 // guarded by mutex_
  UnixSeconds now_ = 0;                                                       // guarded by mutex_
};

}  // namespace kpistream
