// The definitions in force, and those that are being built beside them.
//
// A new or changed definition is filled from the facts in slices, while everything goes on: what changes behind the
// place reached so far is counted for it too, what lies ahead will be met. When all facts are through, it takes its
// place in one batch; until then the old figures stay. Where each stands is kept in the state, so a crash costs a
// slice.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "stream/facts/table.hpp"
#include "stream/kpi/contribution.hpp"
#include "stream/ports/state.hpp"

namespace kpistream {

// Where a portal's facts are counted.
struct CountedPortal {
  explicit CountedPortal(const PortalSettings& portal) : table(table_of(portal)), calendar(portal) {}
  std::string table;  // the portal's own alias, or that of the portal in whose table it counts
  Calendar calendar;
};
using CountedPortals = std::map<std::string, CountedPortal, std::less<>>;  // by portal

// What the state says of definitions, in order of their ids.
enum class DefinitionState : std::uint8_t { in_force, building };
[[nodiscard]] std::vector<Definition> stored_definitions(const State& state, DefinitionState which);

// Not thread-safe: belongs to the thread that writes the state.
class KpiSets {
 public:
  // Facts of portals that are not in `portals` are passed over. Throws CodecError or StoreError.
  KpiSets(State& state, const CountedPortals& portals);

  [[nodiscard]] const Counting& in_force() const { return in_force_; }
  [[nodiscard]] const std::vector<Definition>& building() const { return building_.definitions(); }

  // Makes `wanted` what should be in force. What is no longer wanted goes at once, what is unchanged stays, the rest
  // is built. With `hold` it does not take its place before the same is offered without.
  void offer(const std::vector<Definition>& wanted, bool hold);

  // What a change of an entity's facts means for all of them.
  void change(const std::string& entity_key, std::string_view portal, const Facts& before, const Facts& after,
              CellDeltas& deltas) const;

  // One slice of the work at hand: building, or clearing away. False: there is none.
  bool work();
  // Whether there is something for work() to do now.
  [[nodiscard]] bool busy() const { return (cursor_ && !(whole_ && hold_)) || !garbage_.empty(); }
  // Built, and waiting.
  [[nodiscard]] bool held() const { return cursor_ && whole_ && hold_; }

  struct Progress {
    std::uint64_t done = 0;
    std::uint64_t all = 0;  // an estimate
  };
  [[nodiscard]] Progress progress() const { return progress_; }

  // Grows with every change of what is in force.
  [[nodiscard]] std::uint64_t version() const { return version_; }

  static constexpr std::size_t kSliceEntities = 2'000;
  static constexpr std::size_t kSliceErases = 10'000;

 private:
  void build_slice();
  void take_place();
  void clear_slice();

  State& state_;
  const CountedPortals& portals_;
  Counting in_force_;
  Counting building_;
  std::optional<std::string> cursor_;  // key of the last entity whose facts are in; empty text: none yet
  bool whole_ = false;                 // all facts are in
  bool hold_ = false;
  std::vector<std::string> garbage_;  // names of cells nobody wants
  Progress progress_;
  std::uint64_t version_ = 1;
};

}  // namespace kpistream
