// The KPI table on the admin listener: the page, what is behind a figure, files, and the same as JSON.
//
//   /  /cell  /table.csv  /table.xlsx  /report  /assets/…  /api/v1/table  /api/v1/cell
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/admin.hpp"
#include "exporters/table/table.hpp"
#include "exporters/table/viewer.hpp"
#include "ingest/http/server.hpp"

namespace kpistream::app {

// Every answer is of one moment: it reads a frozen state. The same question is computed once as long as no figure has
// moved, however many viewers ask it. Everything in `parts` must outlive it. Not thread-safe.
class TablePage {
 public:
  static constexpr std::size_t kKeptMax = 64;  // answers, all of the newest figures

  explicit TablePage(const AdminParts& parts) : parts_(parts) {}

  // Nothing: the path is not one of these.
  [[nodiscard]] std::optional<ingest::AdminResponse> answer(const ingest::AdminRequest& request,
                                                            const exporters::Viewer& viewer);

 private:
  [[nodiscard]] ingest::AdminResponse make(const ingest::AdminRequest& request, const exporters::Viewer& viewer);

  const AdminParts parts_;
  std::uint64_t version_ = 0;                          // of the figures that `kept_` is of
  std::map<std::string, ingest::AdminResponse> kept_;  // by question and viewer
};

// Another number whenever the page may say something else.
[[nodiscard]] std::uint64_t table_version(const Board& board, const Insights& insights);

}  // namespace kpistream::app
