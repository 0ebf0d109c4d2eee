// Short stories of one portal: one line an event, the expected figures beside it.
//
// A line is `day hh:mm  what  id  words ... | figure=number ...`. Days are 1 (Monday 2026-09-14), 2 and so on, in
// Moscow; the clock stands at the line's own time. `won:day` is the KPI deals_won in its window `day`, `revenue` its
// sum, `+won` and `-won` its totals; a manager's own is `won:day@7`, a source's `leads:day#WEB`. Every story is also
// told with each line twice and then from its beginning once more, restarted after each line, and proved by verify().
//
// `settings` are those of the portal; what a line can say is in story.cpp.
#pragma once

#include <string>

#include "stream/portal.hpp"

namespace kpistream::tests {

// Fails the running test where a figure is not as told.
void check_story(const std::string& story, const PortalSettings& settings);

// Settings of the test portal: Bitrix24 with leads, or without.
PortalSettings with_leads();
PortalSettings without_leads();

}  // namespace kpistream::tests
