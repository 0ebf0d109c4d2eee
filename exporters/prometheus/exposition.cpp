#include "exporters/prometheus/exposition.hpp"

#include <algorithm>
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
  const auto plain = [](char letter) {
    return static_cast<signed char>(letter) >= ' ' && letter != '"' && letter != '\\';
  };
  if (std::all_of(text.begin(), text.end(), plain)) {
    out.append(text);
    return;
  }
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

// A number as text, without memory of its own.
class Digits {
 public:
  explicit Digits(std::int64_t value) { put(value); }
  explicit Digits(double value) {
    if (std::isfinite(value)) {
      put(value);
    } else {
      const std::string_view word = std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
      size_ = word.copy(bytes_.data(), bytes_.size());
    }
  }
  [[nodiscard]] std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  template <class Number>
  void put(Number value) {
    size_ = static_cast<std::size_t>(std::to_chars(bytes_.data(), bytes_.data() + bytes_.size(), value).ptr -
                                     bytes_.data());
  }

  std::array<char, 32> bytes_{};
  std::size_t size_ = 0;
};

// As OpenMetrics wants it: never without a point, nor with an exponent.
std::string bound_text(double bound) {
  std::array<char, 32> bytes{};
  const auto end = std::to_chars(bytes.data(), bytes.data() + bytes.size(), bound, std::chars_format::fixed).ptr;
  std::string text(bytes.data(), end);
  return text.find('.') == std::string::npos ? text + ".0" : text;
}

}  // namespace

std::vector<SharedFamily> shared(std::vector<FamilyText> families) {
  std::vector<SharedFamily> all;
  all.reserve(families.size());
  for (FamilyText& family : families) all.push_back(std::make_shared<const FamilyText>(std::move(family)));
  return all;
}

bool is_info(const FamilyText& family) { return family.type == "gauge" && family.name.ends_with("_info"); }

void Labels::add(std::string_view name, std::string_view value) {
  if (!text_.empty()) text_.push_back(',');
  text_.append(name).append("=\"");
  append_escaped(text_, value, true);
  text_.push_back('"');
}

void Labels::add(const Labels& more) {
  if (!text_.empty() && !more.text_.empty()) text_.push_back(',');
  text_.append(more.text_);
}

void Exposition::Family::line(std::string_view suffix, const Labels& labels, std::string_view value) {
  std::string& out = text_.samples;
  out.append(text_.name).append(suffix);
  if (!labels.text().empty()) {
    out.push_back('{');
    out.append(labels.text()).push_back('}');
  }
  out.push_back(' ');
  out.append(value).push_back('\n');
  ++text_.series;
}

void Exposition::Family::sample(const Labels& labels, std::int64_t value) { line("", labels, Digits(value).text()); }

void Exposition::Family::sample(const Labels& labels, double value) { line("", labels, Digits(value).text()); }

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

template <class Counts, class Bound>
std::int64_t Exposition::Family::buckets(const Labels& labels, const Counts& counts, const Bound& bound) {
  std::int64_t cumulated = 0;
  Labels with_bound = labels;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    cumulated += static_cast<std::int64_t>(counts[i]);
    with_bound.add("le", bound(i));
    line("_bucket", with_bound, Digits(cumulated).text());
    with_bound.cut(labels.size());
  }
  return cumulated;
}

void Exposition::Family::histogram(const Labels& labels, const std::vector<std::int64_t>& bounds,
                                   const std::vector<std::int64_t>& counts, std::int64_t sum) {
  const auto bound = [&](std::size_t i) { return i < bounds.size() ? std::to_string(bounds[i]) + ".0" : "+Inf"; };
  const std::int64_t count = buckets(labels, counts, bound);
  line("_sum", labels, Digits(sum).text());
  line("_count", labels, Digits(count).text());
}

void Exposition::Family::histogram(const Labels& labels, std::span<const double> bounds,
                                   std::span<const std::uint64_t> counts, double sum) {
  const auto bound = [&](std::size_t i) { return i < bounds.size() ? bound_text(bounds[i]) : "+Inf"; };
  const std::int64_t count = buckets(labels, counts, bound);
  line("_sum", labels, Digits(sum).text());
  line("_count", labels, Digits(count).text());
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
