// The weekly report and the audit: of which week, for whom, and in which words.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporters/table/report.hpp"
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

class ReportTextTest : public testing::Test {
 protected:
  [[nodiscard]] std::string report(const Bench& bench, const Viewer& viewer = {}) const {
    return report_text(bench.table(report_view("acme", language_), viewer), *bench.calendar);
  }
  [[nodiscard]] std::string audited(const Bench& bench) const {
    return audit_text(bench.table(report_view("acme", language_)), *bench.calendar);
  }

  Language language_ = Language::ru;
};

TEST_F(ReportTextTest, LeadersAreOfTheWeekInTheTitle) {
  Bench bench;
  bench.add(won("7", kLastThursday, 7'777'700));
  EXPECT_THAT(report(bench), HasSubstr("Лидеры\n• Анна: 77\u00a0777\u00a0₽"));
  Bench fresh("Europe/Moscow", kNoon - 5 * kDay);  // since Wednesday: the closed week is not known whole
  fresh.add(won("7", kNoon - 3'600, 3'331'100));
  EXPECT_THAT(report(fresh), HasSubstr("неделя 7–13 сен"));
  EXPECT_THAT(report(fresh), Not(HasSubstr("Лидеры")));
}

TEST_F(ReportTextTest, AManagersHasNeitherLeadersNorWhatIsToldToHeadsOnly) {
  Bench bench;
  bench.add(won("7", kLastThursday, 7'777'700));
  EXPECT_THAT(report(bench), HasSubstr("Выводов ещё нет"));
  const Viewer own{.portal = "acme", .manager = "7"};
  EXPECT_THAT(report(bench, own), Not(HasSubstr("Лидеры")));
  EXPECT_THAT(report(bench, own), Not(HasSubstr("Выводов ещё нет")));
  EXPECT_THAT(report(bench, own), HasSubstr("сен\n\nПоказатели"));
  EXPECT_THAT(report_html(bench.table(report_view("acme", language_), own), *bench.calendar),
              Not(HasSubstr("class=\"lead")));
}

std::shared_ptr<insight::Summary> behind(std::int64_t own, double median, bool reliable = true) {
  auto summary = std::make_shared<insight::Summary>();
  summary->week_reliable = reliable;
  auto& team = summary->against_team["7"];
  team.actions = {own, median};
  return summary;
}

TEST_F(ReportTextTest, WhoFallsBehindIsJudgedAsAdviceDoes) {
  Bench bench;
  bench.summary = behind(1, 3);
  EXPECT_THAT(audited(bench), Not(HasSubstr("Кто отстаёт"))) << "too few to judge by";
  bench.summary = behind(101, 400, false);
  EXPECT_THAT(audited(bench), Not(HasSubstr("Кто отстаёт"))) << "the week is not verified";
  bench.summary = behind(101, 400);
  EXPECT_THAT(audited(bench), HasSubstr("Анна: 101 действие — за неделю; медиана остальных 400"));
  language_ = Language::en;
  EXPECT_THAT(audited(bench), HasSubstr("Анна: 101 actions — in the week; the median of the others is 400"));
}

TEST_F(ReportTextTest, NounsGoWithTheirNumbers) {
  Bench bench;
  Table table = bench.table(report_view("acme", Language::ru));
  table.stages = {{"5:quote", "5", 3, 0, 3'600, true}};
  EXPECT_THAT(audit_text(table, *bench.calendar), HasSubstr("5:quote: 3 сделки — обычно стоят 1\u00a0ч"));
  table.view.language = Language::en;
  table.stages.front().open = 1;
  EXPECT_THAT(audit_text(table, *bench.calendar), HasSubstr("5:quote: 1 deal — the usual stay is 1\u00a0h"));
  Bench fresh("Europe/Moscow", kNoon - 8 * kDay);
  language_ = Language::en;
  EXPECT_THAT(audited(fresh), HasSubstr(", 1 week: 0"));
}

}  // namespace
}  // namespace kpistream::exporters
