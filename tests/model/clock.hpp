// The model's own calendar: plain arithmetic on local days and working hours. Of a library it takes nothing but the
// offsets of a zone from UTC.
#pragma once

#include <string>
#include <vector>

#include "stream/kpi/definition.hpp"
#include "stream/portal.hpp"

namespace kpistream::model {

struct Span {
  UnixSeconds from = 0;  // included
  UnixSeconds to = 0;    // excluded
};
inline constexpr UnixSeconds kEver = INT64_MAX / 4;

class Clock {
 public:
  explicit Clock(const PortalSettings& settings);

  [[nodiscard]] std::int64_t day(UnixSeconds at) const;
  [[nodiscard]] std::int64_t month(UnixSeconds at) const;          // counted on and on
  [[nodiscard]] std::int64_t minute_of_day(UnixSeconds at) const;  // what the clock on the wall shows
  [[nodiscard]] UnixSeconds moment(std::int64_t day, int minute) const;
  [[nodiscard]] UnixSeconds midnight(std::int64_t day) const { return moment(day, 0); }
  [[nodiscard]] std::int64_t working(UnixSeconds from, UnixSeconds to) const;

  // The windows of a set at a moment, in the order of the catalogue.
  [[nodiscard]] std::vector<Span> windows(WindowSet set, UnixSeconds now) const;

 private:
  struct Offset {
    UnixSeconds from;
    UnixSeconds to;
    std::int64_t seconds;
  };
  [[nodiscard]] WorkHours hours(std::int64_t day) const;
  [[nodiscard]] bool works(std::int64_t day) const;
  [[nodiscard]] Span work(std::int64_t day) const;
  [[nodiscard]] UnixSeconds worked_before(UnixSeconds now, std::int64_t seconds) const;
  [[nodiscard]] UnixSeconds days_before(UnixSeconds now, std::int64_t days) const;
  [[nodiscard]] UnixSeconds same_point(std::int64_t begin, UnixSeconds now, std::int64_t first,
                                       std::int64_t last) const;
  [[nodiscard]] std::vector<Span> periods(UnixSeconds now) const;
  [[nodiscard]] Span days(std::int64_t first, std::int64_t last) const { return {midnight(first), midnight(last)}; }

  const PortalSettings& settings_;
  const std::vector<Offset>& offsets_;
  static const std::vector<Offset>& offsets_of(const std::string& zone);
};

}  // namespace kpistream::model
