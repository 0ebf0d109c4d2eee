// What the readers of CRMs ask the state: what is to be read, how far lists were read, which records are known. Each
// call reads the state as it is at that moment; thread-safe as the state's reading is.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/portal.hpp"
#include "stream/ports/state.hpp"
#include "stream/ports/wishes.hpp"

namespace kpistream {

// All wishes not yet fulfilled; to be handed to the readers at start.
[[nodiscard]] std::vector<Wish> pending_wishes(const State& state);

// How far the periodic read of `list` of a portal has come; 0: never read.
[[nodiscard]] std::int64_t read_cursor(const State& state, const std::string& portal, const std::string& list);

// Up to when, by the CRM's clock, a portal's records were compared with its lists: the smallest cursor of
// PortalSettings::compared_lists that have ever been read; 0: none of them was. Nothing: it has no such lists.
[[nodiscard]] std::optional<UnixSeconds> compared_until(const State& state, const PortalSettings& portal);

// The cursors whose names begin so, by name.
[[nodiscard]] std::map<std::string, std::int64_t> read_cursors(const State& state, const std::string& portal,
                                                               std::string_view prefix);

// The next `most` ids behind `after`, in the order of bytes, of records of a kind that are not known to be gone.
[[nodiscard]] std::vector<std::string> known_ids(const State& state, const std::string& portal, EntityKind kind,
                                                 const std::string& after, std::size_t most);

}  // namespace kpistream
