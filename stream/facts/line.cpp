#include <algorithm>
#include <cstdint>

#include "stream/facts/links.hpp"

namespace kpistream {
namespace {

constexpr std::size_t kDigitsMost = 10;  // without the country: +7 and 8 begin the same Russian number
constexpr std::size_t kDigitsLeast = 5;

constexpr std::uint64_t kFnvOffset = 0xcbf29ce484222325;
constexpr std::uint64_t kFnvPrime = 0x100000001b3;

}  // namespace

std::string line_hash(std::string_view number) {
  std::string digits;
  for (const char c : number) {
    if (c >= '0' && c <= '9') digits.push_back(c);
  }
  if (digits.size() < kDigitsLeast) return {};
  std::uint64_t hash = kFnvOffset;
  for (std::size_t i = digits.size() - std::min(digits.size(), kDigitsMost); i < digits.size(); ++i) {
    hash = (hash ^ static_cast<unsigned char>(digits[i])) * kFnvPrime;
  }
  std::string text(16, '0');
  for (auto place = text.rbegin(); place != text.rend(); ++place, hash >>= 4) *place = "0123456789abcdef"[hash & 15];
  return text;
}

}  // namespace kpistream
