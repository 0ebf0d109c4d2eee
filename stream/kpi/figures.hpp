// Figures of one portal over any range of time, as insight, periods and reports read them.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "stream/kpi/calendar.hpp"
#include "stream/kpi/cell.hpp"

namespace kpistream {

// The same fact by another dimension is another family.
enum class Family : std::uint8_t { pipeline, manager, source };

// One consistent moment; valid while its owner says so.
class Figures {
 public:
  virtual ~Figures() = default;

  // The sum of a KPI over a range by pipeline, manager or source; labels are added up. Empty when the KPI is unknown,
  // is not counted by that family, or nothing happened. Of a state: what stands in the range now.
  [[nodiscard]] virtual std::map<std::string, Cell> sums(std::string_view kpi, Family family,
                                                         const Range& range) const = 0;
  // The same over everybody; pipeline, manager and source give the same sum.
  [[nodiscard]] virtual Cell sum(std::string_view kpi, const Range& range) const = 0;
  // The same over everybody by the values of one label: "deal_stage", "loss_reason". Empty when there is no such label.
  [[nodiscard]] virtual std::map<std::string, Cell> labelled(std::string_view kpi, std::string_view label,
                                                             const Range& range) const = 0;

  [[nodiscard]] virtual const Calendar& calendar() const = 0;
  [[nodiscard]] virtual const PortalSettings& settings() const = 0;
  // By manager: whose team everybody is in, see stream/kpi/teams.hpp.
  [[nodiscard]] virtual const std::map<std::string, std::string>& teams() const = 0;
  [[nodiscard]] virtual UnixSeconds now() const = 0;
  [[nodiscard]] virtual UnixSeconds known_since() const = 0;  // 0: nothing is known
  // Which part of the range was verified against the CRM, in thousandths.
  [[nodiscard]] virtual std::int64_t coverage(const Range& range) const = 0;
};

}  // namespace kpistream
