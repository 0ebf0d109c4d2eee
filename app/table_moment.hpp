// Everything that a KPI table is made from, of one moment: for the page and for commands.
#pragma once

#include <memory>

#include "app/insights.hpp"
#include "exporters/prometheus/formula_families.hpp"
#include "exporters/table/table.hpp"
#include "stream/kpi/board.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::app {

class TableMoment {
 public:
  // `board` tells names; `insight` may be empty. `portal` must outlive it, and `state` what it is of.
  TableMoment(std::unique_ptr<const State> state, std::shared_ptr<const exporters::Formulas> formulas,
              const PortalSettings& portal, UnixSeconds now, const Board& board, const PortalInsight& insight);
  TableMoment(const TableMoment&) = delete;
  TableMoment& operator=(const TableMoment&) = delete;

  [[nodiscard]] const exporters::TableParts& parts() const { return parts_; }
  [[nodiscard]] const Calendar& calendar() const { return calendar_; }
  [[nodiscard]] const State& state() const { return *state_; }

 private:
  void take_names(const Board& board);

  std::unique_ptr<const State> state_;
  std::shared_ptr<const exporters::Formulas> formulas_;
  Catalogue catalogue_;  // what is in force, with the formulas
  Calendar calendar_;
  exporters::TableParts parts_;
};

}  // namespace kpistream::app
