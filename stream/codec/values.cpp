#include "stream/codec/values.hpp"

#include "stream/codec/bytes.hpp"

namespace kpistream {
namespace {

constexpr std::uint8_t kEntityFormat = 1;
constexpr std::uint8_t kFactsFormat = 1;

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

void write(ByteWriter& out, const StagePoint& p) {
  out.integer(p.at);
  out.integer(p.entered);
  out.text(p.pipeline);
  out.text(p.stage);
  out.byte(static_cast<std::uint8_t>(p.outcome));
  out.text(p.owner);
  out.integer(p.amount);
  out.text(p.currency);
}

StagePoint read_point(ByteReader& in) {
  StagePoint p;
  p.at = in.integer();
  p.entered = in.integer();
  p.pipeline = in.text();
  p.stage = in.text();
  p.outcome = static_cast<Outcome>(in.byte());
  p.owner = in.text();
  p.amount = in.integer();
  p.currency = in.text();
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
  return d;
}

void write(ByteWriter& out, const Contact& c) {
  write(out, c.act);
  out.integer(c.at);
  out.byte(c.inbound_talk);
}

Contact read_contact(ByteReader& in) {
  Contact c;
  c.act = read_ref(in);
  c.at = in.integer();
  c.inbound_talk = in.byte() != 0;
  return c;
}

void write(ByteWriter& out, const Fact& f) {
  out.byte(static_cast<std::uint8_t>(f.kind));
  out.integer(f.at);
  out.text(f.manager);
  out.text(f.pipeline);
  out.integer(f.amount);
  out.text(f.currency);
  out.integer(f.seconds);
  out.text(f.direction);
  out.text(f.outcome);
  out.text(f.reason);
  out.text(f.source);
}

Fact read_fact(ByteReader& in) {
  Fact f;
  f.kind = static_cast<FactKind>(in.byte());
  f.at = in.integer();
  f.manager = in.text();
  f.pipeline = in.text();
  f.amount = in.integer();
  f.currency = in.text();
  f.seconds = in.integer();
  f.direction = in.text();
  f.outcome = in.text();
  f.reason = in.text();
  f.source = in.text();
  return f;
}

}  // namespace

std::string encode_entity(const Entity& e) {
  std::string bytes;
  ByteWriter out(bytes);
  out.byte(kEntityFormat);
  out.byte(static_cast<std::uint8_t>((e.gone ? 1 : 0) | (e.ignore ? 2 : 0) | (e.has_details ? 4 : 0)));
  out.integer(e.created);
  out.text(e.creator);
  out.text(e.source);
  out.text(e.loss_reason);
  out.integer(e.loss_reason_version);
  out.varint(e.points.size());
  for (const auto& point : e.points) write(out, point);
  if (e.has_details) {
    write(out, e.details);
    out.integer(e.details_version);
  }
  out.varint(e.contacts.size());
  for (const auto& contact : e.contacts) write(out, contact);
  out.text(e.name);
  out.integer(e.cursor);
  return bytes;
}

Entity decode_entity(std::string_view bytes) {
  ByteReader in(bytes);
  expect_format(in, kEntityFormat);
  Entity e;
  const auto flags = in.byte();
  e.gone = (flags & 1) != 0;
  e.ignore = (flags & 2) != 0;
  e.has_details = (flags & 4) != 0;
  e.created = in.integer();
  e.creator = in.text();
  e.source = in.text();
  e.loss_reason = in.text();
  e.loss_reason_version = in.integer();
  for (auto n = in.varint(); n > 0; --n) e.points.push_back(read_point(in));
  if (e.has_details) {
    e.details = read_details(in);
    e.details_version = in.integer();
  }
  for (auto n = in.varint(); n > 0; --n) e.contacts.push_back(read_contact(in));
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

std::string encode_number(std::int64_t number) {
  std::string bytes;
  ByteWriter(bytes).integer(number);
  return bytes;
}

std::int64_t decode_number(std::string_view bytes) { return ByteReader(bytes).integer(); }

}  // namespace kpistream
