// What `/metrics` answers: which groups, in which format, within the budget.
#pragma once

#include <memory>

#include "app/admin.hpp"
#include "exporters/prometheus/kpi_texts.hpp"

namespace kpistream::app {

// Thread-safe. Everything in `parts` must outlive it.
class MetricsPage {
 public:
  explicit MetricsPage(const AdminParts& parts)
      : parts_(parts), texts_(parts.board, {parts.config.export_managers, parts.config.export_sources}) {}

  // By `?collect[]=GROUP`, Accept and Accept-Encoding; 400 for a group that there is not. `hide_names`: ids in the
  // place of people's names.
  [[nodiscard]] ingest::AdminResponse answer(const ingest::AdminRequest& request, bool hide_names);

 private:
  const AdminParts parts_;
  exporters::KpiTexts texts_;
};

}  // namespace kpistream::app
