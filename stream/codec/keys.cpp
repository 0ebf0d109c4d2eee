#include "stream/codec/keys.hpp"

#include "stream/codec/bytes.hpp"

namespace kpistream {
namespace {

constexpr char kBucket = 'b';
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

std::string bucket_prefix(std::string_view kpi) {
  std::string key(1, kBucket);
  ByteWriter(key).part(kpi);
  return key;
}

std::string bucket_from(std::string_view kpi, Minute first) {
  std::string key = bucket_prefix(kpi);
  ByteWriter(key).ordered(first);
  return key;
}

std::string bucket_key(const BucketKey& parts) {
  std::string key = bucket_from(parts.kpi, parts.minute);
  ByteWriter writer(key);
  writer.part(parts.portal);
  writer.part(parts.pipeline);
  writer.part(parts.manager);
  for (const auto& label : parts.labels) writer.part(label);
  return key;
}

BucketKey parse_bucket_key(std::string_view key) {
  ByteReader reader(key);
  expect(reader, kBucket);
  BucketKey parsed;
  parsed.kpi = reader.part();
  parsed.minute = reader.ordered();
  parsed.portal = reader.part();
  parsed.pipeline = reader.part();
  parsed.manager = reader.part();
  parsed.labels = rest_of(reader);
  return parsed;
}

std::string total_prefix(std::string_view kpi) {
  std::string key(1, kTotal);
  ByteWriter(key).part(kpi);
  return key;
}

std::string total_key(const TotalKey& parts) {
  std::string key = total_prefix(parts.kpi);
  ByteWriter writer(key);
  writer.byte(parts.retracted ? '-' : '+');
  writer.part(parts.portal);
  writer.part(parts.pipeline);
  for (const auto& label : parts.labels) writer.part(label);
  return key;
}

TotalKey parse_total_key(std::string_view key) {
  ByteReader reader(key);
  expect(reader, kTotal);
  TotalKey parsed;
  parsed.kpi = reader.part();
  parsed.retracted = reader.byte() == '-';
  parsed.portal = reader.part();
  parsed.pipeline = reader.part();
  parsed.labels = rest_of(reader);
  return parsed;
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
