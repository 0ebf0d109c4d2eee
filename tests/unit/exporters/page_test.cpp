// What of the families is chosen, and how it is written in each format.
#include "exporters/prometheus/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <fstream>
#include <set>

#include "tests/unit/exporters/text.hpp"

namespace kpistream::exporters {
namespace {

FamilyText family(const std::string& name, std::size_t series = 1, const std::string& type = "gauge") {
  FamilyText one{name, type, "A \"word\".", "", series};
  for (std::size_t i = 0; i < series; ++i) one.samples += name + " " + std::to_string(i) + "\n";
  return one;
}

TEST(Page, OpenMetricsNamesAFamilyAsItsStandardDoes) {
  EXPECT_EQ(
      tests::text_of({family("crm_deals_won_total", 1, "counter"), family("crm_manager_info"), family("crm_flow_net")},
                     Format::open_metrics),
      "# TYPE crm_deals_won counter\n# HELP crm_deals_won A \\\"word\\\".\ncrm_deals_won_total 0\n"
      "# TYPE crm_flow_net gauge\n# HELP crm_flow_net A \\\"word\\\".\ncrm_flow_net 0\n"
      "# TYPE crm_manager info\n# HELP crm_manager A \\\"word\\\".\ncrm_manager_info 0\n# EOF\n");
  EXPECT_EQ(tests::text_of({family("crm_manager_info")}),
            "# HELP crm_manager_info A \"word\".\n# TYPE crm_manager_info gauge\ncrm_manager_info 0\n");
}

TEST(Page, OpenMetricsTellsTheUnitThatANameEndsIn) {
  const auto header = [](const std::string& name, const std::string& type = "gauge") {
    const auto page = tests::text_of({family(name, 1, type)}, Format::open_metrics);
    return page.substr(0, page.find("# HELP"));
  };
  EXPECT_EQ(header("crm_deal_cycle_seconds", "histogram"),
            "# TYPE crm_deal_cycle_seconds histogram\n# UNIT crm_deal_cycle_seconds seconds\n");
  EXPECT_EQ(header("kpistream_journal_bytes_total", "counter"),
            "# TYPE kpistream_journal_bytes counter\n# UNIT kpistream_journal_bytes bytes\n");
  EXPECT_EQ(header("crm_window_win_ratio"), "# TYPE crm_window_win_ratio gauge\n# UNIT crm_window_win_ratio ratio\n");
  for (const std::string name : {"crm_window_revenue", "crm_kilobytes", "crm_seconds_ago"}) {
    EXPECT_EQ(header(name), "# TYPE " + name + " gauge\n") << "has none";
  }
  EXPECT_EQ(header("crm_seconds_info"), "# TYPE crm_seconds info\n") << "an info has none, by the standard";
  EXPECT_EQ(tests::text_of({family("crm_win_ratio")}),
            "# HELP crm_win_ratio A \"word\".\n# TYPE crm_win_ratio gauge\ncrm_win_ratio 0\n")
      << "the text format has no word for it";
}

struct Made {
  std::string page;
  Counted counted;
};

Made made(const std::vector<FamilyText>& families, const Selection& selection) {
  Made result;
  const auto chosen = choose(shared(families), selection);
  result.counted = chosen.counted;
  append_page(result.page, chosen.runs, Format::text);
  return result;
}

std::vector<std::string> names(const std::string& page) {
  std::vector<std::string> all;
  for (const auto& one : families_in(page)) all.push_back(one.name);
  return all;
}

GroupSet only(Group group) { return GroupSet().set(static_cast<std::size_t>(group)); }

TEST(Page, FamiliesOfOneNameStandTogether) {
  const auto page = made({family("crm_b"), family("crm_a"), family("crm_b", 2)}, {GroupSet().set(), 100}).page;
  EXPECT_EQ(page,
            "# HELP crm_a A \"word\".\n# TYPE crm_a gauge\ncrm_a 0\n"
            "# HELP crm_b A \"word\".\n# TYPE crm_b gauge\ncrm_b 0\ncrm_b 0\ncrm_b 1\n");
}

TEST(Page, OnlyTheGroupsThatAreAskedFor) {
  const std::vector<FamilyText> all{family("crm_portal_info"), family("crm_manager_window_deals_won"),
                                    family("crm_window_deals_won"), family("crm_deals_won_total", 1, "counter")};
  EXPECT_THAT(names(made(all, {only(Group::managers), 100}).page),
              testing::ElementsAre("crm_manager_window_deals_won"));
  EXPECT_THAT(names(made(all, {only(Group::windows) | only(Group::totals), 100}).page),
              testing::ElementsAre("crm_deals_won_total", "crm_window_deals_won"));
}

TEST(Page, WhatThereIsNoRoomForIsTheFinestDetailAndNeverAPart) {
  const std::vector<FamilyText> all{family("crm_source_window_a", 3),  family("crm_manager_window_a", 5),
                                    family("crm_manager_window_b", 5), family("crm_manager_window_c"),
                                    family("crm_window_a", 2),         family("crm_coverage_ratio")};
  auto most = made(all, {GroupSet().set(), 17});
  EXPECT_EQ(most.counted.series, 17U);
  EXPECT_THAT(most.counted.dropped, testing::Each(0U));
  const auto tight = made(all, {GroupSet().set(), 8});
  EXPECT_THAT(names(tight.page), testing::ElementsAre("crm_coverage_ratio", "crm_manager_window_a", "crm_window_a"))
      << "c would fit, but stands behind what does not";
  EXPECT_EQ(tight.counted.series, 8U);
  EXPECT_EQ(tight.counted.dropped.at(static_cast<std::size_t>(Group::managers)), 6U);
  EXPECT_EQ(tight.counted.dropped.at(static_cast<std::size_t>(Group::sources)), 3U);
  EXPECT_EQ(made(all, {GroupSet().set(), 0}).page, "");
}

TEST(Page, IsReadAsItWasWritten) {
  const std::vector<FamilyText> all{family("crm_a", 2), family("crm_b_total", 1, "counter")};
  EXPECT_EQ(families_in(tests::text_of(all)), all);
  EXPECT_TRUE(families_in("").empty());
  EXPECT_EQ(families_in("# HELP a\n# TYPE a gauge\na 1").size(), 1U);
  EXPECT_TRUE(families_in("nothing\n\n\n").empty());
}

TEST(Groups, HaveNamesAndEveryMetricHasOne) {
  for (std::size_t i = 0; i < kGroups; ++i) EXPECT_EQ(group_of_name(kGroupNames.at(i)), static_cast<Group>(i));
  EXPECT_EQ(group_of_name("everything"), std::nullopt);
  std::ifstream golden(KPISTREAM_SOURCE_DIR "/tests/e2e/metrics.golden");
  std::set<Group> seen;
  for (std::string name, type, labels; golden >> name >> type >> labels;) seen.insert(group_of(name, type));
  EXPECT_EQ(seen.size(), kGroups) << "each is the group of some metric";
}

}  // namespace
}  // namespace kpistream::exporters
