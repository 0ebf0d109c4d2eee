// When what is planted happens, so that it shows whenever somebody looks.
#pragma once

#include <algorithm>

#include "app/demo/times.hpp"

namespace kpistream::app::demo {

inline constexpr int kWeeks = 13;

struct Story {
  UnixSeconds now = 0;
  UnixSeconds begins = 0;    // kWeeks closed weeks ago; the portals are known since then
  UnixSeconds week = 0;      // Monday of the last closed week
  UnixSeconds silence = 0;   // a day of it from which on some telephones are hardly answered
  UnixSeconds won = 0;       // the big deal is won, in the last week of which a table was taken,
  UnixSeconds reopened = 0;  // and taken up again after that
};

// Weekly tables are taken on Monday at nine.
[[nodiscard]] inline Story story_at(UnixSeconds now) {
  Story story;
  story.now = now;
  story.week = week_of(now) - kWeek;
  story.begins = week_of(now) - kWeeks * kWeek;
  story.silence = story.week + kDay;
  const UnixSeconds opens = kOpens * kHour;
  const UnixSeconds taken = week_of(now - opens) + opens;
  story.won = taken - opens - kWeek + 3 * kDay + 15 * kHour + 20 * kMinute;
  story.reopened = taken + std::min((now - taken) / 2, 2 * kHour + 40 * kMinute);
  return story;
}

}  // namespace kpistream::app::demo
