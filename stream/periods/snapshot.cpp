#include "stream/periods/snapshot.hpp"

#include "stream/codec/bytes.hpp"
#include "stream/kpi/cells.hpp"
#include "stream/kpi/state_figures.hpp"

namespace kpistream::periods {
namespace {

constexpr std::uint8_t kSnapshotFormat = 1;
constexpr std::uint8_t kStoredFormat = 1;

void expect_format(ByteReader& in, std::uint8_t format) {
  if (in.byte() != format) throw CodecError("stored table has an unknown format");
}

template <class Enum>
Enum read_enum(ByteReader& in, Enum last) {
  const std::uint8_t value = in.byte();
  if (value > static_cast<std::uint8_t>(last)) throw CodecError("stored table has a value that nobody knows");
  return static_cast<Enum>(value);
}

void write(ByteWriter& out, const std::vector<std::string>& texts) {
  out.varint(texts.size());
  for (const auto& text : texts) out.text(text);
}

std::vector<std::string> read_texts(ByteReader& in) {
  std::vector<std::string> texts;
  for (auto left = in.varint(); left != 0; --left) texts.push_back(in.text());
  return texts;
}

void write(ByteWriter& out, const SnapshotHead& head) {
  out.text(head.id.portal);
  out.text(head.id.schedule);
  out.integer(head.id.due);
  out.byte(static_cast<std::uint8_t>(head.period));
  out.integer(head.range.first);
  out.integer(head.range.last);
  out.integer(head.taken);
  out.varint(head.position);
  out.integer(head.coverage);
}

SnapshotHead read_head(ByteReader& in) {
  SnapshotHead head;
  head.id.portal = in.text();
  head.id.schedule = in.text();
  head.id.due = in.integer();
  head.period = read_enum(in, kLastPeriod);
  head.range.first = in.integer();
  head.range.last = in.integer();
  head.taken = in.integer();
  head.position = in.varint();
  head.coverage = in.integer();
  return head;
}

void write(ByteWriter& out, const Rows& rows) {
  out.varint(rows.size());
  for (const auto& [key, cell] : rows) {
    out.text(key.window);
    out.byte(key.family ? static_cast<std::uint8_t>(*key.family) + 1 : 0);
    out.text(key.dimension);
    write(out, key.labels);
    out.text(cell.encode());
  }
}

Rows read_rows(ByteReader& in) {
  Rows rows;
  for (auto left = in.varint(); left != 0; --left) {
    RowKey key;
    key.window = in.text();
    const std::uint8_t family = in.byte();
    if (family > static_cast<std::uint8_t>(Family::source) + 1) throw CodecError("stored table has an unknown family");
    if (family != 0) key.family = static_cast<Family>(family - 1);
    key.dimension = in.text();
    key.labels = read_texts(in);
    rows.emplace(std::move(key), Cell::decode(in.text()));
  }
  return rows;
}

// Of a state: what stands in each of its windows as they were at the due moment.
Rows standing(const State& state, const Definition& definition, const std::string& portal, const Calendar& calendar,
              UnixSeconds due) {
  Rows rows;
  const auto windows = Calendar::windows(definition.windows);
  std::vector<Range> ranges(windows.size());
  calendar.ranges(definition.windows, due, ranges);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const std::string window(windows[i]);
    visit_cells(state, definition, portal, calendar, ranges[i],
                [&](const BucketKey& key, const Cell& cell) { add_to_rows(rows, definition, window, key, cell); });
  }
  std::erase_if(rows, [](const auto& row) { return row.second.zero(); });
  return rows;
}

SnapshotKpi kpi_of(const State& state, const Definition& definition, const Calendar& calendar,
                   const SnapshotHead& head) {
  SnapshotKpi kpi;
  kpi.cells = definition.cells();
  kpi.measure = definition.measure;
  kpi.windows = definition.windows;
  for (const Label& label : definition.window_labels) kpi.labels.emplace_back(label.name());
  if (definition.windows == WindowSet::periods) {
    kpi.rows = rows_of(state, definition, head.id.portal, calendar, head.range);
  } else if (head.in_time()) {
    kpi.rows = standing(state, definition, head.id.portal, calendar, head.id.due);
  } else {
    kpi.known = false;
  }
  return kpi;
}

}  // namespace

Snapshot take_snapshot(const State& state, const std::vector<Definition>& in_force, const PortalSettings& portal,
                       const Calendar& calendar, SnapshotHead head) {
  head.coverage = StateFigures(state, in_force, portal, calendar, head.taken).coverage(head.range);
  Snapshot snapshot{std::move(head), {}};
  for (const Definition& definition : in_force) {
    snapshot.kpis.emplace(definition.id, kpi_of(state, definition, calendar, snapshot.head));
  }
  return snapshot;
}

void add_to_rows(Rows& rows, const Definition& definition, const std::string& window, const BucketKey& key,
                 const Cell& cell) {
  const auto add = [&](std::optional<Family> family, const std::string& dimension) {
    rows[{window, family, dimension, key.labels}].add(cell);
  };
  add(std::nullopt, "");
  if (definition.by_pipeline) add(Family::pipeline, key.pipeline);
  if (definition.by_manager) add(Family::manager, key.manager);
  if (definition.by_source) add(Family::source, key.source);
}

Rows rows_of(const State& state, const Definition& definition, const std::string& portal, const Calendar& calendar,
             const Range& range) {
  Rows rows;
  visit_cells(state, definition, portal, calendar, range,
              [&](const BucketKey& key, const Cell& cell) { add_to_rows(rows, definition, "", key, cell); });
  std::erase_if(rows, [](const auto& row) { return row.second.zero(); });
  return rows;
}

// What each KPI is comes before the rows of all, so that a list of tables is read without them.
std::string encode_snapshot(const Snapshot& snapshot) {
  std::string bytes;
  ByteWriter out(bytes);
  out.byte(kSnapshotFormat);
  write(out, snapshot.head);
  out.varint(snapshot.kpis.size());
  for (const auto& [id, kpi] : snapshot.kpis) {
    out.text(id);
    out.text(kpi.cells);
    out.byte(static_cast<std::uint8_t>(kpi.measure));
    out.byte(static_cast<std::uint8_t>(kpi.windows));
    write(out, kpi.labels);
    out.byte(kpi.known ? 1 : 0);
  }
  for (const auto& [id, kpi] : snapshot.kpis) write(out, kpi.rows);
  return bytes;
}

Snapshot decode_snapshot(std::string_view bytes, bool with_rows) {
  ByteReader in(bytes);
  expect_format(in, kSnapshotFormat);
  Snapshot snapshot;
  snapshot.head = read_head(in);
  for (auto left = in.varint(); left != 0; --left) {
    std::string id = in.text();
    SnapshotKpi kpi;
    kpi.cells = in.text();
    kpi.measure = read_enum(in, kLastMeasure);
    kpi.windows = read_enum(in, kLastWindowSet);
    kpi.labels = read_texts(in);
    kpi.known = in.byte() != 0;
    snapshot.kpis.emplace(std::move(id), std::move(kpi));
  }
  if (!with_rows) return snapshot;
  for (auto& [id, kpi] : snapshot.kpis) kpi.rows = read_rows(in);
  return snapshot;
}

namespace {

KeptSnapshot read_kept(std::string_view value) {
  ByteReader in(value);
  expect_format(in, kStoredFormat);
  KeptSnapshot kept;
  kept.hash = in.text();
  kept.bytes = in.text();
  return kept;
}

}  // namespace

bool put_snapshot(const State& state, const Snapshot& snapshot, const Digest& digest, StateBatch& batch) {
  std::string key = id_key(Tag::snapshot, snapshot.head.id);
  if (state.get(Space::periods, key)) return false;
  const std::string bytes = encode_snapshot(snapshot);
  std::string value;
  ByteWriter out(value);
  out.byte(kStoredFormat);
  out.text(digest(bytes));
  out.text(bytes);
  batch.puts.push_back({Space::periods, std::move(key), std::move(value)});
  // A ledger that is being cleared away is not this one's.
  for (const Tag tag : {Tag::correction, Tag::end}) {
    const std::string prefix = id_key(tag, snapshot.head.id);
    state.scan(Space::periods, prefix, after_prefix(prefix), [&](std::string_view left, std::string_view) {
      batch.erases.push_back({Space::periods, std::string(left)});
      return true;
    });
  }
  return true;
}

std::optional<KeptSnapshot> find_snapshot(const State& state, const SnapshotId& id) {
  const auto value = state.get(Space::periods, id_key(Tag::snapshot, id));
  if (!value) return std::nullopt;
  return read_kept(*value);
}

bool is_intact(const SnapshotId& id, const KeptSnapshot& kept, const Digest& digest) {
  return digest(kept.bytes) == kept.hash && decode_snapshot(kept.bytes, false).head.id == id;
}

void each_kept(const State& state, const std::string& prefix,
               const std::function<void(const SnapshotId&, const KeptSnapshot&)>& visit) {
  state.scan(Space::periods, prefix, after_prefix(prefix), [&](std::string_view key, std::string_view value) {
    visit(parse_id(key), read_kept(value));
    return true;
  });
}

void each_snapshot(const State& state, const std::string& prefix, const std::function<void(const Snapshot&)>& visit,
                   bool with_rows) {
  each_kept(state, prefix,
            [&](const SnapshotId&, const KeptSnapshot& kept) { visit(decode_snapshot(kept.bytes, with_rows)); });
}

}  // namespace kpistream::periods
