// Tables of closed periods with their corrections, for the command and for the API.
#pragma once

#include <string>
#include <string_view>

#include "app/config.hpp"
#include "stream/periods/snapshot.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::app {

struct TablesQuery {
  std::string portal;    // empty: all, as the next ones
  std::string schedule;  // name
  std::string period;    // its first day, "2026-09-07"; of hours and ten minutes with the time, "2026-09-07T14:10"
  std::string due;       // seconds since 1970: which one, where a schedule has taken a period more than once
};

struct TablesAnswer {
  static constexpr std::size_t kCorrectionsMax = 10'000;  // newer ones are left off
  std::string error;  // what is wrong with the query, and the cure; then the rest is empty
  std::string text;
  std::string json;
};

// Without a period: which tables there are. With one: the newest table of that period, whole, and what has changed
// since it was taken.
[[nodiscard]] TablesAnswer tables(const Config& config, const State& state, const TablesQuery& query);

// From "portal=acme&schedule=weekly&period=2026-09-07".
[[nodiscard]] TablesQuery tables_query(std::string_view text);

}  // namespace kpistream::app
