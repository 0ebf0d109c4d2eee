#include "exporters/table/html.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kpistream::exporters {
namespace {

constexpr double kWidth = 96;
constexpr double kHeight = 24;
constexpr double kMargin = 2;
constexpr double kNoticed = 0.1;           // a tenth off what is usual
constexpr std::int64_t kCountNoticed = 5;  // fewer are chance
constexpr std::size_t kUsualMin = 3;       // closed columns

bool closed(const Column& column) { return !column.running && column.known; }

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string sparkline(const std::vector<std::optional<std::int64_t>>& values, std::string_view words) {
  std::int64_t low = 0;
  std::int64_t high = 0;
  std::size_t known = 0;
  for (const auto& value : values) {
    if (!value) continue;
    low = std::min(low, *value);
    high = std::max(high, *value);
    ++known;
  }
  if (known < 2 || high == low) return {};
  const double step = (kWidth - 2 * kMargin) / static_cast<double>(values.size() - 1);
  std::string lines;
  std::string last;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]) continue;
    const bool begins = i == 0 || !values[i - 1];
    const bool ends = i + 1 == values.size() || !values[i + 1];
    const double share = static_cast<double>(*values[i] - low) / static_cast<double>(high - low);
    const double x = kMargin + step * static_cast<double>(i);
    const double y = kHeight - kMargin - share * (kHeight - 2 * kMargin);
    lines += fmt::format(R"({}{:.1f},{:.1f}{})", begins ? R"(<polyline points=")" : " ", x, y, ends ? R"("/>)" : "");
    // Of one point alone there is no line to see.
    if (begins && ends) lines += fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="1"/>)", x, y);
    last = fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="2"/>)", x, y);
  }
  return fmt::format(R"(<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}</svg>)", kWidth, kHeight,
                     escaped(words), lines, last);
}

std::string bar(double share, std::string_view kind) {
  return fmt::format(
      R"(<svg class="bar {}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="of" width="100" height="8"/><rect class="is" width="{:.1f}" height="8"/></svg>)",
      kind, 100 * std::clamp(share, 0.0, 1.0));
}

Mood mood_of(const Row& row, const std::vector<Column>& columns, std::size_t column) {
  const auto& value = row.figures[column].value;
  if (row.line.better == Better::neither || !value || !closed(columns[column])) return Mood::plain;
  std::vector<double> usual;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i != column && closed(columns[i]) && row.figures[i].value) {
      usual.push_back(static_cast<double>(*row.figures[i].value));
    }
  }
  const auto middle = usual.size() < kUsualMin ? std::nullopt : insight::median(usual);
  if (!middle) return Mood::plain;
  const double off = static_cast<double>(*value) - *middle;
  const bool few = row.line.unit == LineUnit::count && std::abs(off) < static_cast<double>(kCountNoticed);
  if (few || std::abs(off) < kNoticed * std::abs(*middle) || off == 0) return Mood::plain;
  return (off > 0) == (row.line.better == Better::more) ? Mood::good : Mood::bad;
}

View view_of(View view, Family family, std::vector<std::string> of) {
  view.by = family;
  view.of = std::move(of);
  return view;
}

View everybody(View view) {
  view.by.reset();
  view.of.clear();
  return view;
}

std::string days_address(Day first, Day last) { return Calendar::text(first) + ".." + Calendar::text(last); }

std::string cell_address(const View& view, std::string_view line, const Column& column) {
  return fmt::format("{}&column={}", cell_address(view, line), percent_encoded(column.first));
}

std::string cell_address(const View& view, std::string_view line) {
  View of = view;
  of.lines.clear();
  of.at.clear();
  of.sort.clear();
  return fmt::format("cell{}&line={}", address_of(of), percent_encoded(line));
}

std::string opens(const std::string& address, std::string_view html) {
  return fmt::format(R"(<a href="{}">{}</a>)", escaped(address), html);
}

}  // namespace kpistream::exporters
