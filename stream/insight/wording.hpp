// Numbers in sentences, in Russian and English.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace kpistream::insight {

enum class Language : std::uint8_t { ru, en };

// Which form of a noun goes with a number. Russian: 0 one (1, 21), 1 few (2 to 4, 22), 2 many (0, 5 to 20, 25).
// English: 0 one (1), 1 other.
[[nodiscard]] std::size_t plural_form(Language language, std::int64_t number);

// "12 500" (with no-break spaces) and "12,500".
[[nodiscard]] std::string grouped(Language language, std::int64_t number);
// Minor units, as whole major ones: "12 500 RUB". Every currency is taken to have hundredths.
[[nodiscard]] std::string money(Language language, std::int64_t minor_units, std::string_view currency);
// "2 ч 15 мин" and "2 h 15 min"; seconds below a minute only, minutes below a day only.
[[nodiscard]] std::string duration(Language language, std::int64_t seconds);
[[nodiscard]] std::string ratio(Language language, std::optional<double> ratio);    // "0,50"; "–" without one
[[nodiscard]] std::string percent(Language language, std::optional<double> ratio);  // "12,5 %" and "12.5%"

// Money in minor units, shares in thousandths.
enum class Unit : std::uint8_t { count, money, seconds, share };
// "12 500", "125 RUB", "2 ч 15 мин", "31,2 %"
[[nodiscard]] std::string amount(Language language, Unit unit, std::int64_t value, std::string_view currency);

// What a text may speak of.
struct Values {
  std::map<std::string_view, std::int64_t> numbers;
  std::string_view currency;
  Unit unit = Unit::count;  // of amounts
};

// Fills the places of a text:
//   {x}                grouped(x)
//   {x|one|few|many}   grouped(x) and the form that goes with it; in English {x|one|other}
//   {x:time}           duration   {x:share} percent of thousandths   {x:amount} by its unit
//   {x/y} {x/y:share}  ratio and percent of two numbers
// A place that names no number stays as it is: a test of every text finds it.
[[nodiscard]] std::string fill(Language language, std::string_view text, const Values& values);

}  // namespace kpistream::insight
