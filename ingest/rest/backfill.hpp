// Backfill: a portal's history since a day, read once beside everything else. Where it stands is kept as cursors in the
// state, one for each list, so that it goes on after a restart.
#pragma once

#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/crm/vocabulary.hpp"

namespace kpistream::ingest {

struct BackfillProgress {
  UnixSeconds from = 0;  // 0: none was asked for
  bool active = false;
  std::uint64_t rows = 0;      // read since the start of the program
  std::uint64_t expected = 0;  // rows that were left at its beginning, as the portal counts them; 0: not known yet
  std::uint64_t requests = 0;
  double requests_per_second = 0;    // what the portal's budget allows
  std::vector<std::string> refused;  // lists that the portal does not let us read
};

enum class BackfillStart : std::uint8_t {
  begun,
  busy,        // another one is not finished
  impossible,  // there is none for this CRM, or the reader does not run
};

// Cursors are named "backfill/<from>/<list>". kBackfillDone: the list is read.
inline constexpr std::string_view kBackfillPrefix = "backfill/";
inline constexpr std::int64_t kBackfillDone = INT64_MAX;
using BackfillCursors = std::map<std::string, std::int64_t>;

struct BackfillList {
  UnixSeconds from = 0;
  std::string list;
};
[[nodiscard]] inline std::string backfill_cursor(UnixSeconds from, std::string_view list) {
  return std::string(kBackfillPrefix) + std::to_string(from) + "/" + std::string(list);
}
// Nothing: it is no such name.
[[nodiscard]] inline std::optional<BackfillList> parse_backfill_cursor(std::string_view name) {
  if (!name.starts_with(kBackfillPrefix)) return std::nullopt;
  name.remove_prefix(kBackfillPrefix.size());
  BackfillList parsed;
  const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), parsed.from);
  if (wrong != std::errc() || end == name.data() + name.size() || *end != '/') return std::nullopt;
  parsed.list = std::string(end + 1, name.data() + name.size());
  return parsed;
}

}  // namespace kpistream::ingest
