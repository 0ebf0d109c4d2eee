// The KPI table: what a head of sales reads on Monday at 9:00, as data.
//
// Pure: a function of the figures, of the tables of closed periods that were taken, and of what insight tells. It says
// every figure once, as an integer of its line's unit; the page, the API, files and reports only write it down.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "exporters/table/lines.hpp"
#include "exporters/table/view.hpp"
#include "exporters/table/viewer.hpp"
#include "stream/insight/summary.hpp"
#include "stream/kpi/calendar.hpp"
#include "stream/kpi/formula.hpp"
#include "stream/periods/advice_states.hpp"
#include "stream/periods/keys.hpp"
#include "stream/ports/state.hpp"

namespace kpistream::exporters {

// Below this part of a period that was compared with the CRM, in thousandths, its figures are marked.
inline constexpr std::int64_t kCoverageShown = insight::kCoverageMin;

struct Column {
  periods::Period period{};
  Range range;                // of the running one up to its end
  std::string first;          // "2026-09-07"; of hours and ten minutes with the time, as periods::period_text()
  bool today = false;         // begins on the running day: with a time its head needs no day
  bool running = false;       // not over yet
  bool known = false;         // false: it begins before the portal was known
  std::int64_t coverage = 0;  // thousandths; of a table, when it was taken
  UnixSeconds taken = 0;      // when its table was taken; 0: there is none, and figures are today's
  periods::SnapshotId table;  // which one
};

struct Figure {
  std::optional<std::int64_t> value;  // nothing: not known, or not defined (a ratio of nothing)
  bool corrected = false;             // of a closed period: today it is not what its table says
  std::optional<std::int64_t> today;  // then: what it is today; nothing: not defined any more
  bool counted_otherwise = false;     // the KPI has another definition since its table was taken
  friend bool operator==(const Figure&, const Figure&) = default;
};

struct Row {
  Line line;
  std::vector<Figure> figures;  // a column each, the newest first
};

struct RowBlock {
  std::string id;
  Words title;
  std::vector<Row> rows;
};

// One manager or source in one column.
struct MemberRow {
  std::string id;
  std::vector<Figure> figures;  // a line each
  // Of managers: actions week to week, and over the last closed week against the others of the team.
  std::optional<insight::WeekToWeek> week;
  std::optional<insight::AgainstTeam> team;
  bool under_team = false;  // as advice has it: far below, sales do not make up for it, and the week can be relied on
};

struct Members {
  std::size_t column = 0;  // in Table::columns
  std::vector<Line> lines;
  std::vector<MemberRow> rows;
  std::vector<Figure> median;  // of managers, a line each; for a manager none of fewer than three others
};

// The first day of those that the median stay in a stage is of: 13 closed weeks and the running one, as in K27's
// bottleneck, or as many as are known.
[[nodiscard]] Day stay_since(const Calendar& calendar, UnixSeconds now, UnixSeconds known_since);
struct StageRow {
  std::string id;
  std::string pipeline;  // of its deals; empty: of several funnels
  std::int64_t open = 0;
  std::int64_t amount = 0;                   // minor units
  std::optional<std::int64_t> stay_seconds;  // median, of those who left since stay_since()
  bool bottleneck = false;
};

struct TableCard {
  insight::Card card;
  periods::AdviceState state;
  insight::AdviceEffect effect{};
  bool current = true;
};

// A choice of the viewer's: an id and how people call it.
struct Choice {
  std::string id;
  std::string name;
};

// How people call what the CRM's directories name; what is not there has its id only.
struct DirectoryNames {
  using Names = std::map<std::string, std::string>;  // by id
  Names stages;
  Names sources;
  Names loss_reasons;
};

struct Table {
  View view;
  Viewer viewer;
  std::string currency;
  std::string zone;
  UnixSeconds now = 0;
  UnixSeconds known_since = 0;
  std::vector<Column> columns;  // the newest first
  std::vector<RowBlock> blocks;
  Members managers;
  Members sources;
  std::vector<StageRow> stages;
  std::vector<std::string> main_pipelines;          // that the flow is of; none: all
  std::shared_ptr<const insight::Summary> summary;  // null until insight has looked; of a head only
  std::vector<TableCard> cards;
  std::vector<Choice> portals;
  std::vector<Choice> managers_all;
  std::vector<Choice> pipelines_all;
  std::vector<Choice> sources_all;
  DirectoryNames names;
  std::vector<Line> lines_all;
};

// Everything a table is made from. What is pointed to must be of one moment, and outlive the call.
struct TableParts {
  const State& state;
  const Catalogue& catalogue;  // in force
  const std::vector<std::pair<Formula, CompiledFormula>>& formulas;
  const PortalSettings& portal;  // with its members
  const Calendar& calendar;
  UnixSeconds now = 0;
  std::set<std::string> built_in;  // ids of KPIs
  std::vector<std::string> portals;
  std::map<std::string, std::string> manager_names;
  std::map<std::string, std::string> pipeline_names;
  DirectoryNames names;
  std::shared_ptr<const insight::Summary> summary;              // may be null
  std::shared_ptr<const periods::TakenAdvice> taken = nullptr;  // may be null
};

// What there is to choose from, and the periods: for pages that show no table.
[[nodiscard]] Table make_frame(const TableParts& parts, const View& view, const Viewer& viewer);
[[nodiscard]] Table make_table(const TableParts& parts, const View& view, const Viewer& viewer);

// How people call it: "name", else the id. A manager's name is hidden where the viewer may not see it.
[[nodiscard]] std::string name_of(const std::vector<Choice>& choices, const std::string& id);
[[nodiscard]] std::string name_of(const DirectoryNames::Names& names, const std::string& id);

}  // namespace kpistream::exporters
