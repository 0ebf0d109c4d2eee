#include "exporters/table/view.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <set>

namespace kpistream::exporters {
namespace {

constexpr std::size_t kFirstYear = 1970;
constexpr std::array kFamilies{Family::manager, Family::pipeline, Family::source};

std::string first_of(const Parameters& parameters, std::string_view name) {
  const auto values = parameters(name);
  return values.empty() ? std::string() : values.front();
}

std::optional<std::size_t> number_of(const std::string& text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Without what is empty, and everything once: a figure is not counted twice because its name was.
std::vector<std::string> chosen(std::vector<std::string> values) {
  std::set<std::string> seen;
  std::erase_if(values, [&](const std::string& value) { return value.empty() || !seen.insert(value).second; });
  return values;
}

class Reader {
 public:
  Reader(const Parameters& parameters, Language language) : parameters_(parameters) { view_.language = language; }

  ReadView read() {
    read_language();
    view_.portal = first_of(parameters_, "portal");
    read_period();
    read_columns();
    read_day("until", view_.until);
    view_.at = first_of(parameters_, "at");
    view_.sort = first_of(parameters_, "sort");
    view_.lines = chosen(parameters_("line"));
    read_family();
    if (view_.lines.size() > View::kChosenMax || view_.of.size() > View::kChosenMax) {
      wrong("line, manager, pipeline, source: choose at most " + std::to_string(View::kChosenMax));
    }
    if (error_.empty()) return {view_, {}};
    View usual;
    usual.language = view_.language;
    return {usual, error_};
  }

 private:
  void wrong(std::string text) {
    if (error_.empty()) error_ = std::move(text);
  }

  void read_language() {
    const auto text = first_of(parameters_, "lang");
    if (text == "ru" || text == "en") {
      view_.language = text == "ru" ? Language::ru : Language::en;
    } else if (!text.empty()) {
      wrong("lang: write ru or en");
    }
  }

  void read_period() {
    const auto text = first_of(parameters_, "period");
    if (text.empty()) return;
    if (const auto period = periods::period_of(text)) {
      view_.period = *period;
    } else {
      wrong("period: write 10m, hour, day, week, month or quarter");
    }
  }

  void read_columns() {
    const auto text = first_of(parameters_, "columns");
    if (text.empty()) return;
    const auto number = number_of(text);
    if (number && *number >= 1 && *number <= View::kColumnsMax) {
      view_.columns = *number;
    } else {
      wrong("columns: write a number from 1 to " + std::to_string(View::kColumnsMax));
    }
  }

  void read_day(std::string_view name, std::string& day) {
    const auto text = first_of(parameters_, name);
    if (text.empty()) return;
    if (parse_day(text)) {
      day = text;
    } else {
      wrong(std::string(name) + ": write a day as 2026-09-14");
    }
  }

  // Figures are of one family at a time: of these managers, or of these funnels.
  void read_family() {
    for (const Family family : kFamilies) {
      auto of = chosen(parameters_(family_name(family)));
      if (of.empty()) continue;
      if (view_.by) return wrong("manager, pipeline, source: choose by one of them");
      view_.by = family;
      view_.of = std::move(of);
    }
  }

  const Parameters& parameters_;
  View view_;
  std::string error_;
};

}  // namespace

ReadView read_view(const Parameters& parameters, Language language) { return Reader(parameters, language).read(); }

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  static constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~:@/";
  std::string out;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4U];
    out += kHex[byte & 15U];
  }
  return out;
}

std::string address_of(const View& view) {
  std::string out;
  const auto add = [&](std::string_view name, std::string_view value) {
    out += out.empty() ? "?" : "&";
    out.append(name).append("=").append(percent_encoded(value));
  };
  if (!view.portal.empty()) add("portal", view.portal);
  add("lang", language_name(view.language));
  if (view.period != View{}.period) add("period", periods::period_name(view.period));
  if (view.columns != View::kColumns) add("columns", std::to_string(view.columns));
  if (!view.until.empty()) add("until", view.until);
  if (!view.at.empty()) add("at", view.at);
  if (!view.sort.empty()) add("sort", view.sort);
  for (const auto& line : view.lines) add("line", line);
  for (const auto& id : view.of) add(family_name(*view.by), id);
  return out;
}

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = number_of(std::string(text.substr(0, 4)));
  const auto month = number_of(std::string(text.substr(5, 2)));
  const auto day = number_of(std::string(text.substr(8)));
  if (!year || !month || !day || *year < kFirstYear) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

std::string_view family_name(Family family) {
  if (family == Family::manager) return "manager";
  return family == Family::pipeline ? "pipeline" : "source";
}

std::string_view language_name(Language language) { return language == Language::ru ? "ru" : "en"; }

Language accepted_language(std::string_view header) {
  double best = 0;
  Language language = Language::ru;
  while (!header.empty()) {
    const auto comma = header.find(',');
    std::string_view range = header.substr(0, comma);
    header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
    range.remove_prefix(std::min(range.find_first_not_of(' '), range.size()));
    const bool ru = range.starts_with("ru");
    if (!ru && !range.starts_with("en")) continue;
    double weight = 1;
    if (const auto q = range.find("q="); q != std::string_view::npos) {
      std::from_chars(range.data() + q + 2, range.data() + range.size(), weight);
    }
    if (weight <= best) continue;
    best = weight;
    language = ru ? Language::ru : Language::en;
  }
  return language;
}

}  // namespace kpistream::exporters
