// Which managers and sources of a portal have series of their own: a bound on what one portal can bring to a page. All
// others stand together as "other" (KPI.md, conventions).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "stream/kpi/board.hpp"

namespace kpistream::exporters {

inline constexpr std::string_view kOther = "other";

// How many of one portal.
struct PlaceLimits {
  std::size_t managers = SIZE_MAX;
  std::size_t sources = SIZE_MAX;
  friend bool operator==(const PlaceLimits&, const PlaceLimits&) = default;
};

// Of one portal. Not thread-safe.
class Places {
 public:
  explicit Places(PlaceLimits limits) : managers_{limits.managers, {}}, sources_{limits.sources, {}} {}

  // Gives them to those of whom most was counted in the last 28 days. Once a day (of UTC), or a graph would end
  // whenever one passes another. True: others have them than before.
  bool give(const PortalFigures& portal);

  // The value itself, or "other". Who is new takes a place while there is one; a funnel needs none.
  [[nodiscard]] std::string_view of(Family family, const std::string& value);
  [[nodiscard]] bool has(Family family, const std::string& value) const { return taken(family).by.contains(value); }
  // Whether so many of a directory may be named; else only those who have a place.
  [[nodiscard]] bool hold(Family family, std::size_t names) const { return names <= taken(family).most; }

 private:
  struct Taken {
    std::size_t most;
    std::set<std::string> by;
    friend bool operator==(const Taken&, const Taken&) = default;
  };

  [[nodiscard]] const Taken& taken(Family family) const { return family == Family::manager ? managers_ : sources_; }

  Taken managers_;
  Taken sources_;
  std::optional<std::int64_t> given_on_;  // a day since 1970
};

}  // namespace kpistream::exporters
