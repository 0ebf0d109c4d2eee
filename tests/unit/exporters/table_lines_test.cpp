// What every line of the table is of, and what it is called.
#include <gtest/gtest.h>

#include <map>

#include "app/kpi_reader.hpp"
#include "exporters/table/lines.hpp"

namespace kpistream::exporters {
namespace {

const Catalogue& catalogue() { return app::built_in_catalogue(); }

std::vector<Line> lines_with(const std::string& kpis) {
  auto more = app::read_catalogue("kpis:\n" + kpis, "own.yml", catalogue());
  for (const auto& error : more.errors) ADD_FAILURE() << error;
  return more.catalogue ? lines_of(*more.catalogue) : std::vector<Line>();
}

// "Продажи | Deals won" of a line; empty: there is none.
std::string title_of(const std::vector<Line>& lines, std::string_view id) {
  const Line* const line = find_line(lines, id);
  return line == nullptr ? "" : line->title.ru + " | " + line->title.en;
}

std::string unit_of(const std::vector<Line>& lines, std::string_view id) {
  const Line* const line = find_line(lines, id);
  return line == nullptr ? "" : std::string(line_unit_name(line->unit));
}

// In the order of the catalogue.
TEST(LineUnitsTest, OfEveryBuiltInLine) {
  const std::map<std::string, std::string> expected{
      {"count",
       "new_leads leads_imported leads_converted leads_lost inquiries_won inquiries_lost inquiries_open "
       "leads_won_so_far leads_lost_so_far new_deals deals_won deals_lost refusals_by_reason "
       "money_unconverted deals_reopened deal_cycle deal_cycle@won deal_cycle@lost stage_time "
       "deals_open deals_stuck deals_without_next_step clients@active clients@dormant clients@lost "
       "clients_acquired client_wins client_wins@new client_wins@repeat calls calls@in calls@out "
       "calls_in calls_missed calls_in_working calls_missed_working missed_calls_unreturned "
       "missed_then_served callback first_response first_responses_in_time leads_waiting leads_overdue "
       "lead_processing lead_processing@converted lead_processing@lost leads_open complaints ratings "
       "negative_ratings positive_ratings quotes_sent payments tasks_due@overdue tasks_due@today "
       "tasks_due@tomorrow tasks_due@later tasks_due@none meetings_held meetings_scheduled@today "
       "meetings_scheduled@tomorrow meetings_next_working_day actions work_begins"},
      {"money",
       "deals_won.sum profit.sum deal_amount.p50 deal_amount.p90 deals_lost.sum deals_open.sum "
       "deals_stuck.sum revenue_at_risk.sum client_wins.sum client_wins.sum@new client_wins.sum@repeat "
       "new_client_revenue.sum quotes_sent.sum payments.sum average_deal_amount revenue_per_new_client"},
      {"ratio",
       "won_so_far_ratio lost_so_far_ratio open_so_far_ratio loss_ratio win_ratio close_win_ratio "
       "closed_ratio lead_conversion_ratio missed_call_ratio missed_call_working_ratio "
       "first_response_within_target_ratio satisfaction_ratio"},
      {"seconds",
       "deal_cycle.p50 deal_cycle.p50@won deal_cycle.p50@lost deal_cycle.p90 deal_cycle.p90@won "
       "deal_cycle.p90@lost stage_time.p50 stage_time.p90 call_talk.sum call_talk.sum@in "
       "call_talk.sum@out callback.p50 callback.p90 first_response.p50 first_response.p90 "
       "first_response_working.p50 first_response_working.p90 lead_processing.p50 "
       "lead_processing.p50@converted lead_processing.p50@lost lead_processing.p90 "
       "lead_processing.p90@converted lead_processing.p90@lost lead_processing_working.p50 "
       "lead_processing_working.p50@converted lead_processing_working.p50@lost "
       "lead_processing_working.p90 lead_processing_working.p90@converted "
       "lead_processing_working.p90@lost active_seconds.sum work_ends.sum first_action_seconds "
       "last_action_seconds"},
  };
  std::map<std::string, std::string> all;
  for (const auto& line : lines_of(catalogue())) {
    auto& ids = all[std::string(line_unit_name(line.unit))];
    ids += (ids.empty() ? "" : " ") + line.id;
  }
  EXPECT_EQ(all, expected);
}

TEST(LineUnitsTest, OfAFormulaFollowFromItsParts) {
  const auto lines = lines_with(R"(
  big_deals: {facts: deal_won, where: {amount: {min: 500000}}, measure: money}
  deals_won_summary: {facts: deal_won}
  big_deals_share: {formula: big_deals_sum / deals_won_sum}
  big_deals_mean: {formula: big_deals_sum / big_deals}
  wins_per_call: {formula: deals_won_summary / calls}
  talk_per_call: {formula: call_talk_sum / calls}
  talk_minutes: {formula: call_talk_sum / 60}
  votes: {facts: rating, measure: seconds, by: manager}
  average_vote: {formula: votes_sum / votes}
)");
  EXPECT_EQ(unit_of(lines, "big_deals_share"), "number") << "money by money";
  EXPECT_EQ(unit_of(lines, "big_deals_mean"), "money");
  EXPECT_EQ(unit_of(lines, "wins_per_call"), "number") << "deals_won_sum is only the beginning of a name";
  EXPECT_EQ(unit_of(lines, "talk_per_call"), "seconds");
  EXPECT_EQ(unit_of(lines, "talk_minutes"), "number");
  EXPECT_EQ(unit_of(lines, "average_vote"), "number");
  EXPECT_EQ(unit_of(lines, "votes.sum"), "count") << "a vote is no duration";
}

TEST(LineTitlesTest, SayWhatTheFigureIs) {
  const auto lines = lines_of(catalogue());
  const std::map<std::string, std::string> titles{
      {"deals_won", "Продажи | Deals won"},
      {"deals_won.sum", "Выручка | Revenue"},
      {"first_response", "Скорость ответа, число | First response, count"},
      {"first_response.p50", "Скорость ответа, медиана | First response, median"},
      {"first_response.p90", "Скорость ответа, 90 % быстрее | First response, 90th percentile"},
      {"callback", "Время до перезвона, число | Time to call back, count"},
      {"deal_cycle@won", "Длительность цикла продаж, число, выигранные | Sales cycle, count, won"},
      {"deal_amount.p50", "Чек, медиана | Deal amount, median"},
      {"deal_amount.p90", "Чек, 90 % не больше | Deal amount, 90 % at most"},
      {"call_talk.sum", "Время разговоров | Talk time"},
      {"work_begins", "Дни с работой в CRM | Days at work"},
      {"work_begins.sum", ""},
      {"deal_amount.sum", ""},
  };
  for (const auto& [id, title] : titles) EXPECT_EQ(title_of(lines, id), title) << id;
}

TEST(LineTitlesTest, NoTwoLinesOfAKpiShareOne) {
  const auto lines = lines_with(R"(
  talk: {facts: call, measure: seconds, by: manager, title: {ru: Разговоры, en: Talks}}
  uncounted: {facts: deal_won, measure: money, sum_name: "", title: {ru: Сделки, en: Deals}}
  checks: {facts: deal_won, measure: amounts, totals: false, title: {ru: Чеки, en: Checks}}
)");
  EXPECT_EQ(title_of(lines, "talk"), "Разговоры, число | Talks, count");
  EXPECT_EQ(title_of(lines, "talk.sum"), "Разговоры, всего | Talks, total");
  EXPECT_EQ(title_of(lines, "uncounted"), "Сделки | Deals");
  EXPECT_EQ(title_of(lines, "uncounted.sum"), "") << "an empty sum_name hides the sum";
  EXPECT_EQ(title_of(lines, "checks"), "Чеки, число | Checks, count");
  std::map<std::string, std::set<std::string>> seen;
  for (const auto& line : lines) {
    EXPECT_TRUE(seen[line.kpi].insert(line.title.ru).second) << line.id << " " << line.title.ru;
    EXPECT_TRUE(seen[line.kpi].insert("en " + line.title.en).second) << line.id << " " << line.title.en;
  }
}

}  // namespace
}  // namespace kpistream::exporters
