#include "stream/periods/ledger.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>

#include "stream/codec/bytes.hpp"
#include "stream/codec/values.hpp"

namespace kpistream::periods {
namespace {

constexpr std::uint8_t kCorrectionsFormat = 1;
constexpr std::uint8_t kEndFormat = 1;

void expect_format(ByteReader& in, std::uint8_t format) {
  if (in.byte() != format) throw CodecError("stored ledger has an unknown format");
}

std::string encode_corrections(const std::vector<Correction>& corrections) {
  std::string value;
  ByteWriter out(value);
  out.byte(kCorrectionsFormat);
  out.varint(corrections.front().position);
  out.varint(corrections.size());
  for (const Correction& c : corrections) {
    out.text(c.kpi);
    out.integer(c.minute);
    out.text(c.pipeline);
    out.text(c.manager);
    out.text(c.source);
    out.varint(c.labels.size());
    for (const auto& label : c.labels) out.text(label);
    out.text(c.delta.encode());
  }
  return value;
}

std::uint64_t count_corrections(std::string_view value) {
  ByteReader in(value);
  expect_format(in, kCorrectionsFormat);
  (void)in.varint();
  return in.varint();
}

void decode_corrections(std::string_view value, std::vector<Correction>& list) {
  ByteReader in(value);
  expect_format(in, kCorrectionsFormat);
  const Position position = in.varint();
  for (auto left = in.varint(); left != 0; --left) {
    Correction c;
    c.position = position;
    c.kpi = in.text();
    c.minute = in.integer();
    c.pipeline = in.text();
    c.manager = in.text();
    c.source = in.text();
    for (auto labels = in.varint(); labels != 0; --labels) c.labels.push_back(in.text());
    c.delta = Cell::decode(in.text());
    list.push_back(std::move(c));
  }
}

void put_end(StateBatch& batch, const SnapshotId& id, const LedgerEnd& end) {
  std::string value;
  ByteWriter out(value);
  out.byte(kEndFormat);
  out.varint(end.position);
  out.byte(static_cast<std::uint8_t>(end.reason));
  batch.puts.push_back({Space::periods, end_key(id, end.kpi), std::move(value)});
}

LedgerEnd read_end(std::string_view key, std::string_view value) {
  ByteReader in(value);
  expect_format(in, kEndFormat);
  LedgerEnd end;
  end.kpi = end_kpi(key);
  end.position = in.varint();
  const std::uint8_t reason = in.byte();
  if (reason > static_cast<std::uint8_t>(kLastEndReason)) throw CodecError("stored ledger ends for an unknown reason");
  end.reason = static_cast<EndReason>(reason);
  return end;
}

template <class Visit>  // visit(key, value)
void scan_prefix(const State& state, const std::string& prefix, const Visit& visit) {
  state.scan(Space::periods, prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
    visit(key, value);
    return true;
  });
}

// What decides whether a cell is in a closed period, read without taking the whole key apart.
struct Place {
  std::string_view cells;
  std::string_view portal;
  Minute minute = 0;
};
std::optional<Place> place_of(std::string_view key) {
  if (key.empty() || key.front() != static_cast<char>(Grain::minute)) return std::nullopt;
  ByteReader in(key.substr(1));
  Place place;
  place.cells = in.part();
  place.portal = in.part();
  place.minute = in.ordered();
  return place;
}

// Cells are named after their KPI: id, '#', version.
std::string_view kpi_of(std::string_view cells) { return cells.substr(0, cells.find('#')); }

Correction correction_of(std::string_view key, const Cell& delta, Position position) {
  BucketKey bucket = parse_bucket_key(key);
  return {position,
          std::string(kpi_of(bucket.cells)),
          bucket.bucket,
          std::move(bucket.pipeline),
          std::move(bucket.manager),
          std::move(bucket.source),
          std::move(bucket.labels),
          delta};
}

}  // namespace

std::string_view end_reason_name(EndReason reason) {
  constexpr std::array<std::string_view, 3> kNames{"definition changed", "settings changed", "computed again"};
  return kNames.at(static_cast<std::size_t>(reason));
}

bool Corrections::ended(std::string_view kpi) const {
  return std::any_of(ends.begin(), ends.end(), [&](const LedgerEnd& end) { return end.kpi.empty() || end.kpi == kpi; });
}

Corrections corrections_of(const State& state, const SnapshotId& id) {
  Corrections found;
  scan_prefix(state, id_key(Tag::correction, id),
              [&](std::string_view, std::string_view value) { decode_corrections(value, found.list); });
  scan_prefix(state, id_key(Tag::end, id),
              [&](std::string_view key, std::string_view value) { found.ends.push_back(read_end(key, value)); });
  return found;
}

void end_ledgers(const State& state, const std::string& portal, EndReason reason, StateBatch& batch) {
  LedgerEnd end;
  if (const auto stored = state.get(Space::meta, kPositionKey)) {
    end.position = static_cast<Position>(decode_number(*stored));
  }
  end.reason = reason;
  scan_prefix(state, portal_prefix(Tag::snapshot, portal), [&](std::string_view key, std::string_view) {
    const SnapshotId id = parse_id(key);
    if (!state.get(Space::periods, end_key(id, ""))) put_end(batch, id, end);
  });
}

Ledger::Ledger(const State& state) {
  each_snapshot(
      state, tag_prefix(Tag::snapshot), [this](const Snapshot& snapshot) { add(snapshot); }, false);
  for (auto& [portal, list] : portals_) {
    for (Closed& closed : list) {
      load_corrections(state, closed);
      load_ends(state, closed);
    }
  }
}

void Ledger::load_corrections(const State& state, Closed& closed) {
  scan_prefix(state, id_key(Tag::correction, closed.id), [&](std::string_view, std::string_view value) {
    ++closed.batches;
    closed.corrections += count_corrections(value);
  });
  corrections_[{closed.id.portal, closed.id.schedule}] += closed.corrections;
}

void Ledger::load_ends(const State& state, Closed& closed) {
  scan_prefix(state, id_key(Tag::end, closed.id), [&](std::string_view key, std::string_view) {
    const std::string kpi = end_kpi(key);
    Versions open = *closed.open;
    std::erase_if(open, [&](const std::string& cells) { return kpi.empty() || kpi_of(cells) == kpi; });
    closed.open = shared(std::move(open));
  });
}

void Ledger::add(const Snapshot& snapshot) {
  Versions versions;
  for (const auto& [id, kpi] : snapshot.kpis) {
    if (kpi.windows == WindowSet::periods) versions.insert(kpi.cells);
  }
  Closed closed{snapshot.head.id, snapshot.head.range, shared(std::move(versions))};
  auto& list = portals_[closed.id.portal];
  const auto behind = std::upper_bound(list.begin(), list.end(), closed.range.last,
                                       [](Minute last, const Closed& have) { return last < have.range.last; });
  list.insert(behind, std::move(closed));
}

void Ledger::forget(const std::string& portal, const std::string& schedule, UnixSeconds due) {
  const auto list = portals_.find(portal);
  if (list == portals_.end()) return;
  std::erase_if(list->second, [&](const Closed& closed) {
    if (closed.id.schedule != schedule || closed.id.due >= due) return false;
    corrections_[{portal, schedule}] -= closed.corrections;
    return true;
  });
}

void Ledger::follow(const std::vector<Definition>& in_force, Position position, StateBatch& batch) {
  Versions counted;
  for (const Definition& definition : in_force) counted.insert(definition.cells());
  for (auto& [portal, list] : portals_) {
    for (Closed& closed : list) {
      if (closed.open->empty()) continue;
      if (in_force.empty()) {
        put_end(batch, closed.id, {"", position, EndReason::computed_again});
        closed.open = shared({});
        continue;
      }
      Versions open;
      for (const std::string& cells : *closed.open) {
        if (counted.contains(cells)) {
          open.insert(open.end(), cells);
        } else {
          put_end(batch, closed.id, {std::string(kpi_of(cells)), position, EndReason::definition_changed});
        }
      }
      if (open.size() != closed.open->size()) closed.open = shared(std::move(open));
    }
  }
}

void Ledger::record(const CellDeltas& deltas, Position position, StateBatch& batch) {
  if (portals_.empty()) return;
  std::map<Closed*, std::vector<Correction>> moved;
  for (const auto& [key, delta] : deltas) {
    if (delta.zero()) continue;
    const auto place = place_of(key);
    if (!place) continue;
    const auto list = portals_.find(place->portal);
    if (list == portals_.end()) continue;
    auto& all = list->second;
    const auto over = std::upper_bound(all.begin(), all.end(), place->minute,
                                       [](Minute minute, const Closed& have) { return minute < have.range.last; });
    for (auto closed = over; closed != all.end(); ++closed) {
      if (closed->range.first > place->minute || !closed->open->contains(place->cells)) continue;
      moved[&*closed].push_back(correction_of(key, delta, position));
    }
  }
  for (auto& [closed, corrections] : moved) put(*closed, std::move(corrections), batch);
}

void Ledger::put(Closed& closed, std::vector<Correction> corrections, StateBatch& batch) {
  std::sort(corrections.begin(), corrections.end(), [](const Correction& a, const Correction& b) {
    return std::tie(a.minute, a.kpi, a.pipeline, a.manager, a.source, a.labels) <
           std::tie(b.minute, b.kpi, b.pipeline, b.manager, b.source, b.labels);
  });
  closed.corrections += corrections.size();
  corrections_[{closed.id.portal, closed.id.schedule}] += corrections.size();
  batch.puts.push_back({Space::periods, correction_key(closed.id, closed.batches++), encode_corrections(corrections)});
}

std::uint64_t Ledger::corrections(const std::string& portal, const std::string& schedule) const {
  const auto found = corrections_.find({portal, schedule});
  return found == corrections_.end() ? 0 : found->second;
}

}  // namespace kpistream::periods
