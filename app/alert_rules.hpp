// Prometheus rules that belong to a configuration: the thresholds of its portals' alerts, and which portals there are.
#pragma once

#include <map>
#include <string>

#include "stream/insight/alerts.hpp"

namespace kpistream::app {

using PortalThresholds = std::map<std::string, insight::AlertThresholds>;  // by alias

// A rule file. For each threshold a recording rule `portal:crm_alert_<name>:threshold`, which has the default for
// portals it is not told of; without portals it is deploy/prometheus/rules/thresholds.yaml.
[[nodiscard]] std::string threshold_rules(const PortalThresholds& portals);

// The same for machines, with the alerts and how long each must hold.
[[nodiscard]] std::string thresholds_json(const PortalThresholds& portals);

}  // namespace kpistream::app
