// The alerts about sales: their thresholds, and whether one holds at a moment. The one source of the Prometheus rules
// (`kpistream rules` writes the thresholds, deploy/prometheus/alerts/sales.yaml reads them) and of the back-test.
//
// An alert is not an advice: it is about today, or about what has just closed, and calls somebody.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stream/insight/comparison.hpp"
#include "stream/insight/numbers.hpp"
#include "stream/insight/view.hpp"

namespace kpistream::insight {

// Of one portal. All in thousandths: 500 is 0.5, and 10'000 is 10.
struct AlertThresholds {
  std::int64_t drop_ratio = 500;        // a KPI at this part of its baseline or less ...
  std::int64_t drop_spreads = 3'000;    // ... and so many spreads below it (K34) ...
  std::int64_t drop_volume = 10'000;    // ... where the baseline is so much; of revenue, that of sales
  std::int64_t missed_ratio = 250;      // more than this part of today's incoming calls of working hours is missed ...
  std::int64_t missed_volume = 20'000;  // ... of so many
  std::int64_t in_time_ratio = 500;     // less than this part of today's inquiries is answered in time ...
  std::int64_t response_volume = 10'000;                 // ... of so many
  std::int64_t overdue_leads = 10'000;                   // so many inquiries wait longer than they should
  std::int64_t halved_ratio = kHalvedRatio;              // a manager at this part of his week before, or less (K28) ...
  std::int64_t under_team_ratio = kUnderTeamRatio;       // ... or of the median of his team (K29) ...
  std::int64_t activity_fall = 1'000 * kActionsFallMin;  // ... by so many actions ...
  std::int64_t activity_volume = 1'000 * kActionsMin;    // ... of so many
  std::int64_t pace_ratio = 800;    // less than this part of what working time asks of a plan by now (K25) ...
  std::int64_t pace_elapsed = 250;  // ... once this part of its period has passed
  friend bool operator==(const AlertThresholds&, const AlertThresholds&) = default;
};

struct Threshold {
  std::string_view name;  // in the configuration, and in crm_alert_<name>
  std::int64_t AlertThresholds::*value;
  std::int64_t max;  // thousandths; the least is 0
};
[[nodiscard]] std::span<const Threshold> alert_thresholds();

// What an alert has found. One alert may have several, as Prometheus has one for each set of labels.
struct AlertFinding {
  std::string subject;  // a KPI, a manager, a plan ("revenue/month"); empty: the portal
  double value = 0;     // a ratio, as Prometheus shows it
  friend bool operator==(const AlertFinding&, const AlertFinding&) = default;
};
using AlertFindings = std::vector<AlertFinding>;

struct Alert {
  std::string_view name;  // in Prometheus
  std::int64_t hold;      // seconds it must have held: `for` of the rule
  bool changes_in_day;    // false: it is about what has closed, or about a plan, and a look a day is enough
  AlertFindings (*judge)(const Figures& figures, const AlertThresholds& thresholds);  // null: of what stands, no past
};
[[nodiscard]] std::span<const Alert> alerts();

}  // namespace kpistream::insight
