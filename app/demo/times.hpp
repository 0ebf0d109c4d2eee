// Time as the invented departments live it: Moscow's, which has had no summer time since 2014, and a working week of
// nine to six from Monday to Friday.
#pragma once

#include <cstdint>
#include <string>

#include "stream/crm/vocabulary.hpp"

namespace kpistream::app::demo {

inline constexpr std::string_view kZone = "Europe/Moscow";
inline constexpr UnixSeconds kMinute = 60;
inline constexpr UnixSeconds kHour = 3'600;
inline constexpr UnixSeconds kDay = 86'400;
inline constexpr UnixSeconds kWeek = 7 * kDay;
inline constexpr int kOpens = 9;    // o'clock
inline constexpr int kCloses = 18;  // o'clock

// The moment at which the local day of `at` began; likewise its week, on Monday.
[[nodiscard]] UnixSeconds day_of(UnixSeconds at);
[[nodiscard]] UnixSeconds week_of(UnixSeconds at);

[[nodiscard]] bool working(UnixSeconds at);
// `at`, or the next moment at which somebody works.
[[nodiscard]] UnixSeconds at_work(UnixSeconds at);
// So many seconds of working time later.
[[nodiscard]] UnixSeconds after_work(UnixSeconds at, std::int64_t seconds);
// That many working days later, at its beginning.
[[nodiscard]] UnixSeconds working_day_after(UnixSeconds at, int days);

// "2026-09-14T10:00:03+03:00", as the portal's REST writes it.
[[nodiscard]] std::string text(UnixSeconds at);

}  // namespace kpistream::app::demo
