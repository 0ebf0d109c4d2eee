// What links and facts of a portal are read with, besides its records.
#pragma once

#include "stream/facts/directory.hpp"
#include "stream/kpi/calendar.hpp"
#include "stream/portal.hpp"

namespace kpistream {

struct Portal {
  const PortalSettings& settings;
  const Calendar& calendar;
  const Directory& directory = Directory::none();
};

}  // namespace kpistream
