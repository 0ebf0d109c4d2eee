// What insight tells of every portal, kept fresh in slices.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "stream/insight/summary.hpp"
#include "stream/kpi/kpi_sets.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::app {

// tick() from the thread that writes the state; all() from any.
class Insights {
 public:
  Insights(const State& state, const std::vector<PortalSettings>& portals);

  // Looks at one portal whose summary is older than a minute, if there is one.
  void tick(const std::vector<Definition>& definitions, UnixSeconds now);

  [[nodiscard]] std::vector<std::shared_ptr<const insight::Summary>> all() const;

 private:
  struct Portal {
    explicit Portal(const PortalSettings& portal) : settings(portal), calendar(portal) {}
    const PortalSettings settings;
    const Calendar calendar;
    UnixSeconds looked_at = 0;
    std::shared_ptr<const insight::Summary> summary;  // guarded by mutex_
  };

  const State& state_;
  std::vector<std::unique_ptr<Portal>> portals_;
  mutable std::mutex mutex_;
};

}  // namespace kpistream::app
