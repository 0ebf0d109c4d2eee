#include "stream/codec/values.hpp"

#include "stream/codec/bytes.hpp"

namespace kpistream {
namespace {

constexpr std::uint8_t kEntityFormat = 4;
constexpr std::uint8_t kUnversionedEntity = 2;  // read too: without versions of what is linked
constexpr std::uint8_t kFactsFormat = 2;
constexpr std::uint8_t kLinkFormat = 1;
constexpr std::uint8_t kDefinitionFormat = 1;

void expect_format(ByteReader& reader, std::uint8_t format) {
  if (reader.byte() != format) throw CodecError("stored value has an unknown format");
}

void write(ByteWriter& out, const EntityRef& ref) {
  out.byte(static_cast<std::uint8_t>(ref.kind));
  out.text(ref.id);
}

EntityRef read_ref(ByteReader& in) {
  EntityRef ref;
  ref.kind = static_cast<EntityKind>(in.byte());
  ref.id = in.text();
  return ref;
}

// Added to a point's outcome where the row of a stage history follows.
constexpr std::uint8_t kHasRow = 0x80;
constexpr std::uint8_t kHasFields = 0x40;  // where a mark of its fields follows
constexpr int kTellsShift = 4;             // what a row tells
constexpr std::uint8_t kTells = 0x30;

void write(ByteWriter& out, const StagePoint& p) {
  out.integer(p.at);
  out.integer(p.entered);
  out.text(p.pipeline);
  out.text(p.stage);
  out.byte(static_cast<std::uint8_t>(static_cast<std::uint8_t>(p.outcome) | (p.row != 0 ? kHasRow : 0) |
                                     (p.fields != 0 ? kHasFields : 0) |
                                     (static_cast<std::uint8_t>(p.tells) << kTellsShift)));
  out.text(p.owner);
  out.integer(p.amount);
  out.text(p.currency);
  out.text(p.mover);
  out.text(p.author);
  if (p.row != 0) out.varint(p.row);
  if (p.fields != 0) out.varint(p.fields);
}

StagePoint read_point(ByteReader& in) {
  StagePoint p;
  p.at = in.integer();
  p.entered = in.integer();
  p.pipeline = in.text();
  p.stage = in.text();
  const std::uint8_t outcome = in.byte();
  p.outcome = static_cast<Outcome>(outcome & ~(kHasRow | kHasFields | kTells));
  p.tells = static_cast<RowTells>((outcome & kTells) >> kTellsShift);
  p.owner = in.text();
  p.amount = in.integer();
  p.currency = in.text();
  p.mover = in.text();
  p.author = in.text();
  if ((outcome & kHasRow) != 0) p.row = in.varint();
  if ((outcome & kHasFields) != 0) p.fields = in.varint();
  return p;
}

void write(ByteWriter& out, const Details& d) {
  out.text(d.owner);
  out.byte(static_cast<std::uint8_t>(d.act));
  out.byte(static_cast<std::uint8_t>(d.direction));
  out.byte(static_cast<std::uint8_t>(d.call));
  out.integer(d.seconds);
  out.integer(d.start);
  out.integer(d.end);
  out.integer(d.deadline);
  out.byte(d.done);
  out.integer(d.done_at);
  write(out, d.target);
  out.byte(d.human);
  out.text(d.type);
  out.text(d.author);
  out.text(d.closer);
  out.integer(d.created);
  out.text(d.line);
  out.integer(d.rating);
}

Details read_details(ByteReader& in) {
  Details d;
  d.owner = in.text();
  d.act = static_cast<Act>(in.byte());
  d.direction = static_cast<Direction>(in.byte());
  d.call = static_cast<CallOutcome>(in.byte());
  d.seconds = in.integer();
  d.start = in.integer();
  d.end = in.integer();
  d.deadline = in.integer();
  d.done = in.byte() != 0;
  d.done_at = in.integer();
  d.target = read_ref(in);
  d.human = in.byte() != 0;
  d.type = in.text();
  d.author = in.text();
  d.closer = in.text();
  d.created = in.integer();
  d.line = in.text();
  d.rating = in.integer();
  return d;
}

void write(ByteWriter& out, const std::vector<Field>& fields) {
  out.varint(fields.size());
  for (const Field& field : fields) {
    out.text(field.name);
    out.text(field.value);
  }
}

std::vector<Field> read_fields(ByteReader& in) {
  std::vector<Field> fields;
  for (auto left = in.varint(); left != 0; --left) {
    Field field;
    field.name = in.text();
    field.value = in.text();
    fields.push_back(std::move(field));
  }
  return fields;
}

constexpr std::uint8_t kHasTies = 16;  // among the flags of an entity
constexpr std::uint8_t kHasPresence = 32;
constexpr std::uint8_t kHasLate = 64;

void write_points(ByteWriter& out, const std::vector<StagePoint>& points) {
  out.varint(points.size());
  for (const auto& point : points) write(out, point);
}

std::vector<StagePoint> read_points(ByteReader& in) {
  std::vector<StagePoint> points;
  for (auto left = in.varint(); left != 0; --left) points.push_back(read_point(in));
  return points;
}

void write_ties(ByteWriter& out, const Entity& e) {
  out.integer(e.ties_version);
  out.varint(e.ties.size());
  for (const Tie& tie : e.ties) {
    write(out, tie.card);
    out.integer(tie.version);
  }
}

void read_ties(ByteReader& in, Entity& e) {
  e.ties_version = in.integer();
  for (auto left = in.varint(); left != 0; --left) {
    Tie tie;
    tie.card = read_ref(in);
    tie.version = in.integer();
    e.ties.push_back(std::move(tie));
  }
}

void write(ByteWriter& out, const Fact& f) {
  out.byte(static_cast<std::uint8_t>(f.kind));
  out.text(f.part);
  out.integer(f.at);
  out.integer(f.created);
  for (const auto* text : {&f.manager, &f.owner, &f.actor, &f.pipeline, &f.stage}) out.text(*text);
  out.integer(f.amount);
  out.integer(f.profit);
  out.text(f.currency);
  out.integer(f.seconds);
  out.integer(f.working_seconds);
  for (const auto* text : {&f.direction, &f.outcome, &f.reason, &f.source, &f.action, &f.client, &f.type, &f.channel}) {
    out.text(*text);
  }
  write(out, f.fields);
}

Fact read_fact(ByteReader& in) {
  Fact f;
  f.kind = static_cast<FactKind>(in.byte());
  f.part = in.text();
  f.at = in.integer();
  f.created = in.integer();
  for (auto* text : {&f.manager, &f.owner, &f.actor, &f.pipeline, &f.stage}) *text = in.text();
  f.amount = in.integer();
  f.profit = in.integer();
  f.currency = in.text();
  f.seconds = in.integer();
  f.working_seconds = in.integer();
  for (auto* text : {&f.direction, &f.outcome, &f.reason, &f.source, &f.action, &f.client, &f.type, &f.channel}) {
    *text = in.text();
  }
  f.fields = read_fields(in);
  return f;
}

void write(ByteWriter& out, const std::vector<Label>& labels) {
  out.varint(labels.size());
  for (const Label& label : labels) {
    out.byte(static_cast<std::uint8_t>(label.attribute));
    out.text(label.field);
  }
}

std::vector<Label> read_labels(ByteReader& in) {
  std::vector<Label> labels;
  for (auto left = in.varint(); left != 0; --left) {
    Label label;
    label.attribute = static_cast<Attribute>(in.byte());
    label.field = in.text();
    labels.push_back(std::move(label));
  }
  return labels;
}

void write(ByteWriter& out, const Condition& c) {
  out.byte(static_cast<std::uint8_t>(c.attribute));
  out.text(c.field);
  out.varint(c.any_of.size());
  for (const auto& value : c.any_of) out.text(value);
  out.byte(c.negated);
  out.integer(c.min);
  out.integer(c.max);
}

Condition read_condition(ByteReader& in) {
  Condition c;
  c.attribute = static_cast<Attribute>(in.byte());
  c.field = in.text();
  for (auto left = in.varint(); left != 0; --left) c.any_of.push_back(in.text());
  c.negated = in.byte() != 0;
  c.min = in.integer();
  c.max = in.integer();
  return c;
}

}  // namespace

std::string encode_entity(const Entity& e) {
  std::string bytes;
  ByteWriter out(bytes);
  out.byte(kEntityFormat);
  const bool tied = !e.ties.empty() || e.ties_version != 0;
  out.byte(static_cast<std::uint8_t>((e.gone ? 1 : 0) | (e.ignore ? 2 : 0) | (e.has_details ? 4 : 0) |
                                     (e.repeat ? 8 : 0) | (tied ? kHasTies : 0) |
                                     (e.presence_at != 0 ? kHasPresence : 0) | (e.late.empty() ? 0 : kHasLate)));
  out.integer(e.created);
  out.text(e.creator);
  out.text(e.source);
  out.text(e.loss_reason);
  out.integer(e.loss_reason_version);
  write_points(out, e.points);
  if (!e.late.empty()) write_points(out, e.late);
  if (e.has_details) {
    write(out, e.details);
    out.integer(e.details_version);
    out.integer(e.target_version);
  }
  write(out, e.parent);
  write(out, e.client);
  write(out, e.fields);
  for (const UnixSeconds version : {e.parent_version, e.client_version, e.repeat_version, e.fields_version}) {
    out.integer(version);
  }
  if (tied) write_ties(out, e);
  if (e.presence_at != 0) out.integer(e.presence_at);
  out.text(e.name);
  out.integer(e.cursor);
  return bytes;
}

Entity decode_entity(std::string_view bytes) {
  ByteReader in(bytes);
  const auto format = in.byte();
  if (format < kUnversionedEntity || format > kEntityFormat) throw CodecError("stored value has an unknown format");
  Entity e;
  const auto flags = in.byte();
  e.gone = (flags & 1) != 0;
  e.ignore = (flags & 2) != 0;
  e.has_details = (flags & 4) != 0;
  e.repeat = (flags & 8) != 0;
  e.created = in.integer();
  e.creator = in.text();
  e.source = in.text();
  e.loss_reason = in.text();
  e.loss_reason_version = in.integer();
  e.points = read_points(in);
  if ((flags & kHasLate) != 0) e.late = read_points(in);
  if (e.has_details) {
    e.details = read_details(in);
    e.details_version = in.integer();
    if (format != kUnversionedEntity) e.target_version = in.integer();
  }
  e.parent = read_ref(in);
  e.client = read_ref(in);
  e.fields = read_fields(in);
  if (format != kUnversionedEntity) {
    for (auto* version : {&e.parent_version, &e.client_version, &e.repeat_version}) *version = in.integer();
  }
  e.fields_version = in.integer();
  if ((flags & kHasTies) != 0) read_ties(in, e);
  if ((flags & kHasPresence) != 0) e.presence_at = in.integer();
  e.name = in.text();
  e.cursor = in.integer();
  return e;
}

std::string encode_facts(const Facts& facts) {
  std::string bytes;
  ByteWriter out(bytes);
  out.byte(kFactsFormat);
  out.varint(facts.size());
  for (const auto& fact : facts) write(out, fact);
  return bytes;
}

Facts decode_facts(std::string_view bytes) {
  ByteReader in(bytes);
  expect_format(in, kFactsFormat);
  Facts facts;
  for (auto n = in.varint(); n > 0; --n) facts.push_back(read_fact(in));
  return facts;
}

std::string encode_link(const Link& link) {
  std::string bytes;
  ByteWriter out(bytes);
  out.byte(kLinkFormat);
  out.text(link.who);
  out.text(link.word);
  out.integer(link.value);
  out.integer(link.amount);
  return bytes;
}

void decode_link(std::string_view bytes, Link& link) {
  ByteReader in(bytes);
  expect_format(in, kLinkFormat);
  link.who = in.text();
  link.word = in.text();
  link.value = in.integer();
  link.amount = in.integer();
}

std::string encode_definition(const Definition& d) {
  std::string bytes;
  ByteWriter out(bytes);
  out.byte(kDefinitionFormat);
  out.text(d.id);
  out.varint(d.facts.size());
  for (const FactKind kind : d.facts) out.byte(static_cast<std::uint8_t>(kind));
  out.varint(d.where.size());
  for (const Condition& condition : d.where) write(out, condition);
  out.byte(static_cast<std::uint8_t>(d.measure));
  out.byte(static_cast<std::uint8_t>(d.time));
  out.byte(static_cast<std::uint8_t>(d.attribution));
  for (const bool flag : {d.by_pipeline, d.by_manager, d.by_source, d.totals}) out.byte(flag);
  out.byte(static_cast<std::uint8_t>(d.windows));
  write(out, d.total_labels);
  write(out, d.window_labels);
  for (const auto* text : {&d.name, &d.sum_name, &d.stem, &d.oldest_name, &d.counted, &d.summed, &d.title.ru,
                           &d.title.en, &d.text.ru, &d.text.en}) {
    out.text(*text);
  }
  return bytes;
}

Definition decode_definition(std::string_view bytes) {
  ByteReader in(bytes);
  expect_format(in, kDefinitionFormat);
  Definition d;
  d.id = in.text();
  for (auto left = in.varint(); left != 0; --left) d.facts.push_back(static_cast<FactKind>(in.byte()));
  for (auto left = in.varint(); left != 0; --left) d.where.push_back(read_condition(in));
  d.measure = static_cast<Measure>(in.byte());
  d.time = static_cast<Instant>(in.byte());
  d.attribution = static_cast<Attribution>(in.byte());
  for (bool* flag : {&d.by_pipeline, &d.by_manager, &d.by_source, &d.totals}) *flag = in.byte() != 0;
  d.windows = static_cast<WindowSet>(in.byte());
  d.total_labels = read_labels(in);
  d.window_labels = read_labels(in);
  for (auto* text : {&d.name, &d.sum_name, &d.stem, &d.oldest_name, &d.counted, &d.summed, &d.title.ru, &d.title.en,
                     &d.text.ru, &d.text.en}) {
    *text = in.text();
  }
  return d;
}

std::string encode_number(std::int64_t number) {
  std::string bytes;
  ByteWriter(bytes).integer(number);
  return bytes;
}

std::int64_t decode_number(std::string_view bytes) { return ByteReader(bytes).integer(); }

}  // namespace kpistream
