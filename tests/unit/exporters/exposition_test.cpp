// The text writer: escaping, exact money, histograms, and whatever bytes a CRM may tell.
#include "exporters/prometheus/exposition.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/exporters/page.hpp"
#include "tests/unit/exporters/text.hpp"

namespace kpistream::exporters {
namespace {

std::string page_with_label(std::string_view value) {
  Exposition out;
  out.family("crm_manager_info", "gauge", "A name.").sample({{"name", value}}, std::int64_t{1});
  return tests::text_of(out.take());
}

std::string money(std::int64_t minor_units) {
  Exposition out;
  out.family("crm_window_revenue", "gauge", "Money.").money({}, minor_units);
  const auto text = tests::text_of(out.take());
  const auto line = text.rfind('\n', text.size() - 2) + 1;
  return text.substr(line + 19, text.size() - line - 20);
}

TEST(Exposition, AnEmptyOneIsAnEmptyPage) {
  Exposition out;
  out.family("crm_deals_won_total", "counter", "Nothing yet.");
  EXPECT_EQ(tests::text_of(out.take()), "");
}

TEST(Exposition, FamiliesAreSortedAndSamplesStayTogether) {
  Exposition out;
  out.family("crm_b_total", "counter", "B.").sample({{"portal", "x"}}, std::int64_t{1});
  out.family("crm_a_total", "counter", "A.").sample({}, 2.5);
  out.family("crm_b_total", "counter", "B.").sample({{"portal", "y"}, {"pipeline", "5"}}, std::int64_t{-3});
  EXPECT_EQ(tests::text_of(out.take()),
            "# HELP crm_a_total A.\n# TYPE crm_a_total counter\ncrm_a_total 2.5\n"
            "# HELP crm_b_total B.\n# TYPE crm_b_total counter\n"
            "crm_b_total{portal=\"x\"} 1\ncrm_b_total{portal=\"y\",pipeline=\"5\"} -3\n");
}

TEST(Exposition, EscapesBackslashQuoteAndLineEnd) {
  EXPECT_NE(page_with_label("a\\b\"c\nd").find(R"(name="a\\b\"c\nd")"), std::string::npos);
  Exposition out;
  out.family("crm_a_total", "counter", "A \\ \"quoted\"\nline.").sample({}, std::int64_t{1});
  EXPECT_NE(tests::text_of(out.take()).find("# HELP crm_a_total A \\\\ \"quoted\"\\nline.\n"), std::string::npos);
}

TEST(Exposition, NamesInAnyScriptPassAsTheyAre) {
  for (const auto* name : {"Анна Смирнова", "Łukasz", "李", "🙂", ""}) {
    const auto page = tests::read_page(page_with_label(name));
    EXPECT_TRUE(page.breaches.empty());
    EXPECT_EQ(page.families.at("crm_manager_info").samples.at(0).labels.at(0).second, name);
  }
}

// Prometheus refuses the whole page for one byte that is not UTF-8.
TEST(Exposition, BytesThatAreNotUtf8AreReplaced) {
  const auto shown = [](std::string_view bytes) {
    return tests::read_page(page_with_label(bytes)).families.at("crm_manager_info").samples.at(0).labels.at(0).second;
  };
  EXPECT_EQ(shown("a\xff"
                  "b"),
            "a\uFFFDb");
  EXPECT_EQ(shown("\xd0"), "\uFFFD") << "cut in the middle of a letter";
  EXPECT_EQ(shown("\xd0\"x"), "\uFFFD\"x") << "what follows is kept, and escaped";
  EXPECT_EQ(shown("\xc0\xaf"), "\uFFFD\uFFFD") << "too long a form";
  EXPECT_EQ(shown("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD") << "half of a pair";
  EXPECT_EQ(shown("\xf4\x90\x80\x80"), "\uFFFD\uFFFD\uFFFD\uFFFD") << "beyond the last letter";
  EXPECT_EQ(shown("\xf0\x9f\x99\x82"), "🙂");
}

TEST(Exposition, AnyBytesInALabelAreAPageThatPrometheusReads) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  Exposition out;
  auto& family = out.family("crm_manager_info", "gauge", "A name.");
  std::vector<std::string> values;
  for (int i = 0; i < 3'000; ++i) {
    auto& value = values.emplace_back(std::to_string(i) + ":");
    for (auto n = random() % 8; n > 0; --n) value.push_back(static_cast<char>(random()));
  }
  for (const auto& value : values) family.sample({{"name", value}}, std::int64_t{1});
  const auto page = tests::read_page(tests::text_of(out.take()));
  EXPECT_TRUE(page.breaches.empty()) << testing::PrintToString(page.breaches);
  EXPECT_EQ(page.families.at("crm_manager_info").samples.size(), values.size());
  const auto checked = tests::promtool(tests::text_of(out.take()));
  EXPECT_EQ(checked.status, 0) << checked.output;
}

TEST(Exposition, MoneyIsExact) {
  EXPECT_EQ(money(0), "0");
  EXPECT_EQ(money(1), "0.01");
  EXPECT_EQ(money(-1), "-0.01");
  EXPECT_EQ(money(10), "0.10");
  EXPECT_EQ(money(-105), "-1.05");
  EXPECT_EQ(money(25'000'000), "250000");
  EXPECT_EQ(money(INT64_MAX), "92233720368547758.07");
  EXPECT_EQ(money(INT64_MIN), "-92233720368547758.08");
}

TEST(Exposition, NumbersAreWrittenInFull) {
  Exposition out;
  auto& family = out.family("crm_a", "gauge", "A.");
  for (const double value : {0.1, 1e300, -0.0, 1'789'376'400.0}) family.sample({}, value);
  family.sample({}, std::numeric_limits<double>::infinity());
  family.sample({}, -std::numeric_limits<double>::infinity());
  family.sample({}, std::numeric_limits<double>::quiet_NaN());
  EXPECT_NE(tests::text_of(out.take())
                .find("crm_a 0.1\ncrm_a 1e+300\ncrm_a -0\ncrm_a 1789376400\ncrm_a +Inf\ncrm_a -Inf\ncrm_a NaN\n"),
            std::string::npos);
}

TEST(Exposition, AHistogramIsCumulatedWithSumAndCount) {
  Exposition out;
  out.family("crm_x_seconds", "histogram", "X.").histogram({{"portal", "a"}}, {60, 300}, {2, 0, 3}, 4'000);
  EXPECT_EQ(tests::text_of(out.take()),
            "# HELP crm_x_seconds X.\n# TYPE crm_x_seconds histogram\n"
            "crm_x_seconds_bucket{portal=\"a\",le=\"60.0\"} 2\ncrm_x_seconds_bucket{portal=\"a\",le=\"300.0\"} 2\n"
            "crm_x_seconds_bucket{portal=\"a\",le=\"+Inf\"} 5\n"
            "crm_x_seconds_sum{portal=\"a\"} 4000\ncrm_x_seconds_count{portal=\"a\"} 5\n");
}

// The lint itself must find what it is there for.
TEST(Lint, FindsEveryBreach) {
  const auto found = [](const std::string& line, const std::string& type = "gauge") {
    const auto name = line.substr(0, line.find_first_of("{ "));
    return !tests::lint(tests::read_page("# HELP " + name + " A.\n# TYPE " + name + " " + type + "\n" + line + "\n"))
                .empty();
  };
  EXPECT_FALSE(found("crm_window_deals_won{portal=\"a\"} 1"));
  for (const auto* line :
       {"crm_Deals 1", "other_deals 1", "crm_deals_total 1", "crm_talk_minutes 1", "crm_leads_created 1",
        "crm_leads_count 1", "crm_lead_age_h 1", "crm_a{owner=\"x\"} 1", "crm_a{manager=\"all\"} 1",
        "crm_a{pipeline=\"\"} 1", "crm_a_info 2", "crm_a_ratio 1.5", "crm_a 1 1789376400", "crm_a{portal=\"a} 1",
        "crm_a{portal=\"a\"} 1\ncrm_a{portal=\"a\"} 1"}) {
    EXPECT_TRUE(found(line)) << line;
  }
  EXPECT_TRUE(found("crm_deals 1", "counter"));
  EXPECT_TRUE(found("crm_a_seconds_bucket{le=\"1\"} 1", "histogram"));
}

}  // namespace
}  // namespace kpistream::exporters
