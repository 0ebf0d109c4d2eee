// What the board has to show, counted from events one by one.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "tests/model/events.hpp"

namespace kpistream::model {

struct Figure {
  std::int64_t count = 0;
  std::int64_t sum = 0;
  std::vector<std::int64_t> durations;
};

enum class By : std::uint8_t { pipeline, manager, source };
using Place = std::tuple<By, std::string, std::vector<std::string>>;  // dimension, labels

struct Counted {
  std::map<Place, std::vector<Figure>> windows;
  std::map<Place, Figure> totals;  // net
  std::optional<UnixSeconds> oldest;
};

[[nodiscard]] Counted count(const Definition& definition, const std::vector<Event>& events,
                            const std::vector<Span>& windows);

}  // namespace kpistream::model
