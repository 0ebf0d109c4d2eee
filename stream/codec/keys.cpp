#include "stream/codec/keys.hpp"

#include <algorithm>

#include "stream/codec/bytes.hpp"

namespace kpistream {
namespace {

constexpr char kTotal = 't';

void expect(ByteReader& reader, char tag) {
  if (reader.byte() != static_cast<std::uint8_t>(tag)) throw CodecError("stored cell key is of another kind");
}

std::vector<std::string> rest_of(ByteReader& reader) {
  std::vector<std::string> parts;
  while (!reader.empty()) parts.emplace_back(reader.part());
  return parts;
}

}  // namespace

std::string entity_key(std::string_view portal, const EntityRef& ref) {
  std::string key;
  ByteWriter writer(key);
  writer.part(portal);
  writer.byte(static_cast<std::uint8_t>(ref.kind));
  writer.part(ref.id);
  return key;
}

EntityKey parse_entity_key(std::string_view key) {
  ByteReader reader(key);
  EntityKey parsed;
  parsed.portal = reader.part();
  parsed.ref.kind = static_cast<EntityKind>(reader.byte());
  parsed.ref.id = reader.part();
  return parsed;
}

std::string link_prefix(std::string_view portal, const EntityRef& to) { return entity_key(portal, to); }

std::size_t link_prefix_size(std::string_view key) {
  const auto portal = key.find('\0');
  if (portal == std::string_view::npos) return 0;
  const auto id = key.find('\0', portal + 2);  // behind the byte of the kind
  return id == std::string_view::npos ? 0 : id + 1;
}

std::string link_kind_prefix(std::string_view portal, const EntityRef& to, std::uint8_t kind) {
  std::string key = link_prefix(portal, to);
  ByteWriter(key).byte(kind);
  return key;
}

std::string link_from(std::string_view portal, const EntityRef& to, std::uint8_t kind, std::int64_t order) {
  std::string key = link_kind_prefix(portal, to, kind);
  ByteWriter(key).ordered(order);
  return key;
}

std::string link_key(std::string_view portal, const EntityRef& to, std::uint8_t kind, std::int64_t order,
                     const EntityRef& from) {
  std::string key = link_from(portal, to, kind, order);
  ByteWriter writer(key);
  writer.byte(static_cast<std::uint8_t>(from.kind));
  writer.part(from.id);
  return key;
}

LinkKey parse_link_key(std::string_view key) {
  ByteReader reader(key);
  LinkKey parsed;
  parsed.portal = reader.part();
  parsed.to.kind = static_cast<EntityKind>(reader.byte());
  parsed.to.id = reader.part();
  parsed.kind = reader.byte();
  parsed.order = reader.ordered();
  parsed.from.kind = static_cast<EntityKind>(reader.byte());
  parsed.from.id = reader.part();
  return parsed;
}

namespace {

std::string portal_prefix(char tag, std::string_view cells, std::string_view portal) {
  std::string key(1, tag);
  ByteWriter writer(key);
  writer.part(cells);
  writer.part(portal);
  return key;
}

}  // namespace

std::string bucket_from(Grain grain, std::string_view cells, std::string_view portal, std::int64_t first) {
  std::string key = portal_prefix(static_cast<char>(grain), cells, portal);
  ByteWriter(key).ordered(first);
  return key;
}

std::string bucket_end(Grain grain, std::string_view cells, std::string_view portal) {
  return after_prefix(portal_prefix(static_cast<char>(grain), cells, portal));
}

BucketKeyWriter::BucketKeyWriter(std::string_view cells, std::string_view portal) {
  constexpr std::size_t kUsualSize = 96;
  key_.reserve(kUsualSize);
  key_.push_back(static_cast<char>(Grain::minute));
  ByteWriter writer(key_);
  writer.part(cells);
  writer.part(portal);
  bucket_at_ = key_.size();
  writer.ordered(0);
}

void BucketKeyWriter::dimension(std::string_view value) { ByteWriter(key_).part(value); }

const std::string& BucketKeyWriter::at(Grain grain, std::int64_t bucket) {
  key_.front() = static_cast<char>(grain);
  const auto bytes = ordered_bytes(bucket);
  std::copy(bytes.begin(), bytes.end(), key_.begin() + static_cast<std::ptrdiff_t>(bucket_at_));
  return key_;
}

std::string bucket_key(const BucketKey& parts) {
  BucketKeyWriter writer(parts.cells, parts.portal);
  writer.dimension(parts.pipeline);
  writer.dimension(parts.manager);
  writer.dimension(parts.source);
  for (const auto& label : parts.labels) writer.dimension(label);
  return writer.at(parts.grain, parts.bucket);
}

BucketKey parse_bucket_key(std::string_view key) {
  ByteReader reader(key);
  BucketKey parsed;
  const auto tag = static_cast<char>(reader.byte());
  if (tag != static_cast<char>(Grain::minute) && tag != static_cast<char>(Grain::day)) {
    throw CodecError("stored cell key is of another kind");
  }
  parsed.grain = static_cast<Grain>(tag);
  parsed.cells = reader.part();
  parsed.portal = reader.part();
  parsed.bucket = reader.ordered();
  parsed.pipeline = reader.part();
  parsed.manager = reader.part();
  parsed.source = reader.part();
  parsed.labels = rest_of(reader);
  return parsed;
}

std::string total_prefix(std::string_view cells, std::string_view portal) {
  return portal_prefix(kTotal, cells, portal);
}

std::string total_key(const TotalKey& parts) {
  std::string key = total_prefix(parts.cells, parts.portal);
  ByteWriter writer(key);
  writer.byte(parts.retracted ? '-' : '+');
  writer.part(parts.pipeline);
  for (const auto& label : parts.labels) writer.part(label);
  return key;
}

TotalKey parse_total_key(std::string_view key) {
  ByteReader reader(key);
  expect(reader, kTotal);
  TotalKey parsed;
  parsed.cells = reader.part();
  parsed.portal = reader.part();
  parsed.retracted = reader.byte() == '-';
  parsed.pipeline = reader.part();
  parsed.labels = rest_of(reader);
  return parsed;
}

std::vector<std::string> cells_prefixes(std::string_view cells) {
  std::vector<std::string> prefixes;
  for (const char tag : {static_cast<char>(Grain::minute), static_cast<char>(Grain::day), kTotal}) {
    std::string key(1, tag);
    ByteWriter(key).part(cells);
    prefixes.push_back(std::move(key));
  }
  return prefixes;
}

bool is_total_key(std::string_view key) { return !key.empty() && key.front() == kTotal; }

std::string wish_key(std::string_view portal, std::string_view subject) {
  std::string key;
  ByteWriter writer(key);
  writer.part(portal);
  writer.part(subject);
  return key;
}

WishKey parse_wish_key(std::string_view key) {
  ByteReader reader(key);
  WishKey parsed;
  parsed.portal = reader.part();
  parsed.subject = reader.part();
  return parsed;
}

std::string first_record_key(std::string_view portal) {
  std::string key = "first/";
  key.append(portal);
  return key;
}

std::string after_prefix(std::string prefix) {
  while (!prefix.empty()) {
    const auto last = static_cast<unsigned char>(prefix.back());
    if (last != 0xff) {
      prefix.back() = static_cast<char>(last + 1);
      return prefix;
    }
    prefix.pop_back();
  }
  return prefix;
}

}  // namespace kpistream
