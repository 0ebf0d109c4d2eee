// The table of a portal for a closed period, as it was when it was taken: immutable, and hashed so that it can be shown
// to be so (K35).
//
// What happened has a time of its own, so that a table missed while the daemon was down is taken later for the same
// period. States (tasks due, open deals) leave no history: a table that is not taken in time marks them unknown.
#pragma once

#include <compare>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/kpi/cell.hpp"
#include "stream/kpi/definition.hpp"
#include "stream/kpi/figures.hpp"
#include "stream/periods/keys.hpp"
#include "stream/periods/schedule.hpp"
#include "stream/ports/digest.hpp"
#include "stream/ports/journal.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::periods {

inline constexpr UnixSeconds kInTimeSeconds = 60;  // after the due moment, until which states count as those of then

struct SnapshotHead {
  SnapshotId id;
  Period period = Period::week;
  Range range;
  UnixSeconds taken = 0;      // wall clock
  Position position = 0;      // newest record that was in the figures
  std::int64_t coverage = 0;  // thousandths of the range
  [[nodiscard]] bool in_time() const { return taken - id.due <= kInTimeSeconds; }
  friend bool operator==(const SnapshotHead&, const SnapshotHead&) = default;
};

struct RowKey {
  std::string window;               // of states: the value of the window's label, "tomorrow"; else empty
  std::optional<Family> family;     // nothing: over everybody
  std::string dimension;            // a pipeline, manager or source; empty: over everybody
  std::vector<std::string> labels;  // values, in the order of SnapshotKpi::labels
  auto operator<=>(const RowKey&) const = default;
};
// Count, sum, and the histogram from which quantile() of stream/kpi/duration.hpp reads p50 and p90. Without zeros.
using Rows = std::map<RowKey, Cell>;

struct SnapshotKpi {
  std::string cells;  // Definition::cells(): the id and which version of it
  Measure measure = Measure::none;
  WindowSet windows = WindowSet::periods;
  std::vector<std::string> labels;  // names
  bool known = true;                // false: a state, and the table was not taken in time
  Rows rows;
  friend bool operator==(const SnapshotKpi&, const SnapshotKpi&) = default;
};

struct Snapshot {
  SnapshotHead head;
  std::map<std::string, SnapshotKpi> kpis;  // by id
  friend bool operator==(const Snapshot&, const Snapshot&) = default;
};

// The table of `head`, whose coverage is filled in, from the definitions in force. Consistent while nobody writes.
[[nodiscard]] Snapshot take_snapshot(const State& state, const std::vector<Definition>& in_force,
                                     const PortalSettings& portal, const Calendar& calendar, SnapshotHead head);

// Adds a cell to every row that it is part of.
void add_to_rows(Rows& rows, const Definition& definition, const std::string& window, const BucketKey& key,
                 const Cell& cell);
// What stands in the cells of a KPI of what happened in a range.
[[nodiscard]] Rows rows_of(const State& state, const Definition& definition, const std::string& portal,
                           const Calendar& calendar, const Range& range);

// The same table always gives the same bytes.
[[nodiscard]] std::string encode_snapshot(const Snapshot& snapshot);
[[nodiscard]] Snapshot decode_snapshot(std::string_view bytes, bool with_rows = true);  // throws CodecError

// Writes it under its key, with its hash. False: there is one already, which stays as it is.
[[nodiscard]] bool put_snapshot(const State& state, const Snapshot& snapshot, const Digest& digest, StateBatch& batch);

struct KeptSnapshot {
  std::string bytes;  // as encode_snapshot() gave them
  std::string hash;   // of them, when they were written
};
[[nodiscard]] std::optional<KeptSnapshot> find_snapshot(const State& state, const SnapshotId& id);

// Under that key, what was written there once.
[[nodiscard]] bool is_intact(const SnapshotId& id, const KeptSnapshot& kept, const Digest& digest);

// Every snapshot under a prefix of Tag::snapshot, in order of portal, schedule and due moment, by its key and as it is
// kept. Throws CodecError where not even that can be read.
void each_kept(const State& state, const std::string& prefix,
               const std::function<void(const SnapshotId& id, const KeptSnapshot& kept)>& visit);
// The same, read. Throws CodecError.
void each_snapshot(const State& state, const std::string& prefix,
                   const std::function<void(const Snapshot& snapshot)>& visit, bool with_rows = true);

}  // namespace kpistream::periods
