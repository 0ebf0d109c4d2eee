#include "store/record.hpp"

#include "store/crc32c.hpp"
#include "stream/codec/bytes.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::store {
namespace {

constexpr std::uint8_t kRecordFormat = 1;
constexpr std::size_t kChecksumBytes = 4;

[[noreturn]] void damaged(Position position, const std::string& what) {
  throw StoreError("journal record " + std::to_string(position) + " is damaged (" + what +
                   "): put the store back from a backup");
}

std::array<char, 4> little_endian(std::uint32_t v) noexcept {
  return {static_cast<char>(v), static_cast<char>(v >> 8), static_cast<char>(v >> 16), static_cast<char>(v >> 24)};
}

Record decode_fields(std::string_view payload) {
  ByteReader reader(payload);
  if (const auto format = reader.byte(); format != kRecordFormat) {
    throw CodecError("its format is " + std::to_string(format));
  }
  Record record;
  record.kind = static_cast<RecordKind>(reader.byte());
  record.crm = static_cast<Crm>(reader.byte());
  record.portal = reader.text();
  record.arrived = reader.integer();
  record.subject = reader.text();
  record.asked = reader.varint();
  record.status = static_cast<std::uint16_t>(reader.varint());
  record.body = reader.text();
  if (!reader.empty()) throw CodecError("it has bytes left over");
  return record;
}

}  // namespace

Position RecordKey::position(std::string_view key) {
  if (key.size() != 8)
    throw StoreError("the journal has a key that is not a position: put the store back from a backup");
  Position position = 0;
  for (const char byte : key) position = (position << 8) | static_cast<std::uint8_t>(byte);
  return position;
}

void encode_head(const NewRecord& record, std::string& head) {
  ByteWriter writer(head);
  writer.byte(kRecordFormat);
  writer.byte(static_cast<std::uint8_t>(record.kind));
  writer.byte(static_cast<std::uint8_t>(record.crm));
  writer.text(record.portal);
  writer.integer(record.arrived);
  writer.text(record.subject);
  writer.varint(record.asked);
  writer.varint(record.status);
  writer.varint(record.body.size());
}

RecordChecksum::RecordChecksum(std::string_view head, std::string_view body) noexcept
    : crc_(crc32c(body, crc32c(head))) {}

std::array<char, 4> RecordChecksum::at(const RecordKey& key) const noexcept {
  return little_endian(crc32c(key.view(), crc_));
}

Record decode_record(Position position, std::string_view value) {
  if (value.size() < kChecksumBytes) damaged(position, "it is too short");
  const auto payload = value.substr(0, value.size() - kChecksumBytes);
  const auto expected = RecordChecksum(payload, {}).at(RecordKey(position));
  if (value.substr(payload.size()) != std::string_view(expected.data(), expected.size())) {
    damaged(position, "its checksum is wrong");
  }
  try {
    Record record = decode_fields(payload);
    record.position = position;
    return record;
  } catch (const CodecError& error) {
    damaged(position, error.what());
  }
}

}  // namespace kpistream::store
