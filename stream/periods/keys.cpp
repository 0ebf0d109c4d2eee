#include "stream/periods/keys.hpp"

#include "stream/codec/bytes.hpp"

namespace kpistream::periods {
namespace {

SnapshotId read_id(ByteReader& reader) {
  SnapshotId id;
  (void)reader.byte();
  id.portal = reader.part();
  id.schedule = reader.part();
  id.due = reader.ordered();
  return id;
}

}  // namespace

std::string tag_prefix(Tag tag) { return {static_cast<char>(tag)}; }

std::string portal_prefix(Tag tag, std::string_view portal) {
  std::string key = tag_prefix(tag);
  ByteWriter(key).part(portal);
  return key;
}

std::string schedule_prefix(Tag tag, std::string_view portal, std::string_view schedule) {
  std::string key = portal_prefix(tag, portal);
  ByteWriter(key).part(schedule);
  return key;
}

std::string id_key(Tag tag, const SnapshotId& id) {
  std::string key = schedule_prefix(tag, id.portal, id.schedule);
  ByteWriter(key).ordered(id.due);
  return key;
}

SnapshotId parse_id(std::string_view key) {
  ByteReader reader(key);
  return read_id(reader);
}

std::string correction_key(const SnapshotId& id, std::uint64_t number) {
  std::string key = id_key(Tag::correction, id);
  ByteWriter(key).ordered(static_cast<std::int64_t>(number));
  return key;
}

std::string end_key(const SnapshotId& id, std::string_view kpi) {
  std::string key = id_key(Tag::end, id);
  ByteWriter(key).part(kpi);
  return key;
}

std::string end_kpi(std::string_view key) {
  ByteReader reader(key);
  (void)read_id(reader);
  return std::string(reader.part());
}

std::string advice_key(std::string_view portal, std::string_view card) {
  std::string key = portal_prefix(Tag::advice, portal);
  ByteWriter(key).part(card);
  return key;
}

std::string advice_card(std::string_view key) {
  ByteReader reader(key);
  (void)reader.byte();
  (void)reader.part();
  return std::string(reader.part());
}

}  // namespace kpistream::periods
