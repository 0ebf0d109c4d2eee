// What the page tells of advice: whose figures it opens, and what it has brought.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporters/table/html.hpp"
#include "exporters/table/page.hpp"
#include "tests/unit/exporters/table_support.hpp"

namespace kpistream::exporters {
namespace {

using insight::Compared;
using testing::HasSubstr;
using testing::Not;
using tests::Bench;
using Kind = insight::Subject::Kind;

constexpr std::string_view kDays = "&amp;column=2026-09-07..2026-09-13";

class CardsTest : public testing::Test {
 protected:
  CardsTest() {
    card_.id = "clot/portal/2026-09-07";
    card_.rule = "clot";
    card_.evidence = {{"new_leads", bench_.last_week()}};
  }

  // Of a page that shows one manager's figures.
  [[nodiscard]] std::string section(Language language = Language::ru) const {
    auto summary = std::make_shared<insight::Summary>();
    summary->cards = {card_};
    summary->team_of = {{"7", "north"}, {"9", "south"}, {"11", "north"}};
    Bench bench;
    bench.summary = summary;
    bench.settings.currency = "RUB";
    bench.directory = directory_;
    View view;
    view.language = language;
    view.by = Family::manager;
    view.of = {"7"};
    Table table = bench.table(view);
    table.cards.at(0).effect = effect_;
    return advice_section(table, *bench.calendar);
  }

  Bench bench_;
  insight::Card card_;
  insight::AdviceEffect effect_{};
  DirectoryNames directory_;
};

std::string link(std::string_view of, std::string_view line) {
  return std::string("portal=acme&amp;lang=ru").append(of).append("&amp;line=").append(line).append(kDays);
}

TEST_F(CardsTest, TheProofIsOfTheCardsSubjectAndNotOfTheView) {
  EXPECT_THAT(section(), HasSubstr(link("", "new_leads")));
  card_.subject = {Kind::pipeline, "5"};
  EXPECT_THAT(section(), HasSubstr(link("&amp;pipeline=5", "new_leads")));
  card_.subject = {Kind::manager, "9"};
  EXPECT_THAT(section(), HasSubstr(link("&amp;manager=9", "new_leads")));
  card_.subject = {Kind::source, "web"};
  EXPECT_THAT(section(), HasSubstr(link("&amp;source=web", "new_leads")));
  card_.subject = {Kind::team, "north"};
  EXPECT_THAT(section(), HasSubstr(link("&amp;manager=11&amp;manager=7", "new_leads")));
}

TEST_F(CardsTest, AReasonIsToldInWordsAndOpensTheDealsLostByIt) {
  card_.subject = {Kind::reason, "price"};
  card_.evidence.front().kpi = "deals_lost";
  EXPECT_THAT(section(), HasSubstr(link("", "refusals_by_reason@price")));
  EXPECT_THAT(section(), HasSubstr("<h3>Причина отказа «price»: "));
  EXPECT_THAT(section(Language::en), HasSubstr("<h3>Refusal reason “price”: "));
  directory_.loss_reasons = {{"price", "Дорого"}};
  EXPECT_THAT(section(), HasSubstr("<h3>Причина отказа «Дорого»: "));
  EXPECT_THAT(section(), HasSubstr(link("", "refusals_by_reason@price"))) << "addresses have ids";
}

TEST_F(CardsTest, ASourceHasItsName) {
  card_.subject = {Kind::source, "web"};
  EXPECT_THAT(section(), HasSubstr("<h3>web: "));
  directory_.sources = {{"web", "Сайт"}};
  EXPECT_THAT(section(), HasSubstr("<h3>Сайт: "));
  EXPECT_THAT(section(), HasSubstr(link("&amp;source=web", "new_leads"))) << "addresses have ids";
}

TEST_F(CardsTest, TheProofIsWhatTheRuleReads) {
  card_.evidence.front().kpi = "deals_won";
  EXPECT_THAT(section(), HasSubstr(link("", "deals_won")));
  card_.evidence.front().slot = kSumSlot;
  EXPECT_THAT(section(), HasSubstr(link("", "deals_won.sum")));
  card_.evidence = {{"first_response_working", bench_.last_week()}};
  EXPECT_THAT(section(), HasSubstr(link("", "first_response_working.p50")));
  for (const auto* kpi : {"tasks_due", "meetings_scheduled"}) {
    card_.evidence = {{kpi, bench_.last_week(), kCountSlot, "tomorrow"}};
    EXPECT_THAT(section(), HasSubstr(link("", std::string(kpi) + "@tomorrow")));
  }
  card_.evidence = {{"gone", bench_.last_week()}};
  EXPECT_THAT(section(), Not(HasSubstr("Из чего видно"))) << "nothing follows the colon";
}

TEST_F(CardsTest, TheEffectIsInTheUnitsOfTheRule) {
  effect_ = {Compared{5'400, 900}, Compared{600, 900}};
  card_.rule = "slow_first_response";
  EXPECT_THAT(section(), HasSubstr("тогда: 1\u00a0ч 30\u00a0мин / 15\u00a0мин · через 1 нед.: 10\u00a0мин / "));
  effect_ = {Compared{312, 180}};
  card_.rule = "refusals_up";
  EXPECT_THAT(section(Language::en), HasSubstr("then: 31.2% / 18.0%"));
  effect_ = {Compared{80'000'000, 100'000'000}};
  card_.rule = "target_unreachable";
  card_.topic = "revenue/month";
  EXPECT_THAT(section(), HasSubstr("тогда: 800\u00a0000\u00a0₽ / 1\u00a0000\u00a0000\u00a0₽"));
  effect_ = {Compared{1'200, 1'000}};
  card_.topic = "";
  card_.rule = "clot";
  EXPECT_THAT(section(), HasSubstr("тогда: 1\u00a0200 / 1\u00a0000"));
}

TEST(TrendTest, EndsWithTheLastPeriodThatIsOver) {
  Bench bench;
  for (const int days : {18, 18, 18, 11, 11, 4}) bench.add(tests::won("7", tests::kNoon - days * tests::kDay, 100));
  bench.add(tests::won("7", tests::kNoon - 60, 100));
  View view;
  view.columns = 4;
  view.lines = {"deals_won", "deals_open"};
  Table table = bench.table(view);
  EXPECT_THAT(blocks_section(table, *bench.calendar),
              HasSubstr("от 3 до 1\"><polyline points=\"2.0,2.0 48.0,8.7 94.0,15.3\"/>"));
  table.blocks.front().rows.at(1).figures = {{4, {}, false}, {}, {2, {}, false}, {2, {}, false}};
  EXPECT_THAT(blocks_section(table, *bench.calendar), HasSubstr("от 2 до 4\"")) << "what stands now is whole";
}

}  // namespace
}  // namespace kpistream::exporters
