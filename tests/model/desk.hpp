// The program around a journal: processor, board and state, opened, changed and opened again.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "stream/memory_state.hpp"
#include "tests/model/telling.hpp"

namespace kpistream::model {

class Desk {
 public:
  explicit Desk(ProcessorLimits limits) : limits_(limits) {}

  // With these settings of its portals, and the definitions that it has.
  void open(const std::vector<PortalSettings>& settings, UnixSeconds now);
  void offer(const std::vector<Definition>& definitions, bool hold);
  void add(const std::string& portal, std::vector<Observation> record, UnixSeconds arrived);
  void expire();  // whatever was processed goes from the journal
  void step() { (void)processor_->step(); }
  void finish();
  void advance(UnixSeconds now) { board_->advance(now); }
  [[nodiscard]] const Board& board() const { return *board_; }
  [[nodiscard]] const State& state() const { return state_; }
  [[nodiscard]] const std::vector<PortalSettings>& settings() const { return settings_; }
  [[nodiscard]] VerifyReport prove() const;

  // Totals that have fallen since the last call.
  [[nodiscard]] std::vector<std::string> fallen();

 private:
  [[nodiscard]] std::vector<ProcessorPortal> portals() const;

  ProcessorLimits limits_;
  std::vector<PortalSettings> settings_;
  std::vector<Definition> definitions_;
  tests::ListJournal journal_;
  std::shared_ptr<tests::ScriptAdapter> adapter_ = std::make_shared<tests::ScriptAdapter>();
  MemoryState state_;
  std::unique_ptr<Board> board_;
  std::unique_ptr<Processor> processor_;
  std::map<std::tuple<std::string, std::string, TotalSeriesKey>, Cell> totals_;  // by portal and the name of the cells
};

}  // namespace kpistream::model
