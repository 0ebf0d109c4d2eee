#include "stream/insight/wording.hpp"

#include <array>
#include <cmath>
#include <vector>

#include "stream/insight/numbers.hpp"

namespace kpistream::insight {
namespace {

constexpr std::string_view kNoBreakSpace = "\u00a0";
constexpr std::string_view kDash = "–";
constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kHour = 3'600;
constexpr std::int64_t kDay = 86'400;

std::string joined(std::string_view number, std::string_view word) {
  return std::string(number).append(kNoBreakSpace).append(word);
}

// A number with so many digits after the point.
std::string fixed(Language language, double value, int digits) {
  const std::int64_t scale = digits == 2 ? 100 : 10;
  const std::int64_t whole = rounded(std::abs(value) * static_cast<double>(scale));
  std::string text = grouped(language, whole / scale);
  std::string rest = std::to_string(whole % scale);
  rest.insert(0, static_cast<std::size_t>(digits) - rest.size(), '0');
  text += (language == Language::ru ? ',' : '.') + rest;
  return (value < 0 && whole != 0 ? "−" : "") + text;
}

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (std::size_t at = text.find(by); at != std::string_view::npos; at = text.find(by)) {
    parts.push_back(text.substr(0, at));
    text.remove_prefix(at + 1);
  }
  parts.push_back(text);
  return parts;
}

std::optional<std::int64_t> find(const Values& values, std::string_view name) {
  const auto it = values.numbers.find(name);
  return it == values.numbers.end() ? std::nullopt : std::optional{it->second};
}

// "{x/y}": nothing when one of them is not there.
std::optional<std::string> two_numbers(Language language, std::string_view names, bool share, const Values& values) {
  const std::size_t slash = names.find('/');
  const auto value = find(values, names.substr(0, slash));
  const auto base = find(values, names.substr(slash + 1));
  if (!value || !base) return std::nullopt;
  const auto both = Compared{*value, *base}.ratio();
  return share ? percent(language, both) : ratio(language, both);
}

std::optional<std::string> place(Language language, std::string_view inside, const Values& values) {
  const auto forms = split(inside, '|');
  const auto format = split(forms[0], ':');
  const std::string_view kind = format.size() > 1 ? format[1] : "";
  if (format[0].find('/') != std::string_view::npos) return two_numbers(language, format[0], kind == "share", values);
  const auto number = find(values, format[0]);
  if (!number) return std::nullopt;
  if (forms.size() > 1) return joined(grouped(language, *number), forms.at(1 + plural_form(language, *number)));
  const Unit unit = kind == "amount"  ? values.unit
                    : kind == "time"  ? Unit::seconds
                    : kind == "share" ? Unit::share
                                      : Unit::count;
  return amount(language, unit, *number, values.currency);
}

}  // namespace

std::size_t plural_form(Language language, std::int64_t number) {
  const std::uint64_t size = number < 0 ? 0 - static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
  if (language == Language::en) return size == 1 ? 0 : 1;
  const std::uint64_t tens = size % 100;
  const std::uint64_t units = size % 10;
  if (tens >= 11 && tens <= 14) return 2;
  if (units == 1) return 0;
  return units >= 2 && units <= 4 ? 1 : 2;
}

std::string grouped(Language language, std::int64_t number) {
  const std::string digits = std::to_string(number);
  const std::size_t first = number < 0 ? 1 : 0;
  std::string text = number < 0 ? "−" : "";
  for (std::size_t i = first; i < digits.size(); ++i) {
    if (i > first && (digits.size() - i) % 3 == 0) text += language == Language::ru ? kNoBreakSpace : ",";
    text += digits[i];
  }
  return text;
}

std::string money(Language language, std::int64_t minor_units, std::string_view currency) {
  return joined(grouped(language, rounded(static_cast<double>(minor_units) / 100)), currency);
}

std::string duration(Language language, std::int64_t seconds) {
  struct Step {
    std::int64_t seconds;
    std::array<std::string_view, 2> name;
  };
  constexpr std::array<Step, 4> kUnits{Step{kDay, {"д", "d"}}, Step{kHour, {"ч", "h"}}, Step{kMinute, {"мин", "min"}},
                                       Step{1, {"с", "s"}}};
  std::size_t unit = 0;
  while (unit + 1 < kUnits.size() && seconds < kUnits.at(unit).seconds) ++unit;
  const auto part = [&](std::size_t index, std::int64_t of) {
    return joined(std::to_string(of / kUnits.at(index).seconds),
                  kUnits.at(index).name.at(static_cast<std::size_t>(language)));
  };
  std::string text = part(unit, seconds);
  // The next smaller unit too, down to minutes.
  const std::int64_t rest = seconds % kUnits.at(unit).seconds;
  if (unit + 2 < kUnits.size() && rest >= kUnits.at(unit + 1).seconds) text.append(" ").append(part(unit + 1, rest));
  return text;
}

std::string amount(Language language, Unit unit, std::int64_t value, std::string_view currency) {
  switch (unit) {
    case Unit::money:
      return money(language, value, currency);
    case Unit::seconds:
      return duration(language, value);
    case Unit::share:
      return percent(language, static_cast<double>(value) / 1'000);
    case Unit::count:
      break;
  }
  return grouped(language, value);
}

std::string ratio(Language language, std::optional<double> ratio) {
  return ratio ? fixed(language, *ratio, 2) : std::string(kDash);
}

std::string percent(Language language, std::optional<double> ratio) {
  if (!ratio) return std::string(kDash);
  const std::string number = fixed(language, *ratio * 100, 1);
  return language == Language::ru ? joined(number, "%") : number + "%";
}

std::string fill(Language language, std::string_view text, const Values& values) {
  std::string filled;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) break;
    filled += text.substr(0, open);
    const std::string_view whole = text.substr(open, close - open + 1);
    filled += place(language, whole.substr(1, whole.size() - 2), values).value_or(std::string(whole));
    text.remove_prefix(close + 1);
  }
  return filled.append(text);
}

}  // namespace kpistream::insight
