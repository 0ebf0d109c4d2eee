// The figures people read, in memory: for every series the sum of each window, kept right by the changes of cells and
// moved on by the clock alone. One consistent state for every reader; never touches the disk after load().
#pragma once

#include <compare>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "stream/kpi/calendar.hpp"
#include "stream/kpi/contribution.hpp"
#include "stream/portal.hpp"
#include "stream/ports/state.hpp"

namespace kpistream {

// The same fact by another dimension is another family.
enum class Family : std::uint8_t { pipeline, manager };

struct SeriesKey {
  std::size_t definition = 0;  // index in the catalogue
  Family family = Family::pipeline;
  std::string dimension;  // a pipeline or a manager; empty for a KPI without pipelines
  std::vector<std::string> labels;
  auto operator<=>(const SeriesKey&) const = default;
};

struct TotalSeriesKey {
  std::size_t definition = 0;
  bool retracted = false;
  std::string pipeline;
  std::vector<std::string> labels;
  auto operator<=>(const TotalSeriesKey&) const = default;
};

// One portal's figures, as a reader sees them.
struct PortalFigures {
  PortalSettings settings;
  UnixSeconds known_since = 0;                        // 0: no record yet, nothing is known
  std::map<std::string, std::string> manager_names;   // from the directory
  std::map<std::string, std::string> pipeline_names;  // from the directory
  std::set<std::string> managers;                     // seen in figures
  std::map<SeriesKey, std::vector<Cell>> windows;     // a cell a window of the definition's set
  std::map<TotalSeriesKey, Cell> totals;
  std::map<WindowSet, std::vector<bool>> visible;  // false: the window begins before the portal was known
};

// Thread-safe. `state` and `definitions` must outlive it.
class Board {
 public:
  Board(const State& state, const std::vector<Definition>& definitions, std::vector<PortalSettings> portals);
  ~Board();

  // Fills everything from the state. To be called before anything else.
  void load(UnixSeconds now);

  // What a processed batch changed; to be called after the state has taken it.
  struct Changes {
    CellDeltas cells;
    std::map<std::string, UnixSeconds> first_records;  // by portal
    struct Name {
      std::string portal;
      EntityRef ref;
      std::string name;
    };
    std::vector<Name> names;
  };
  void apply(const Changes& changes);

  // Moves every window to `now`, which may also lie before the last one. Cheap when the minute is the same.
  void advance(UnixSeconds now);

  // Shows all portals at one consistent moment. `reader` must not call the board.
  void read(const std::function<void(const std::vector<const PortalFigures*>&)>& reader) const;

  [[nodiscard]] const std::vector<Definition>& definitions() const { return definitions_; }

 private:
  class PortalBoard;

  PortalBoard* find(const std::string& portal);
  void add_cell(std::string_view key, const Cell& cell);
  void load_locked(UnixSeconds now);
  void load_names();

  const State& state_;
  const std::vector<Definition>& definitions_;
  const std::vector<PortalSettings> settings_;
  std::map<std::string, std::size_t, std::less<>> definition_index_;

  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<PortalBoard>> portals_;  // guarded by mutex_
};

}  // namespace kpistream
