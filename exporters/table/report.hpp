// The closed week on one page, for the weekly meeting, for mail and for a messenger; and the audit of a portal that was
// just read in. Both are made from a table of closed periods.
#pragma once

#include <string>

#include "exporters/table/table.hpp"

namespace kpistream::exporters {

// The view a report is made from: the portal, its last closed weeks.
[[nodiscard]] View report_view(const std::string& portal, Language language);

// Whether there is something to tell: advice that is new or accepted, or a balance that is neither right nor unknown.
[[nodiscard]] bool report_matters(const Table& table);

// Plain text of at most kReportTextMax bytes, as a messenger takes it.
inline constexpr std::size_t kReportTextMax = 4'000;
[[nodiscard]] std::string report_text(const Table& table, const Calendar& calendar);
// A page with its style inside: for mail and for the printer.
[[nodiscard]] std::string report_html(const Table& table, const Calendar& calendar);
// What both are called: "acme: неделя 7–13 сен".
[[nodiscard]] std::string report_title(const Table& table, const Calendar& calendar);

// What a portal loses and where to begin, from the last four closed weeks and from what stands now.
[[nodiscard]] std::string audit_text(const Table& table, const Calendar& calendar);
[[nodiscard]] std::string audit_title(const Table& table, const Calendar& calendar);
[[nodiscard]] std::string audit_html(const Table& table, const Calendar& calendar);

}  // namespace kpistream::exporters
