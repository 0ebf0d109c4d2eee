// docs/metrics.md holds every business family that the program can write with the built-in KPIs, and no other.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "exporters/prometheus/groups.hpp"
#include "tests/unit/exporters/full_board.hpp"
#include "tests/unit/exporters/page.hpp"

namespace kpistream::exporters {
namespace {

using Rows = std::map<std::string, std::string>;  // by the name of the metric

// What the daemon's parts tell of themselves: these rows are tests/e2e/test_golden.py's.
constexpr std::array<std::string_view, 3> kOfTheDaemon{"kpistream_", "process_", "crm_snapshot_"};

const char* const kReference = KPISTREAM_SOURCE_DIR "/docs/metrics.md";

std::string reference() {
  std::ostringstream text;
  text << std::ifstream(kReference).rdbuf();
  return text.str();
}

// The metric of a row; empty: the line is none.
std::string name_in(std::string_view line) {
  if (!line.starts_with("| `")) return {};
  line.remove_prefix(3);
  return std::string(line.substr(0, line.find('`')));
}

bool is_of_the_daemon(std::string_view name) {
  return std::any_of(kOfTheDaemon.begin(), kOfTheDaemon.end(),
                     [&](std::string_view beginning) { return name.starts_with(beginning); });
}

// By the metric, as OpenMetrics tells them; a counter is named without its ending there.
std::map<std::string, std::string> units() {
  std::map<std::string, std::string> units;
  std::istringstream page(tests::whole_page(Format::open_metrics));
  for (std::string line; std::getline(page, line);) {
    std::istringstream words(line);
    std::string hash;
    std::string keyword;
    std::string name;
    if (words >> hash >> keyword >> name && hash == "#" && keyword == "UNIT") words >> units[name];
  }
  return units;
}

std::string row_of(const std::string& name, const tests::MetricFamily& family, const std::string& unit) {
  std::set<std::string> labels;
  for (const auto& sample : family.samples) {
    for (const auto& [label, value] : sample.labels) labels.insert(label);
  }
  labels.erase("le");
  std::string listed;
  for (const auto& label : labels) listed.append(listed.empty() ? "`" : ", `").append(label).append("`");
  return "| `" + name + "` | " + family.type + " | " + unit + " | " + listed + " | " + family.help + " |\n";
}

// By group.
std::map<std::string, Rows> written() {
  const auto page = tests::read_page(tests::whole_page());
  const auto units_of = units();
  std::map<std::string, Rows> rows;
  for (const auto& [name, family] : page.families) {
    const bool counter = family.type == "counter";
    const auto unit = units_of.find(counter ? name.substr(0, name.rfind("_total")) : name);
    rows[std::string(kGroupNames.at(static_cast<std::size_t>(group_of(name, family.type))))][name] =
        row_of(name, family, unit == units_of.end() ? "" : unit->second);
  }
  return rows;
}

// The reference with these business families in place of those that it has.
std::string with(std::map<std::string, Rows> rows, const std::string& reference) {
  std::string text;
  Rows* table = nullptr;  // of the group whose heading was the last
  const auto end_table = [&] {
    if (table == nullptr) return;
    for (const auto& [name, row] : *table) text += row;
    table = nullptr;
  };
  std::istringstream lines(reference);
  std::string group;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) group = line.substr(3);
    const auto name = name_in(line);
    if (name.empty() && table != nullptr) end_table();
    if (name.empty()) text += line + '\n';
    if (line == "|---|---|---|---|---|") table = &rows[group];
    if (table != nullptr && is_of_the_daemon(name)) table->emplace(name, line + '\n');
  }
  end_table();
  return text;
}

std::set<std::string> names() {
  std::set<std::string> names;
  std::istringstream lines(reference());
  for (std::string line; std::getline(lines, line);) names.insert(name_in(line));
  return names;
}

// UPDATE=1 writes the rows anew, to be read and committed: a change of them is a change for users.
TEST(Reference, HoldsEveryBusinessFamilyThatIsWritten) {
  const auto wanted = with(written(), reference());
  if (std::getenv("UPDATE") != nullptr) std::ofstream(kReference) << wanted;
  EXPECT_EQ(reference(), wanted) << "UPDATE=1 writes it anew";
  for (const auto& [group, rows] : written()) {
    EXPECT_NE(reference().find("\n## " + group + "\n"), std::string::npos) << "there is no table of " << group;
  }
}

// By the rules of names in KPI.md, sharing no code with the writer.
class Expected {
 public:
  explicit Expected(const Catalogue& catalogue) {
    for (const Definition& definition : catalogue.definitions) add(definition);
    for (const Formula& formula : catalogue.formulas) add_figure(formula, formula.name);
  }
  [[nodiscard]] const std::set<std::string>& names() const { return names_; }

 private:
  void add(const Definition& definition) {
    const bool histogram = definition.durations() && !definition.stem.empty();
    for (const auto& noun : {definition.name, definition.sum_name}) {
      if (noun.empty()) continue;
      add_figure(definition, noun);
      if (definition.windows != WindowSet::periods || !definition.totals || histogram) continue;
      names_.insert({"crm_" + noun + "_total", "crm_" + noun + "_retracted_total"});
    }
    if (histogram && definition.totals) {
      names_.insert({"crm_" + definition.stem + "_seconds", "crm_" + definition.stem + "_retracted_seconds"});
    }
    if (!definition.stem.empty()) {
      const std::string unit = definition.durations() ? "_seconds" : "";
      for (const char* const part : {"_p50", "_p90"}) add_figure(definition, definition.stem + part + unit);
    }
    if (!definition.oldest_name.empty()) names_.insert("crm_" + definition.oldest_name);
  }

  void add_figure(const auto& of, const std::string& noun) {
    const bool cohort = of.windows == WindowSet::cohort_weeks || of.windows == WindowSet::cohort_months;
    const std::string windows = cohort ? "cohort_" : of.windows == WindowSet::periods ? "window_" : "";
    names_.insert("crm_" + windows + noun);
    if (of.by_manager) names_.insert("crm_manager_" + windows + noun);
    if (of.by_source) names_.insert("crm_source_" + windows + noun);
  }

  std::set<std::string> names_;
};

TEST(Reference, HoldsEveryDefinitionAndFormulaOfTheCatalogue) {
  const auto listed = names();
  const Expected expected(tests::catalogue());
  for (const auto& name : expected.names()) EXPECT_TRUE(listed.contains(name)) << name;
}

TEST(Reference, IsOfAPageThatKeepsTheRules) {
  const auto page = tests::whole_page();
  const auto found = tests::lint(tests::read_page(page));
  EXPECT_TRUE(found.empty()) << testing::PrintToString(found);
  const auto checked = tests::promtool(page);
  EXPECT_EQ(checked.status, 0) << checked.output;
}

// All figures of a page are of one moment, but for those.
TEST(Reference, SaysOfWhatInsightTellsThatItIsOlder) {
  std::istringstream lines(reference());
  std::size_t told = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto name = name_in(line);
    const bool old = line.ends_with("; it is at most a minute old. |");
    if (old) ++told;
    const bool of_kpis = name.find("_window_") != std::string::npos || name.ends_with("_total");
    EXPECT_TRUE(old || group_of(name, "gauge") != Group::insight) << name;
    EXPECT_FALSE(old && (of_kpis || is_of_the_daemon(name))) << name;
  }
  EXPECT_GT(told, 0U);
}

// A plan is of the portal, of a team or of a manager, and all three have the same families.
TEST(Reference, TellsTheSameOfEveryPlan) {
  const auto listed = names();
  for (const auto& name : listed) {
    if (!name.starts_with("crm_plan_")) continue;
    EXPECT_TRUE(listed.contains("crm_team_" + name.substr(4))) << name;
    if (name == "crm_plan_contribution_ratio") continue;  // of managers, to what is not one's own
    EXPECT_TRUE(listed.contains("crm_manager_" + name.substr(4))) << name;
  }
}

}  // namespace
}  // namespace kpistream::exporters
