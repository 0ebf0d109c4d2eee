// When a portal's people work, and who they are: `work` and `managers`.
#pragma once

#include "app/yaml_reader.hpp"
#include "stream/portal.hpp"

namespace kpistream::app {

void read_work(Section& portal, WorkSchedule& work);
void read_managers(Section& portal, PortalSettings& settings);

}  // namespace kpistream::app
