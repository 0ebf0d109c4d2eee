#include "tests/model/desk.hpp"

namespace kpistream::model {

void Desk::open(const std::vector<PortalSettings>& settings, UnixSeconds now) {
  if (settings_ != settings) totals_.clear();  // they are counted anew
  settings_ = settings;
  processor_.reset();
  (void)settle(state_, settings_, [](std::uint64_t, std::uint64_t) {});
  board_ = std::make_unique<Board>(state_, settings_);
  board_->load({}, now);
  processor_ = std::make_unique<Processor>(journal_, state_, portals(), board_.get(), nullptr, limits_);
  processor_->offer(definitions_);
}

std::vector<ProcessorPortal> Desk::portals() const {
  std::vector<ProcessorPortal> all;
  for (const PortalSettings& settings : settings_) all.push_back({settings, adapter_});
  return all;
}

void Desk::offer(const std::vector<Definition>& definitions, bool hold) {
  definitions_ = definitions;
  totals_.clear();  // what comes back after it was gone is counted anew
  processor_->offer(definitions_, hold);
}

void Desk::expire() { journal_.expire_before(processor_->position() + 1); }

void Desk::add(const std::string& portal, std::vector<Observation> record, UnixSeconds arrived) {
  NewRecord next;
  next.portal = portal;
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
  return verify(journal_, state_, portals(), kpistream::tests::test_digest, [](Position) {});
}

std::vector<std::string> Desk::fallen() {
  std::vector<std::string> lines;
  decltype(totals_) now;
  board_->read([&](const std::vector<const PortalFigures*>& portals) {
    for (const PortalFigures* portal : portals) {
      for (const auto& [id, kpi] : portal->kpis) {
        for (const auto& [key, cell] : kpi.totals) now[{portal->settings.alias, kpi.definition.cells(), key}] = cell;
      }
    }
  });
  for (const auto& [key, cell] : totals_) {
    const auto it = now.find(key);
    if (it == now.end()) continue;  // a definition that is gone, or was filled again
    for (const auto& [slot, value] : cell.slots()) {
      if (it->second.at(slot) < value) lines.push_back("total of " + std::get<1>(key) + " has fallen");
    }
  }
  totals_ = std::move(now);
  return lines;
}

}  // namespace kpistream::model
