#include "exporters/prometheus/accept.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

namespace kpistream::exporters {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& letter : small) letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  return small;
}

// What stands before the first `sign`; takes it off.
std::string_view take_part(std::string_view& text, char sign) {
  const auto end = text.find(sign);
  const auto part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return trimmed(part);
}

// Thousandths, as a client gives them: "0.5", "1", ".3".
int quality(std::string_view text) {
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || !(value >= 0) || value > 1) return 0;
  return static_cast<int>(value * 1'000);
}

// A value may stand in quotes.
std::string unquoted(std::string_view text) {
  const bool quoted = text.size() > 1 && text.front() == '"' && text.back() == '"';
  return std::string(quoted ? text.substr(1, text.size() - 2) : text);
}

// One element of a list such as Accept.
struct Wish {
  std::string what;
  std::string version;
  int quality = 1'000;
};

std::vector<Wish> wishes_in(std::string_view list) {
  std::vector<Wish> wishes;
  while (!list.empty()) {
    std::string_view element = take_part(list, ',');
    Wish wish;
    wish.what = lower(take_part(element, ';'));
    while (!element.empty()) {
      std::string_view parameter = take_part(element, ';');
      const std::string name = lower(take_part(parameter, '='));
      if (name == "q") wish.quality = quality(trimmed(parameter));
      if (name == "version") wish.version = unquoted(trimmed(parameter));
    }
    if (!wish.what.empty()) wishes.push_back(std::move(wish));
  }
  return wishes;
}

// Of a media type with its subtype, and the versions of it that we write.
struct Offer {
  std::string_view type;
  std::string_view group;  // the range that holds all subtypes
  std::vector<std::string_view> versions;
};

// How closely a range names what is offered; 0: it is none of it.
int closeness(const Wish& wish, const Offer& offer) {
  const auto& versions = offer.versions;
  const bool any_version = wish.version.empty();
  if (!any_version && std::find(versions.begin(), versions.end(), wish.version) == versions.end()) return 0;
  if (wish.what == offer.type) return any_version ? 3 : 4;
  if (wish.what == offer.group) return 2;
  return wish.what == "*/*" ? 1 : 0;
}

// By the ranges that name it most closely: whatever wider ones say, "text/plain;q=0, */*" wants no plain text.
int quality_of(const std::vector<Wish>& wishes, const Offer& offer) {
  int closest = 0;
  int best = 0;
  for (const Wish& wish : wishes) {
    const int close = closeness(wish, offer);
    if (close == 0 || close < closest) continue;
    best = close > closest ? wish.quality : std::max(best, wish.quality);
    closest = close;
  }
  return best;
}

}  // namespace

Format format_of(std::string_view accept) {
  // Who asks for OpenMetrics 0.0.1 reads what we write, too.
  static const Offer open_metrics{"application/openmetrics-text", "application/*", {"1.0.0", "0.0.1"}};
  static const Offer text{"text/plain", "text/*", {"0.0.4"}};
  const auto wishes = wishes_in(accept);
  return quality_of(wishes, open_metrics) > quality_of(wishes, text) ? Format::open_metrics : Format::text;
}

bool takes_gzip(std::string_view accept_encoding) {
  int named = -1;
  int any = 0;
  for (const Wish& wish : wishes_in(accept_encoding)) {
    if (wish.what == "gzip" || wish.what == "x-gzip") named = wish.quality;
    if (wish.what == "*") any = wish.quality;
  }
  return named >= 0 ? named > 0 : any > 0;
}

}  // namespace kpistream::exporters
