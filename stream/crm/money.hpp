// Amounts as CRMs write them.
#pragma once

#include <string_view>

#include "stream/crm/vocabulary.hpp"

namespace kpistream {

// "250000.00" to 25000000, "250000,5" to 25000050; digits beyond the second are cut, as is a currency behind a bar
// ("100|RUB", a Bitrix24 money field); 0 when it is not a decimal number.
[[nodiscard]] MinorUnits parse_money(std::string_view text);

}  // namespace kpistream
