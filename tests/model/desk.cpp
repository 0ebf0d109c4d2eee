#include "tests/model/desk.hpp"

namespace kpistream::model {

void Desk::open(const PortalSettings& settings, UnixSeconds now) {
  if (settings_ != settings) totals_.clear();  // they are counted anew
  settings_ = settings;
  processor_.reset();
  (void)settle(state_, {settings_}, [](std::uint64_t, std::uint64_t) {});
  board_ = std::make_unique<Board>(state_, std::vector{settings_});
  board_->load({}, now);
  processor_ = std::make_unique<Processor>(journal_, state_, std::vector{ProcessorPortal{settings_, adapter_}},
                                           board_.get(), nullptr, limits_);
  processor_->offer(definitions_);
}

void Desk::offer(const std::vector<Definition>& definitions, bool hold) {
  definitions_ = definitions;
  totals_.clear();  // what comes back after it was gone is counted anew
  processor_->offer(definitions_, hold);
}

void Desk::add(std::vector<Observation> record, UnixSeconds arrived) {
  NewRecord next;
  next.portal = settings_.alias;
  next.arrived = arrived;
  next.body = std::to_string(journal_.tail());
  adapter_->script[next.body].observations = std::move(record);
  journal_.add(std::move(next));
}

void Desk::finish() {
  while (processor_->step() != 0) {
  }
}

VerifyReport Desk::prove() const {
  return verify(journal_, state_, {{settings_, adapter_}}, kpistream::tests::test_digest, [](Position) {});
}

std::vector<std::string> Desk::fallen() {
  std::vector<std::string> lines;
  decltype(totals_) now;
  board_->read([&](const std::vector<const PortalFigures*>& portals) {
    for (const auto& [id, kpi] : portals.front()->kpis) {
      for (const auto& [key, cell] : kpi.totals) now[{kpi.definition.cells(), key}] = cell;
    }
  });
  for (const auto& [key, cell] : totals_) {
    const auto it = now.find(key);
    if (it == now.end()) continue;  // a definition that is gone, or was filled again
    for (const auto& [slot, value] : cell.slots()) {
      if (it->second.at(slot) < value) lines.push_back("total of " + key.first + " has fallen");
    }
  }
  totals_ = std::move(now);
  return lines;
}

}  // namespace kpistream::model
