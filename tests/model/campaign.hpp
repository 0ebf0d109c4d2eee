// Many histories, one after another; a failing one is made as small as it gets and told to people.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "stream/kpi/definition.hpp"

namespace kpistream::model {

struct Campaign {
  std::uint64_t seed = 1;  // of the first history; the next ones have the next numbers
  std::uint64_t histories = 1'000;
  std::uint64_t failures_most = 5;  // then it ends
};

struct Result {
  std::uint64_t histories = 0;
  std::uint64_t happenings = 0;
  std::vector<std::string> failures;  // the shrunk scenario of each, with the figures that differ
};

// `progress` hears of every thousandth history.
[[nodiscard]] Result run(const Campaign& campaign, const std::vector<Definition>& catalogue,
                         const std::function<void(const Result&)>& progress);

}  // namespace kpistream::model
