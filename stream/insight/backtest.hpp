// When the alerts about sales would have fired in the past, by what is known of it today: late news and corrections are
// in, and so is what healing found. What stands now has no past and is left out (an alert without a judge).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "stream/insight/alerts.hpp"

namespace kpistream::insight {

// How often is looked within a working day. What held for a shorter time between two looks is not seen.
inline constexpr std::int64_t kLookSeconds = 900;

struct Firing {
  Day day = 0;
  std::string_view alert;
  std::string subject;    // as in AlertFinding
  UnixSeconds from = 0;   // it has held for as long as the rule asks
  UnixSeconds until = 0;  // the last look at which it held
  double value = 0;       // at `from`
  friend bool operator==(const Firing&, const Firing&) = default;
};

// The days from `first` to `last`, both included, none of them after today. By day, then as they began. `looked`, if
// there is one, is told each day that is done. A few tenths of a second a working day.
[[nodiscard]] std::vector<Firing> backtest(const Figures& figures, const AlertThresholds& thresholds, Day first,
                                           Day last, const std::function<void(Day)>& looked = {});

}  // namespace kpistream::insight
