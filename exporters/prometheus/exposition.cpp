#include "exporters/prometheus/exposition.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace kpistream::exporters {
namespace {

// How many bytes the UTF-8 letter at the front has; 0 when the bytes are none.
std::size_t letter_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const std::size_t size = byte(0) < 0x80 ? 1 : byte(0) < 0xc0 ? 0 : byte(0) < 0xe0 ? 2 : byte(0) < 0xf0 ? 3 : 4;
  if (size < 2) return size;
  if (size > text.size() || byte(0) > 0xf4) return 0;
  std::uint32_t letter = byte(0) & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    letter = letter << 6 | (byte(i) & 0x3f);
  }
  constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  const bool half_of_a_pair = letter >= 0xd800 && letter <= 0xdfff;
  return letter < kLeast[size] || letter > 0x10ffff || half_of_a_pair ? 0 : size;
}

// Prometheus refuses a whole page for one byte that is not UTF-8, so that such bytes are replaced.
void append_escaped(std::string& out, std::string_view text, bool quotes) {
  while (!text.empty()) {
    const std::size_t size = letter_size(text);
    if (size == 0) {
      out.append("\xef\xbf\xbd");
    } else if (text.front() == '\\') {
      out.append("\\\\");
    } else if (text.front() == '\n') {
      out.append("\\n");
    } else if (quotes && text.front() == '"') {
      out.append("\\\"");
    } else {
      out.append(text.substr(0, size));
    }
    text.remove_prefix(size == 0 ? 1 : size);
  }
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

}  // namespace

bool is_info(const FamilyText& family) { return family.type == "gauge" && family.name.ends_with("_info"); }

void Exposition::Family::line(std::string_view suffix, const Labels& labels, std::string_view value) {
  std::string& out = text_.samples;
  out.append(text_.name).append(suffix);
  char separator = '{';
  for (const auto& [name, label] : labels) {
    out.push_back(separator);
    out.append(name).append("=\"");
    append_escaped(out, label, true);
    out.push_back('"');
    separator = ',';
  }
  if (separator == ',') out.push_back('}');
  out.push_back(' ');
  out.append(value).push_back('\n');
  ++text_.series;
}

void Exposition::Family::sample(const Labels& labels, std::int64_t value) { line("", labels, std::to_string(value)); }

void Exposition::Family::sample(const Labels& labels, double value) { line("", labels, number(value)); }

void Exposition::Family::money(const Labels& labels, std::int64_t minor_units) {
  const auto magnitude =
      minor_units < 0 ? 0 - static_cast<std::uint64_t>(minor_units) : static_cast<std::uint64_t>(minor_units);
  std::string value = minor_units < 0 ? "-" : "";
  value.append(std::to_string(magnitude / 100));
  if (const auto cents = magnitude % 100; cents != 0) {
    value.append(cents < 10 ? ".0" : ".").append(std::to_string(cents));
  }
  line("", labels, value);
}

void Exposition::Family::histogram(const Labels& labels, const std::vector<std::int64_t>& bounds,
                                   const std::vector<std::int64_t>& counts, std::int64_t sum) {
  std::int64_t cumulated = 0;
  std::string bound;
  Labels with_bound = labels;
  with_bound.emplace_back("le", "");
  for (std::size_t i = 0; i < counts.size(); ++i) {
    cumulated += counts[i];
    bound = i < bounds.size() ? std::to_string(bounds[i]) + ".0" : "+Inf";  // as OpenMetrics wants it
    with_bound.back().second = bound;
    line("_bucket", with_bound, std::to_string(cumulated));
  }
  line("_sum", labels, std::to_string(sum));
  line("_count", labels, std::to_string(cumulated));
}

Exposition::Family& Exposition::family(std::string_view name, std::string_view type, std::string_view help) {
  const auto it = families_.find(name);
  if (it != families_.end()) return it->second;
  Family& family = families_[std::string(name)];
  family.text_.name = name;
  family.text_.type = type;
  append_escaped(family.text_.help, help, false);
  return family;
}

std::vector<FamilyText> Exposition::take() {
  std::vector<FamilyText> taken;
  for (auto& [name, family] : families_) {
    if (family.text_.series != 0) taken.push_back(std::move(family.text_));
  }
  families_.clear();
  return taken;
}

}  // namespace kpistream::exporters
