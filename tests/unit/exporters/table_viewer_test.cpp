// Who may see what of a table: a manager, one who may not see names, a portal's own people.
#include <gtest/gtest.h>

#include "app/table_json.hpp"
#include "exporters/table/csv.hpp"
#include "exporters/table/html.hpp"
#include "exporters/table/page.hpp"
#include "exporters/table/report.hpp"
#include "tests/unit/exporters/table_support.hpp"

namespace kpistream::exporters {
namespace {

using tests::Bench;
using tests::column_of;
using tests::kLastThursday;
using tests::won;

class ViewerTest : public testing::Test {
 protected:
  ViewerTest() {
    // Amounts that stand in no other number of a page.
    bench_.add(won("7", kLastThursday, 7'777'700));
    bench_.add(won("9", kLastThursday, 3'331'100));
    bench_.add(won("11", kLastThursday, 4'442'200));
    bench_.add(won("13", kLastThursday, 6'668'800));
    bench_.summary = tests::told();
    own_.manager = "7";
    own_.portal = "acme";
  }

  // Everything there is to see of a view, in one text.
  [[nodiscard]] std::string everything(const View& view, const Viewer& viewer) const {
    const Table table = bench_.table(view, viewer);
    PageOptions options;
    std::string all = page_html(table, *bench_.calendar, options) + table_csv(table) + app::table_json(table) +
                      report_text(bench_.table(report_view("acme", view.language), viewer), *bench_.calendar);
    for (const auto* line :
         {"deals_won.sum", "deals_won", "average_deal_amount", "new_leads", "line-trend@deals_won.sum",
          "line-change@deals_won.sum", "week-to-week", "to-median", "team-median@deals_won.sum", "flow-week",
          "flow-month", "flow-drain", "flow-bottleneck", "flow-residual", "plan-target@revenue/month",
          "plan-pace@revenue/month/manager:9", "deals_open@NEW", "deal_cycle.p50@won"}) {
      const auto cell = make_cell(bench_.parts(), view, viewer, line, "2026-09-07");
      if (!cell) continue;
      const Table frame = make_frame(bench_.parts(), view, viewer);
      all += cell_html(frame, *cell, *bench_.calendar, options) + app::cell_json(frame, *cell);
    }
    return all;
  }

  Bench bench_;
  Viewer own_;
};

// As the page, the API and files write an amount.
std::vector<std::string> forms_of(std::int64_t major) {
  const std::string plain = std::to_string(major);
  return {plain, insight::grouped(Language::ru, major), insight::grouped(Language::en, major)};
}

TEST_F(ViewerTest, AManagerSeesOnesOwnFiguresAndNobodyElsesWhateverIsAsked) {
  std::vector<View> views(6);
  views[1].by = Family::manager;
  views[1].of = {"9", "11"};
  views[2].by = Family::source;
  views[2].of = {"web"};
  views[3].by = Family::pipeline;
  views[3].of = {"5"};
  views[4].sort = "deals_won.sum";
  views[4].at = "2026-09-07";
  views[5].lines = {"deals_won.sum", "new_leads", "clients_acquired", "deals_open.sum"};
  for (auto& view : views) {
    const std::string all = everything(view, own_);
    EXPECT_NE(all.find(insight::grouped(view.language, 77'777)), std::string::npos);
    for (const std::int64_t other : {33'311, 44'422, 66'688, 222'198}) {
      for (const auto& form : forms_of(other)) EXPECT_EQ(all.find(form), std::string::npos) << form;
    }
    for (const auto* name : {"Борис", "Вера", "Глеб", "beta"}) EXPECT_EQ(all.find(name), std::string::npos) << name;
  }
}

TEST_F(ViewerTest, AManagerHasOneRowAndTheMedianOfAll) {
  const Table table = bench_.table({}, own_);
  ASSERT_EQ(table.managers.rows.size(), 1U);
  EXPECT_EQ(table.managers.rows[0].id, "7");
  EXPECT_EQ(table.managers.median[column_of(table.managers, "deals_won.sum")].value, 5'555'500);
  EXPECT_TRUE(table.sources.rows.empty() && table.sources_all.empty() && table.stages.empty() && table.cards.empty());
  EXPECT_EQ(table.summary, nullptr);
  EXPECT_EQ(table.managers_all.size(), 1U);
  ASSERT_EQ(table.portals.size(), 1U);
  EXPECT_EQ(table.portals[0].id, "acme");
}

TEST_F(ViewerTest, OfFewOthersThereIsNoMedianToTellThemApartBy) {
  Bench few;
  few.add(won("7", kLastThursday, 500));
  few.add(won("9", kLastThursday, 900));
  const auto column = column_of(few.table().managers, "deals_won.sum");
  EXPECT_EQ(few.table().managers.median[column].value, 700);
  EXPECT_FALSE(few.table({}, own_).managers.median[column].value);
}

TEST_F(ViewerTest, AManagerWithoutFiguresHasARowOfZeros) {
  own_.manager = "21";
  const Table table = bench_.table({}, own_);
  ASSERT_EQ(table.managers.rows.size(), 1U);
  EXPECT_EQ(table.managers.rows[0].figures[column_of(table.managers, "deals_won")].value, 0);
}

TEST_F(ViewerTest, HiddenNamesAreNowhere) {
  auto summary = std::make_shared<insight::Summary>();
  insight::Card card;
  card.id = "activity_halved/9";
  card.subject = {insight::Subject::Kind::manager, "9"};
  card.problem = {"Меньше действий", "Fewer actions"};
  summary->cards = {card};
  bench_.summary = summary;
  Viewer hidden;
  EXPECT_NE(everything({}, hidden).find("Борис"), std::string::npos);
  hidden.hide_names = true;
  const std::string all = everything({}, hidden);
  for (const auto* name : {"Анна", "Борис", "Вера", "Глеб"}) EXPECT_EQ(all.find(name), std::string::npos) << name;
  EXPECT_NE(all.find("Меньше действий"), std::string::npos);
}

TEST_F(ViewerTest, TheFootLeadsOn) {
  PageOptions options;
  options.metrics = "kpi/metrics";
  options.version = "1.2";
  for (const auto language : {Language::ru, Language::en}) {
    View view;
    view.language = language;
    const std::string page = page_html(bench_.table(view), *bench_.calendar, options);
    const std::string foot = page.substr(page.find("<footer>"));
    const std::string readme = language == Language::ru ? "README.ru.md" : "README.md";
    for (const auto& part : {std::string("href=\"kpi/metrics\""), std::string("href=\"openapi.json\""),
                             "kpistream/blob/main/" + readme + "\"", std::string("kpistream 1.2")}) {
      EXPECT_NE(foot.find(part), std::string::npos) << part;
    }
  }
  options.metrics.clear();
  EXPECT_EQ(page_html(bench_.table(), *bench_.calendar, options).find("metrics\""), std::string::npos)
      << "who may not read them is not led there";
}

TEST_F(ViewerTest, WhatIsChosenStaysOnOffer) {
  View view;
  view.by = Family::source;
  view.of = {"a<b>"};
  const Table table = bench_.table(view);
  EXPECT_EQ(table.sources_all.size(), 2U) << "the one chosen, and the one that there is";
  EXPECT_EQ(page_html(table, *bench_.calendar, {}).find("a<b>"), std::string::npos);
}

TEST_F(ViewerTest, SourcesAreCalledAsTheDirectoryCallsThem) {
  bench_.directory.sources = {{"web", "Сайт"}, {"radio", "Радио"}};
  View view;
  view.language = Language::ru;
  view.by = Family::source;
  view.of = {"web", "none"};
  const Table table = bench_.table(view);
  EXPECT_EQ(name_of(table.sources_all, "web"), "Сайт");
  EXPECT_EQ(name_of(table.sources_all, "none"), "не указан");
  EXPECT_EQ(table.sources_all.size(), 2U) << "the directory may be long: what is in the figures is on offer";
  EXPECT_NE(sources_section(table, *bench_.calendar).find("<th scope=\"row\">Сайт</th>"), std::string::npos);
  EXPECT_NE(table_csv(table).find("\"Сайт\""), std::string::npos);
}

TEST_F(ViewerTest, NoTextOfUsersIsMarkup) {
  bench_.names["7"] = "<script>alert(1)</script>";
  bench_.settings.zone = "Europe/Moscow";
  for (auto& definition : bench_.catalogue.definitions) definition.title = definition.text = {"\"><i>", "\"><i>"};
  View view;
  view.sort = view.at = "\"><i>";
  view.by = Family::manager;
  view.of = {"7", "\"><i>"};
  const std::string page = page_html(bench_.table(view), *bench_.calendar, {});
  EXPECT_EQ(page.find("<script>alert"), std::string::npos);
  EXPECT_EQ(page.find("\"><i>"), std::string::npos);
}

}  // namespace
}  // namespace kpistream::exporters
