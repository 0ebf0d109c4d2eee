#include "stream/crm/money.hpp"

#include <charconv>

namespace kpistream {
namespace {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

}  // namespace

MinorUnits parse_money(std::string_view text) {
  text = trim(text.substr(0, text.find('|')));
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto point = text.find_first_of(".,");
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? "" : text.substr(point + 1);
  std::int64_t units = 0;
  const auto [end, failed] = std::from_chars(whole.data(), whole.data() + whole.size(), units);
  if (failed != std::errc{} || end != whole.data() + whole.size() || units < 0 || units > INT64_MAX / 200) return 0;
  if (fraction.find_first_not_of("0123456789") != std::string_view::npos) return 0;
  std::int64_t cents = 0;
  for (std::size_t i = 0; i < 2; ++i) cents = cents * 10 + (i < fraction.size() ? fraction[i] - '0' : 0);
  const std::int64_t amount = units * 100 + cents;
  return negative ? -amount : amount;
}

}  // namespace kpistream
