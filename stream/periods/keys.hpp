// Keys of Space::periods. docs/formats/store.md describes the same.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "stream/crm/vocabulary.hpp"

namespace kpistream::periods {

// One table: a portal, a schedule by its name, and the moment it was due.
struct SnapshotId {
  std::string portal;
  std::string schedule;
  UnixSeconds due = 0;
  auto operator<=>(const SnapshotId&) const = default;
};

// What a key is of. Tags come before the portal, so that each kind is one range.
enum class Tag : char { advice = 'a', correction = 'c', end = 'e', snapshot = 's' };

[[nodiscard]] std::string tag_prefix(Tag tag);
[[nodiscard]] std::string portal_prefix(Tag tag, std::string_view portal);
[[nodiscard]] std::string schedule_prefix(Tag tag, std::string_view portal, std::string_view schedule);
// A snapshot's own key; of corrections and ends: what is of this snapshot.
[[nodiscard]] std::string id_key(Tag tag, const SnapshotId& id);
[[nodiscard]] SnapshotId parse_id(std::string_view key);  // of the three; throws CodecError

// Corrections are numbered: positions begin anew when a journal is read again.
[[nodiscard]] std::string correction_key(const SnapshotId& id, std::uint64_t number);
[[nodiscard]] std::string end_key(const SnapshotId& id, std::string_view kpi);
[[nodiscard]] std::string end_kpi(std::string_view key);  // throws CodecError
[[nodiscard]] std::string advice_key(std::string_view portal, std::string_view card);
[[nodiscard]] std::string advice_card(std::string_view key);  // throws CodecError

}  // namespace kpistream::periods
