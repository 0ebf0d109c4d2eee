#include "app/yaml_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

namespace kpistream::app {
namespace {

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string_view digits = text.starts_with("-") ? text.substr(1) : text;
  if (failed != std::errc{} || end != text.data() + text.size() || (digits.size() > 1 && digits[0] == '0')) return {};
  return value;
}

std::optional<std::int64_t> parse_decimal(std::string_view text, std::size_t places, std::int64_t whole_max) {
  const auto point = text.find('.');
  const auto whole = parse_integer(text.substr(0, point));
  if (!whole || *whole > whole_max || *whole < -whole_max) return {};
  const auto digits = point == std::string_view::npos ? std::string_view("0") : text.substr(point + 1);
  if (digits.empty() || digits.size() > places) return {};
  std::int64_t one = 1;
  std::int64_t fraction = 0;
  for (std::size_t i = 0; i < places; ++i) {
    const char c = i < digits.size() ? digits[i] : '0';
    if (c < '0' || c > '9') return {};
    one *= 10;
    fraction = fraction * 10 + (c - '0');
  }
  return *whole * one + (text.starts_with("-") ? -fraction : fraction);
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  if (text == "0") return std::chrono::seconds(0);
  if (text.size() < 2) return {};
  const auto number = parse_integer(text.substr(0, text.size() - 1));
  if (!number || *number < 0 || *number > 1'000'000) return {};
  switch (text.back()) {
    case 's':
      return std::chrono::seconds(*number);
    case 'm':
      return std::chrono::minutes(*number);
    case 'h':
      return std::chrono::hours(*number);
    case 'd':
      return std::chrono::hours(24 * *number);
    case 'w':
      return std::chrono::hours(7 * (24 * *number));
    default:
      return {};
  }
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  constexpr std::int64_t kNumberMax = 1 << 20;
  if (text == "0") return 0;
  int shift = 0;
  for (const std::string_view unit : {"KiB", "MiB", "GiB", "TiB"}) {
    shift += 10;
    if (!text.ends_with(unit)) continue;
    const auto number = parse_integer(text.substr(0, text.size() - unit.size()));
    if (!number || *number < 0 || *number > kNumberMax) return {};
    return static_cast<std::uint64_t>(*number) << shift;
  }
  return {};
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const std::string* best = nullptr;
  std::size_t least = 3;
  for (const auto& candidate : known) {
    if (const auto d = distance(word, candidate); d < least) {
      least = d;
      best = &candidate;
    }
  }
  return best == nullptr ? "" : fmt::format("; did you mean '{}'?", *best);
}

}  // namespace kpistream::app
