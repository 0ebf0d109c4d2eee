// What changed in a closed period after its table was taken (K35).
//
// From the moment a snapshot is taken, every batch that moves a cell of its period writes that move beside it, in the
// same atomic batch. Hence, always: snapshot + corrections = today's figure of that period. Where figures stop being
// counted the same way, the ledger ends with the reason instead.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stream/kpi/contribution.hpp"
#include "stream/kpi/definition.hpp"
#include "stream/periods/snapshot.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::periods {

// One cell, moved by one batch of records.
struct Correction {
  Position position = 0;  // newest record of the batch
  std::string kpi;        // id
  Minute minute = 0;
  std::string pipeline;
  std::string manager;
  std::string source;
  std::vector<std::string> labels;  // values
  Cell delta;
  friend bool operator==(const Correction&, const Correction&) = default;
};

enum class EndReason : std::uint8_t {
  definition_changed,  // the KPI is counted in another way now, or not at all
  settings_changed,    // facts follow from other settings or rules now
  computed_again,      // the state was lost and made again from what is left of the journal
};
inline constexpr EndReason kLastEndReason = EndReason::computed_again;
[[nodiscard]] std::string_view end_reason_name(EndReason reason);  // "definition changed"

struct LedgerEnd {
  std::string kpi;  // empty: of all KPIs
  Position position = 0;
  EndReason reason{};
  friend bool operator==(const LedgerEnd&, const LedgerEnd&) = default;
};

struct Corrections {
  std::vector<Correction> list;  // as they came
  std::vector<LedgerEnd> ends;   // the first one of a KPI counts
  [[nodiscard]] bool ended(std::string_view kpi) const;
};
[[nodiscard]] Corrections corrections_of(const State& state, const SnapshotId& id);  // throws CodecError

// Ends all ledgers of a portal, for one who makes its facts and cells anew.
void end_ledgers(const State& state, const std::string& portal, EndReason reason, StateBatch& batch);

// The open ledgers of a state. Belongs to the thread that writes the state. What it puts into a batch it takes for
// done: when the batch cannot be applied, the ledger must be made again from the state.
class Ledger {
 public:
  explicit Ledger(const State& state);  // throws CodecError
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // To be called before the first record, and after each change of what is in force: ends what is counted in another
  // way now. Where nothing is in force, the state was emptied to be made again. `position`: newest record in the state.
  void follow(const std::vector<Definition>& in_force, Position position, StateBatch& batch);

  // The deltas of a batch of records, of which `position` is the newest. Costs next to nothing for what is not closed.
  void record(const CellDeltas& deltas, Position position, StateBatch& batch);

  // A snapshot that was just written, or erased: all of the schedule due before `due`.
  void add(const Snapshot& snapshot);
  void forget(const std::string& portal, const std::string& schedule, UnixSeconds due);

  // How many corrections there are to the kept snapshots of a schedule.
  [[nodiscard]] std::uint64_t corrections(const std::string& portal, const std::string& schedule) const;

 private:
  using Versions = std::set<std::string, std::less<>>;  // names of cells

  struct Closed {
    SnapshotId id;
    Range range;
    const Versions* open = nullptr;
    std::uint64_t batches = 0;      // with corrections
    std::uint64_t corrections = 0;  // in them
  };

  const Versions* shared(Versions versions) { return &*versions_.insert(std::move(versions)).first; }
  void load_corrections(const State& state, Closed& closed);
  void load_ends(const State& state, Closed& closed);
  void put(Closed& closed, std::vector<Correction> corrections, StateBatch& batch);

  std::map<std::string, std::vector<Closed>, std::less<>> portals_;           // by the end of the range
  std::set<Versions> versions_;                                               // most snapshots share theirs
  std::map<std::pair<std::string, std::string>, std::uint64_t> corrections_;  // by portal and schedule
};

}  // namespace kpistream::periods
