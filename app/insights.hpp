// What insight tells of every portal, and what became of its advice, kept fresh in slices.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/advice_desk.hpp"
#include "stream/insight/summary.hpp"
#include "stream/kpi/kpi_sets.hpp"
#include "stream/periods/advice_states.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::app {

// Of one portal; what is pointed to never changes.
struct PortalInsight {
  std::shared_ptr<const insight::Summary> summary;
  std::shared_ptr<const periods::TakenAdvice> taken;
};

// tick() and change() from the thread that writes the state; all() from any.
class Insights {
 public:
  Insights(State& state, const std::vector<PortalSettings>& portals);  // throws CodecError

  // Looks at one portal whose summary is older than a minute, or measures the effect of one advice, if there is one.
  void tick(const std::vector<Definition>& definitions, UnixSeconds now);

  // Writes into the state what becomes of a card; owner and due stay as they are where the order does not say. Survives
  // a crash of the process at once, and a power cut once the journal was synced after it.
  AdviceOutcome change(const AdviceOrder& order, const std::vector<Definition>& definitions, UnixSeconds now);

  [[nodiscard]] std::vector<PortalInsight> all() const;

 private:
  struct Portal {
    Portal(const State& state, const PortalSettings& portal);
    const PortalSettings settings;
    const Calendar calendar;
    UnixSeconds looked_at = 0;
    std::map<std::string, UnixSeconds> measured;  // by card
    PortalInsight insight;                        // only the owner thread writes it, under mutex_
  };

  bool measure(Portal& portal, const std::vector<Definition>& definitions, UnixSeconds now);
  void keep(Portal& portal, const std::string& card, periods::AdviceTaken taken);

  State& state_;
  std::vector<std::unique_ptr<Portal>> portals_;
  mutable std::mutex mutex_;
};

// The same from a state that nobody keeps fresh.
[[nodiscard]] PortalInsight look_at(const State& state, const PortalSettings& portal,
                                    const std::vector<Definition>& definitions, UnixSeconds now);

}  // namespace kpistream::app
