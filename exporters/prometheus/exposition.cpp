#include "exporters/prometheus/exposition.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace kpistream::exporters {
namespace {

void append_escaped(std::string& out, std::string_view text, bool quotes) {
  for (const char c : text) {
    if (c == '\\') {
      out.append("\\\\");
    } else if (c == '\n') {
      out.append("\\n");
    } else if (quotes && c == '"') {
      out.append("\\\"");
    } else {
      out.push_back(c);
    }
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

void Exposition::Family::line(std::string_view suffix, const Labels& labels, std::string_view value) {
  text_.append(name_).append(suffix);
  char separator = '{';
  for (const auto& [name, label] : labels) {
    text_.push_back(separator);
    text_.append(name).append("=\"");
    append_escaped(text_, label, true);
    text_.push_back('"');
    separator = ',';
  }
  if (separator == ',') text_.push_back('}');
  text_.push_back(' ');
  text_.append(value).push_back('\n');
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
    bound = i < bounds.size() ? std::to_string(bounds[i]) : "+Inf";
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
  family.name_ = name;
  family.type_ = type;
  family.help_ = help;
  return family;
}

std::string Exposition::text() const {
  std::string out;
  for (const auto& [name, family] : families_) {
    if (family.text_.empty()) continue;
    out.append("# HELP ").append(name).push_back(' ');
    append_escaped(out, family.help_, false);
    out.append("\n# TYPE ").append(name).push_back(' ');
    out.append(family.type_).push_back('\n');
    out.append(family.text_);
  }
  return out;
}

}  // namespace kpistream::exporters
