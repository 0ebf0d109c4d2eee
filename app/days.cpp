#include "app/days.hpp"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "stream/kpi/calendar.hpp"

namespace kpistream::app {
namespace {

constexpr std::array<std::string_view, 7> kWeekdays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr int kYearMin = 2000;  // beyond these a mistyped year is likelier than a plan
constexpr int kYearMax = 2199;
constexpr int kDayMinutes = 24 * 60;

// So many digits and nothing else.
std::optional<int> digits(std::string_view text, std::size_t count) {
  if (text.size() != count) return {};
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return {};
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<int> time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return {};
  const auto hour = digits(text.substr(0, 2), 2);
  const auto minute = digits(text.substr(3), 2);
  if (!hour || !minute || *minute > 59 || *hour * 60 + *minute > kDayMinutes) return {};
  return *hour * 60 + *minute;
}

std::string span_text(const DayRange& span) {
  if (span.first == span.last) return Calendar::text(span.first);
  return Calendar::text(span.first) + "/" + Calendar::text(span.last);
}

}  // namespace

std::string read_day(std::string_view text, std::int64_t& day) {
  const bool form = text.size() == 10 && text[4] == '-' && text[7] == '-';
  const auto year = form ? digits(text.substr(0, 4), 4) : std::nullopt;
  const auto month = form ? digits(text.substr(5, 2), 2) : std::nullopt;
  const auto of_month = form ? digits(text.substr(8), 2) : std::nullopt;
  if (!year || !month || !of_month) return fmt::format("'{}' is not a day; write for example 2026-11-04", text);
  const auto ymd = date::year{*year} / *month / *of_month;
  if (!ymd.ok()) return fmt::format("the calendar has no {}", text);
  if (*year < kYearMin || *year > kYearMax) {
    return fmt::format("the year of {} must be from {} to {}", text, kYearMin, kYearMax);
  }
  day = date::sys_days{ymd}.time_since_epoch().count();
  return {};
}

std::string read_span(std::string_view text, DayRange& span) {
  const auto slash = text.find('/');
  if (auto wrong = read_day(text.substr(0, slash), span.first); !wrong.empty()) return wrong;
  span.last = span.first;
  if (slash == std::string_view::npos) return {};
  if (auto wrong = read_day(text.substr(slash + 1), span.last); !wrong.empty()) return wrong;
  return span.first <= span.last ? "" : fmt::format("{} runs backwards; the earlier day comes first", text);
}

std::string read_weekday(std::string_view text, int& weekday) {
  const auto it = std::find(kWeekdays.begin(), kWeekdays.end(), text);
  if (it == kWeekdays.end()) return fmt::format("'{}' is none of: {}", text, fmt::join(kWeekdays, ", "));
  weekday = static_cast<int>(it - kWeekdays.begin());
  return {};
}

std::string read_weekdays(std::string_view text, DayRange& days) {
  const auto dash = text.find('-');
  int first = 0;
  int last = 0;
  auto wrong = read_weekday(text.substr(0, dash), first);
  if (wrong.empty()) wrong = read_weekday(dash == std::string_view::npos ? text : text.substr(dash + 1), last);
  if (wrong.empty() && first > last) {
    wrong = fmt::format("{} runs backwards; the week begins with mon, so name these days apart", text);
  }
  days = {first, last};
  return wrong;
}

std::string read_hours(std::string_view text, WorkHours& hours) {
  const auto dash = text.find('-');
  const auto begin = time_of_day(text.substr(0, dash));
  const auto end = dash == std::string_view::npos ? std::nullopt : time_of_day(text.substr(dash + 1));
  if (!begin || !end) return fmt::format("'{}' are no hours; write for example 09:00-18:00, or off", text);
  if (*begin >= *end) {
    return fmt::format("{} runs backwards; hours begin and end on the same day, at 24:00 at the latest", text);
  }
  hours = {*begin, *end};
  return {};
}

std::optional<std::int64_t> day_at(Section& section, std::string_view key) {
  const auto value = section.text(key);
  if (!value) return {};
  std::int64_t day = 0;
  const auto wrong = read_day(*value, day);
  if (wrong.empty()) return day;
  section.complain(key, wrong);
  return {};
}

std::vector<DayRange> spans_at(Section& section, std::string_view key) {
  std::vector<DayRange> spans;
  static_cast<void>(section.texts(key, [&](const std::string& text) {
    DayRange span;
    if (auto wrong = read_span(text, span); !wrong.empty()) return wrong;
    const auto other = std::find_if(spans.begin(), spans.end(),
                                    [&](const DayRange& s) { return s.first <= span.last && span.first <= s.last; });
    if (other != spans.end()) return fmt::format("{} overlaps {}; name each day once", text, span_text(*other));
    spans.push_back(span);
    return std::string();
  }));
  std::sort(spans.begin(), spans.end(), [](const DayRange& a, const DayRange& b) { return a.first < b.first; });
  return spans;
}

}  // namespace kpistream::app
