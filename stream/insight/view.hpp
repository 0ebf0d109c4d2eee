// How insight reads figures: the ranges it looks at, whether they can be relied on, and the numbers in them.
//
// Everything in stream/insight is a pure function of Figures: nothing is kept between two calls. What needs a history
// is computed from the closed weeks each time, so that a restart or a late correction changes no answer.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "stream/insight/kpis.hpp"
#include "stream/insight/wording.hpp"
#include "stream/kpi/figures.hpp"

namespace kpistream::insight {

inline constexpr std::int64_t kCoverageMin = 990;  // thousandths; below, a range is not relied on
inline constexpr Day kWeekDays = 7;

inline constexpr Range kAllTime{kNoMinute + 1, std::numeric_limits<Minute>::max()};
inline constexpr Range kStanding{kNoMinute, std::numeric_limits<Minute>::max()};  // of states: also without a time

// The same figures as they were read at another moment, which is not after figures.now(): what happened later is not
// in any range below. States have no past: they stand as they stand now. `figures` must outlive it.
class FiguresAt : public Figures {
 public:
  FiguresAt(const Figures& figures, UnixSeconds now) : figures_(figures), now_(now) {}
  [[nodiscard]] std::map<std::string, Cell> sums(std::string_view kpi, Family family,
                                                 const Range& range) const override {
    return figures_.sums(kpi, family, range);
  }
  [[nodiscard]] Cell sum(std::string_view kpi, const Range& range) const override { return figures_.sum(kpi, range); }
  [[nodiscard]] std::map<std::string, Cell> labelled(std::string_view kpi, std::string_view label,
                                                     const Range& range) const override {
    return figures_.labelled(kpi, label, range);
  }
  [[nodiscard]] const Calendar& calendar() const override { return figures_.calendar(); }
  [[nodiscard]] const PortalSettings& settings() const override { return figures_.settings(); }
  [[nodiscard]] const std::map<std::string, std::string>& teams() const override { return figures_.teams(); }
  [[nodiscard]] UnixSeconds now() const override { return now_; }
  [[nodiscard]] UnixSeconds known_since() const override { return figures_.known_since(); }
  [[nodiscard]] std::int64_t coverage(const Range& range) const override { return figures_.coverage(range); }

 private:
  const Figures& figures_;
  UnixSeconds now_;
};

// A window of what happened, by its name in KPI.md, cut at now. REQUIRES: a name in windows(WindowSet::periods).
[[nodiscard]] Range window(const Figures& figures, std::string_view name);
// Whole local days, `last` excluded, cut at now.
[[nodiscard]] Range days(const Figures& figures, Day first, Day last);
[[nodiscard]] Day today(const Figures& figures);
[[nodiscard]] Day this_week(const Figures& figures);  // its Monday
// The Mondays of the last `count` closed weeks, oldest first.
[[nodiscard]] std::vector<Day> closed_weeks(const Figures& figures, int count);

// Whether the portal was known when the range began: before, nothing counted is not zero but unknown.
[[nodiscard]] bool known(const Figures& figures, const Range& range);
[[nodiscard]] bool reliable(const Figures& figures, const Range& range);  // known, and its coverage suffices

// What is read of a KPI, in the words of targets: "deals_won" is its count, "deals_won.sum" its sum, "revenue" short
// for the latter.
struct Reading {
  std::string_view kpi;
  Slot slot = kCountSlot;
};
[[nodiscard]] Reading reading(std::string_view name);

// What a number of it is. Of sums only time on the telephone is not money.
[[nodiscard]] Unit unit_of(const Reading& read);
[[nodiscard]] bool is_money(std::string_view name);

using Numbers = std::map<std::string, std::int64_t>;  // by pipeline, manager, source or label; without zeros
[[nodiscard]] std::int64_t number(const Figures& figures, std::string_view name, const Range& range);
[[nodiscard]] Numbers numbers(const Figures& figures, std::string_view name, Family family, const Range& range);
[[nodiscard]] Numbers labelled(const Figures& figures, std::string_view name, std::string_view label,
                               const Range& range);
[[nodiscard]] std::int64_t at(const Numbers& numbers, const std::string& key);  // 0 when it is not there

}  // namespace kpistream::insight
