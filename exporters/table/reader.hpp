// Reads the figures of lines: from the cells as they stand, and from the tables of closed periods as they were taken.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/table/table.hpp"
#include "stream/kpi/state_figures.hpp"
#include "stream/periods/snapshot.hpp"

namespace kpistream::exporters {

// The periods that a view shows, the newest first.
[[nodiscard]] std::vector<Column> columns_of(const TableParts& parts, const View& view);
// A column of any range of whole days, that no view has.
[[nodiscard]] Column days_column(const TableParts& parts, Day first, Day last);
// Of a window that is no period of a view: kWindows, and kAllTime. Nothing: it is none of them.
inline constexpr std::array<std::string_view, 3> kWindows{"28d", "week", "week_prev_same_point"};
inline constexpr std::string_view kAllTime = "all";
[[nodiscard]] std::optional<Column> window_column(const TableParts& parts, std::string_view name);

// Not thread-safe. Keeps what it has read: a ratio and its parts cost one look. `parts` and `columns` must outlive it.
class LineReader {
 public:
  // Finds the tables that were taken of the columns, and says so in them.
  LineReader(const TableParts& parts, std::vector<Column>& columns);

  // Of everybody, or of some of one family, added up.
  [[nodiscard]] Figure figure(const Line& line, std::size_t column, std::optional<Family> by,
                              const std::vector<std::string>& of);
  // The same as it stands now, also of a period whose table was taken.
  [[nodiscard]] std::optional<std::int64_t> now(const Line& line, std::size_t column, std::optional<Family> by,
                                                const std::vector<std::string>& of);
  // Which managers, funnels or sources have any of it. None of a family the line is not by.
  [[nodiscard]] std::set<std::string> members(const Line& line, std::size_t column, Family by);

 private:
  using Cells = std::map<std::string, Cell>;  // by member of a family; "" alone: everybody
  struct Source {
    const Cells* live = nullptr;    // null: not known
    const Cells* frozen = nullptr;  // null: there is no table, or it does not know
    bool otherwise = false;
  };

  [[nodiscard]] const Definition* definition(const std::string& id) const;
  [[nodiscard]] Source source(const std::string& kpi, const std::string& part, std::size_t column,
                              std::optional<Family> by);
  [[nodiscard]] Cells read_live(const Definition& definition, const std::string& part, std::size_t column,
                                std::optional<Family> by) const;
  [[nodiscard]] Cells read_frozen(const Definition& definition, const periods::SnapshotKpi& kpi,
                                  const std::string& part, std::optional<Family> by) const;

  [[nodiscard]] std::vector<std::string> parts_of(const Line& line) const;
  [[nodiscard]] std::map<std::string, Source> sources(const Line& line, std::size_t column, std::optional<Family> by);
  [[nodiscard]] std::optional<std::int64_t> number(const Line& line, const std::map<std::string, Cell>& cells) const;
  [[nodiscard]] std::optional<std::int64_t> value_of(const Line& line, const std::map<std::string, Source>& sources,
                                                     const std::vector<std::string>& of,
                                                     const Cells* Source::*which) const;
  [[nodiscard]] Figure figure_of(const Line& line, const std::map<std::string, Source>& sources,
                                 const std::vector<std::string>& of) const;

  const TableParts& parts_;
  const std::vector<Column>& columns_;
  const bool known_;                                // anything at all
  std::map<std::size_t, periods::Snapshot> taken_;  // by column
  std::map<std::string, std::pair<std::optional<Cells>, std::optional<Cells>>> read_;
};

}  // namespace kpistream::exporters
