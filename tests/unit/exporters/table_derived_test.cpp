// Figures that are no lines: what they are computed from, and that the page opens every one of them.
#include "exporters/table/derived.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "app/query.hpp"
#include "exporters/table/derived_texts.hpp"
#include "exporters/table/page.hpp"
#include "tests/unit/exporters/table_support.hpp"

namespace kpistream::exporters {
namespace {

using testing::HasSubstr;
using testing::Not;
using tests::Bench;
using tests::kDay;
using tests::kLastThursday;
using tests::kNoon;
using tests::won;

Fact fact_of(FactKind kind, UnixSeconds at, const std::string& pipeline = "5") {
  Fact fact;
  fact.kind = kind;
  fact.at = fact.created = at;
  fact.manager = "7";
  fact.pipeline = pipeline;
  fact.source = "web";
  fact.type = "new";
  return fact;
}

Fact at_stage(FactKind kind, const std::string& stage, std::int64_t seconds, MinorUnits amount = 0) {
  Fact fact = fact_of(kind, kLastThursday);
  fact.stage = stage;
  fact.seconds = seconds;
  fact.amount = amount;
  return fact;
}

class DerivedTest : public testing::Test {
 protected:
  DerivedTest() {
    bench_.summary = tests::told();
    bench_.settings.currency = "RUB";
  }

  [[nodiscard]] std::optional<CellDetail> cell(const std::string& line, const std::string& manager = "",
                                               const std::string& column = "") const {
    View view;
    if (!manager.empty()) {
      view.by = Family::manager;
      view.of = {manager};
    }
    return make_cell(bench_.parts(), view, viewer_, line, column);
  }
  [[nodiscard]] std::string html(const CellDetail& detail, Language language = Language::ru) const {
    View view;
    view.language = language;
    return cell_html(make_frame(bench_.parts(), view, viewer_), detail, *bench_.calendar, {});
  }

  Bench bench_;
  Viewer viewer_;
};

std::vector<std::optional<std::int64_t>> numbers(const CellDetail& detail) {
  std::vector<std::optional<std::int64_t>> all;
  for (const auto& part : detail.parts) all.push_back(part.figure.value);
  return all;
}

using Numbers = std::vector<std::optional<std::int64_t>>;

TEST_F(DerivedTest, AWeekIsHeldAgainstTheWeekBeforeAndTheRunningOneToTheSamePoint) {
  const auto week = cell("week-to-week", "7").value();
  EXPECT_EQ(week.figure.value, 400) << "400 of 1001, to two decimals";
  EXPECT_EQ(numbers(week), (Numbers{400, 1'001, 90, 100, 900}));
  EXPECT_EQ(week.column.first, "2026-09-07..2026-09-13");
  EXPECT_EQ(week.parts[1].column.first, "2026-08-31..2026-09-06");
  EXPECT_EQ(week.parts[3].column.first, "week_prev_same_point");
  EXPECT_EQ(week.parts[0].of, std::vector<std::string>{"7"});
  EXPECT_TRUE(week.parts[0].has_records && week.parts[1].has_records);
  const auto page = html(week);
  EXPECT_THAT(page, HasSubstr("0,60"));
  EXPECT_THAT(page, HasSubstr("31 авг – 6 сен"));
  EXPECT_THAT(page, HasSubstr("manager=7&amp;line=actions&amp;column=week_prev_same_point"));
  EXPECT_THAT(html(week, Language::en), HasSubstr("last week up to the same working time"));
  EXPECT_FALSE(cell("week-to-week")) << "whose?";
  EXPECT_FALSE(cell("week-to-week", "99"));
}

TEST_F(DerivedTest, TheRulesInWordsAreThoseOfInsight) {
  EXPECT_EQ(insight::kHalvedRatio, 600);
  EXPECT_EQ(insight::kUnderTeamRatio, 500);
  EXPECT_EQ(insight::kFlowSampleMin, 20);
  EXPECT_EQ(insight::kHistoryMin, 3U);
  for (const auto& [text, ratio] : {std::pair(texts::kWeekToWeek, "0,60"), {texts::kToMedian, "0,50"}}) {
    EXPECT_THAT(std::string(text.rule.ru), HasSubstr(ratio));
    for (const auto& rule : {text.rule.ru, text.rule.en}) {
      EXPECT_THAT(std::string(rule), HasSubstr(std::to_string(insight::kActionsFallMin)));
      EXPECT_THAT(std::string(rule), HasSubstr(std::to_string(insight::kActionsMin)));
    }
  }
}

TEST_F(DerivedTest, AHeadSeesTheOthersBehindTheMedianAndAManagerDoesNot) {
  const auto head = cell("to-median", "7").value();
  EXPECT_EQ(head.figure.value, 330);
  EXPECT_EQ(numbers(head), (Numbers{400, 1'201, 3, 1'201, 1'303, 1'199}));
  EXPECT_THAT(html(head), HasSubstr("Борис"));
  viewer_.manager = "7";
  for (const auto& asked : {"7", "9"}) {
    const auto own = cell("to-median", asked).value();
    EXPECT_EQ(own.member, "7");
    EXPECT_EQ(numbers(own), (Numbers{400, 1'201, 3}));
    EXPECT_THAT(html(own), Not(HasSubstr("Борис")));
  }
}

TEST_F(DerivedTest, CellsOfManagersAreBadWhereAdviceSaysSoAndNotByTheRatioAlone) {
  for (const auto* manager : {"7", "9", "11", "13"}) bench_.add(won(manager, kLastThursday, 100));
  const auto page = [&] { return page_html(bench_.table(), *bench_.calendar, {}); };
  EXPECT_THAT(page(), HasSubstr("намного меньше"));
  EXPECT_THAT(page(), HasSubstr("намного ниже команды"));
  auto few = tests::told();
  few->week_to_week["7"] = {std::nullopt, insight::Compared{4, 10}, false, false};
  few->against_team["7"].actions = {4, 12.0};
  bench_.summary = few;
  EXPECT_THAT(page(), HasSubstr("10 → 4<br>"));
  EXPECT_THAT(page(), Not(HasSubstr("намного меньше"))) << "of so few it is chance";
  EXPECT_THAT(page(), Not(HasSubstr("намного ниже команды")));
  auto unsure = tests::told();
  unsure->week_reliable = false;
  bench_.summary = unsure;
  EXPECT_THAT(page(), Not(HasSubstr("намного ниже команды")));
}

TEST_F(DerivedTest, TheMedianIsOfAllManagersInTheColumn) {
  for (const auto& [manager, amount] : {std::pair("7", 100), {"9", 300}, {"11", 500}, {"13", 900}})
    bench_.add(won(manager, kLastThursday, amount));
  const auto median = cell("team-median@deals_won.sum", "", "2026-09-07").value();
  EXPECT_EQ(median.figure.value, 400);
  EXPECT_EQ(numbers(median), (Numbers{900, 500, 300, 100}));
  EXPECT_EQ(median.column.first, "2026-09-07");
  EXPECT_FALSE(cell("team-median@new_leads", "", "2026-09-07")) << "no line of managers";
  viewer_.manager = "7";
  EXPECT_EQ(numbers(cell("team-median@deals_won.sum", "", "2026-09-07").value()), Numbers{100});
}

TEST_F(DerivedTest, TheBalanceIsWhatCameInToWhatWasClosedInTheFunnelsItIsOf) {
  for (int i = 0; i < 6; ++i) bench_.add(fact_of(FactKind::new_lead, kLastThursday));
  bench_.add(fact_of(FactKind::new_lead, kLastThursday, "8"));
  bench_.add(fact_of(FactKind::inquiry_won, kLastThursday));
  bench_.add(fact_of(FactKind::inquiry_lost, kLastThursday));
  bench_.add(fact_of(FactKind::inquiry_lost, kLastThursday - 14 * kDay));
  bench_.add(fact_of(FactKind::inquiry_open, kLastThursday));
  const auto week = cell("flow-week").value();
  EXPECT_EQ(numbers(week), (Numbers{7, 1, 1}));
  EXPECT_EQ(week.figure.value, 3'500);
  EXPECT_EQ(cell("flow-week", "7")->figure.value, 3'500) << "of all, whoever the page is of";
  EXPECT_EQ(numbers(cell("flow-month").value()), (Numbers{7, 1, 2}));
  EXPECT_EQ(cell("flow-month")->column.first, "28d");
  EXPECT_EQ(cell("flow-drain")->figure.value, 28 * kDay / 3);
  bench_.settings.main_pipelines = {"5"};
  EXPECT_EQ(numbers(cell("flow-week").value()), (Numbers{6, 1, 1}));
  EXPECT_THAT(html(cell("flow-week").value()),
              HasSubstr("pipeline=5&amp;pipeline=leads&amp;line=inquiries_won&amp;column=2026-09-07..2026-09-13"));
  bench_.take("weekly", periods::Period::week, bench_.last_week());
  bench_.add(fact_of(FactKind::inquiry_won, kLastThursday));
  EXPECT_EQ(numbers(cell("flow-week").value()), (Numbers{6, 2, 1})) << "as insight reads it, not as the table says";
}

TEST_F(DerivedTest, TheBottleneckIsItsDealsTimesTheirUsualStay) {
  for (int i = 0; i < 3; ++i) bench_.add(at_stage(FactKind::deal_open, "NEW", 0));
  bench_.add(at_stage(FactKind::deal_open, "LATER", 0));
  bench_.add(at_stage(FactKind::stage_left, "NEW", 7'200));
  const auto bottleneck = cell("flow-bottleneck").value();
  EXPECT_EQ(bottleneck.parts.at(0).figure.value, 3);
  EXPECT_EQ(bottleneck.parts.at(1).figure.value, 5'400) << "as insight took it";
  EXPECT_EQ(bottleneck.figure.value, 3 * 5'400);
  EXPECT_EQ(cell("flow-residual")->figure.value, 3);
  EXPECT_EQ(numbers(cell("flow-residual").value()), (Numbers{4, 0, 0, 0}));
}

TEST_F(DerivedTest, AValueOfALabelIsALineOfItsOwn) {
  bench_.add(at_stage(FactKind::deal_open, "NEW", 0, 700));
  bench_.add(at_stage(FactKind::deal_open, "LATER", 0, 900));
  EXPECT_EQ(cell("deals_open@NEW", "", "2026-09-14..2026-09-14")->figure.value, 1);
  EXPECT_EQ(cell("deals_open.sum@NEW", "", "2026-09-14..2026-09-14")->figure.value, 700);
  EXPECT_EQ(cell("deals_open", "", "2026-09-14..2026-09-14")->figure.value, 2);
  Fact lost = fact_of(FactKind::deal_lost, kLastThursday);
  lost.reason = "price";
  bench_.add(lost);
  const auto refused = cell("refusals_by_reason@price", "", "2026-09-07").value();
  EXPECT_EQ(refused.figure.value, 1);
  EXPECT_EQ(refused.line.title.en, "Refusals by reason: reason “price”");
  bench_.directory.loss_reasons = {{"price", "Too dear"}};
  EXPECT_EQ(cell("refusals_by_reason@price", "", "2026-09-07")->line.title.en, "Refusals by reason: reason “Too dear”");
  EXPECT_EQ(cell("refusals_by_reason@time", "", "2026-09-07")->figure.value, 0);
  for (const auto* line : {"deals_open@", "new_leads@x", "tasks_due@soon", "loss_ratio@x", "nothing@x"})
    EXPECT_FALSE(cell(line, "", "2026-09-07")) << line;
  EXPECT_FALSE(cell("deals_open@" + std::string(Label::kLabelMax + 1, 'x'), "", "2026-09-07"));
}

TEST_F(DerivedTest, ARowOpensAsItsPeriodsAndAsTheLastTwo) {
  for (int i = 0; i < 3; ++i) bench_.add(won("7", kLastThursday, 100));
  bench_.add(won("7", kLastThursday - 7 * kDay, 100));
  bench_.add(won("7", kLastThursday - 7 * kDay, 100));
  bench_.add(won("7", kNoon - 60, 100));
  const auto trend = cell("line-trend@deals_won").value();
  EXPECT_EQ(trend.figure.value, 3);
  EXPECT_EQ(trend.parts.size(), View::kColumns - 1) << "without the running one";
  EXPECT_EQ(trend.parts[1].figure.value, 2);
  const auto change = cell("line-change@deals_won").value();
  EXPECT_EQ(change.figure.value, 500'000);
  EXPECT_EQ(numbers(change), (Numbers{3, 2}));
  EXPECT_FALSE(cell("line-trend@nothing"));
}

TEST_F(DerivedTest, APlanOpensWithItsTargetWhatIsThereAndTheTimeThatIsOver) {
  const auto pace = cell("plan-pace@revenue/month").value();
  EXPECT_EQ(pace.figure.value, 1'250'000);
  EXPECT_EQ(numbers(pace), (Numbers{4'444'400, 8'888'800, 400'000}));
  EXPECT_EQ(pace.parts[0].line.id, "deals_won.sum");
  EXPECT_EQ(pace.parts[0].column.first, "2026-09-01..2026-09-30");
  EXPECT_EQ(cell("plan-target@revenue/month")->figure.value, 8'888'800);
  EXPECT_EQ(cell("plan-attainment@revenue/month")->figure.value, 500'000);
  EXPECT_EQ(cell("plan-forecast@revenue/month")->figure.value, 9'000'000);
  const auto next = cell("plan-next@revenue/month/manager:9").value();
  EXPECT_EQ(next.figure.value, 9'200'000);
  EXPECT_EQ(next.member, "9");
  EXPECT_EQ(next.parts[0].of, std::vector<std::string>{"9"});
  EXPECT_FALSE(cell("plan-pace@revenue/week"));
  EXPECT_FALSE(cell("plan-sum@revenue/month"));
}

TEST_F(DerivedTest, WhatInsightTellsOfAllIsNotAManagers) {
  viewer_.manager = "7";
  for (const auto* line : {"flow-week", "flow-month", "flow-drain", "flow-bottleneck", "flow-residual",
                           "plan-target@revenue/month", "plan-pace@revenue/month/manager:9"})
    EXPECT_FALSE(cell(line)) << line;
  viewer_.manager.clear();
  bench_.summary = nullptr;
  for (const auto* line : {"flow-week", "plan-pace@revenue/month", "week-to-week", "to-median"})
    EXPECT_FALSE(cell(line, "7")) << line << ": insight has not looked yet";
}

std::string unescaped(std::string text) {
  for (std::size_t at = 0; (at = text.find("&amp;", at)) != std::string::npos; ++at) text.erase(at + 1, 4);
  return text;
}

TEST_F(DerivedTest, EveryLinkOfThePageOpensToSomething) {
  for (const auto* manager : {"7", "9", "11", "13"}) bench_.add(won(manager, kLastThursday, 100'000));
  bench_.add(won("7", kLastThursday - 7 * kDay, 50'000));
  bench_.add(at_stage(FactKind::deal_open, "C5:NEW", 0, 700));
  bench_.add(at_stage(FactKind::stage_left, "C5:NEW", 7'200));
  auto summary = tests::told();
  summary->flow.portal.week.counts = insight::Compared{12, 10};
  summary->flow.portal.month.counts = insight::Compared{12, 10};
  summary->flow.portal.drain_seconds = kDay;
  bench_.summary = summary;
  View of_one;
  of_one.by = Family::manager;
  of_one.of = {"7"};
  View by_source;
  by_source.by = Family::source;
  by_source.of = {"web"};
  static const std::regex kLink(R"re(href="cell\?([^"]*)")re");
  for (const auto& view : {View{}, of_one, by_source}) {
    const std::string page = page_html(bench_.table(view), *bench_.calendar, {});
    std::set<std::string> kinds;
    for (std::sregex_iterator it(page.begin(), page.end(), kLink), end; it != end; ++it) {
      const app::Query query(unescaped((*it)[1]));
      const auto read = read_view([&](std::string_view name) { return query.all(name); }, Language::ru);
      ASSERT_EQ(read.error, "");
      const auto opened = make_cell(bench_.parts(), read.view, {}, query["line"], query["column"]);
      EXPECT_TRUE(opened) << (*it)[1];
      const std::string line = query["line"];
      kinds.insert(line.substr(0, line.find('@')));
    }
    for (const auto* kind : {"line-trend", "line-change", "week-to-week", "to-median", "team-median", "flow-week",
                             "flow-month", "flow-drain", "flow-bottleneck", "flow-residual", "inquiries_open",
                             "plan-target", "plan-attainment", "plan-pace", "plan-forecast", "plan-next"})
      EXPECT_TRUE(kinds.contains(kind)) << kind;
  }
}

}  // namespace
}  // namespace kpistream::exporters
