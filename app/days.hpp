// Days, spans of days, weekdays and times of day in the configuration.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/yaml_reader.hpp"
#include "stream/portal.hpp"

namespace kpistream::app {

// Each tells what is wrong with the text, or fills the value and says nothing.
[[nodiscard]] std::string read_day(std::string_view text, std::int64_t& day);    // "2026-11-04"
[[nodiscard]] std::string read_span(std::string_view text, DayRange& span);      // a day, or "2026-12-31/2027-01-08"
[[nodiscard]] std::string read_weekday(std::string_view text, int& weekday);     // "mon": 0
[[nodiscard]] std::string read_weekdays(std::string_view text, DayRange& days);  // "sat", "mon-fri"
[[nodiscard]] std::string read_hours(std::string_view text, WorkHours& hours);   // "09:00-18:00"

// The same at a key of the file, where mistakes are reported.
[[nodiscard]] std::optional<std::int64_t> day_at(Section& section, std::string_view key);
// A list of days and spans, in order of time; none of them twice.
[[nodiscard]] std::vector<DayRange> spans_at(Section& section, std::string_view key);

}  // namespace kpistream::app
