// Windows in a portal's own time: which minutes each window covers at a given moment.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "stream/codec/keys.hpp"

namespace kpistream {

// Which set of windows a KPI is shown in.
enum class WindowSet : std::uint8_t {
  rolling,      // window: 1h 24h 7d day day_prev week
  task_due,     // due: overdue today tomorrow later none, disjoint (K22)
  meeting_due,  // due: today tomorrow (K24)
};

struct Range {
  Minute first = 0;  // included
  Minute last = 0;   // excluded
  friend bool operator==(const Range&, const Range&) = default;
};

// Immutable and thread-safe. Local days may have 23 or 25 hours, and may begin at 01:00 where midnight does not exist.
class Calendar {
 public:
  // Throws std::runtime_error when the zone is not in the system's time zone database.
  explicit Calendar(const std::string& zone);
  ~Calendar();

  [[nodiscard]] static std::span<const std::string_view> windows(WindowSet set);
  [[nodiscard]] static std::string_view label(WindowSet set);  // "window" or "due"

  // The ranges of windows(set), in that order, at `now`.
  void ranges(WindowSet set, UnixSeconds now, std::span<Range> out) const;

 private:
  struct Zone;
  std::unique_ptr<const Zone> zone_;
};

}  // namespace kpistream
