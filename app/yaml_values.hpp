// Single values of YAML files. Nothing where the text is not such a value.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kpistream::app {

// Without leading zeros: `010` is eight to some readers of YAML.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

// "91.5" with four places is 915000: exact, in units of the last place. `whole_max` bounds what stands before the
// point.
[[nodiscard]] std::optional<std::int64_t> parse_decimal(std::string_view text, std::size_t places,
                                                        std::int64_t whole_max);
inline constexpr std::size_t kMoneyPlaces = 2;
inline constexpr std::int64_t kMoneyMax = 1'000'000'000'000'000;  // more than any CRM sells

[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text);  // 0, 30s, 5m, 1h, 7d, 1w
[[nodiscard]] std::optional<std::uint64_t> parse_bytes(std::string_view text);  // 0, 64KiB, 128MiB, 2GiB, 1TiB

// The cure for a mistyped word: "; did you mean 'deal_won'?". Empty when no known word is near.
[[nodiscard]] std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace kpistream::app
