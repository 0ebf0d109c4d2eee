// What a figure is of: money, seconds, or neither.
#pragma once

#include <cstdint>
#include <vector>

#include "stream/kpi/definition.hpp"

namespace kpistream {

enum class Unit : std::uint8_t { number, money, seconds };

// Of the sum of a definition, and of its quantiles. Votes are kept where others keep seconds, and are numbers.
[[nodiscard]] Unit sum_unit(const Definition& definition);

// Worked out from the formula's parts as in physics: money by a count is money, money by money is a number. A number
// too where it cannot be told: money and a count added up, or seconds by a figure, which may well be minutes.
[[nodiscard]] Unit unit_of(const Formula& formula, const std::vector<Definition>& definitions);

}  // namespace kpistream
