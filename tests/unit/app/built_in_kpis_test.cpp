// The KPIs that come with the program.
#include "tests/unit/app/kpi_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "app/built_in_kpis.hpp"
#include "app/kpi_words.hpp"
#include "stream/insight/kpis.hpp"

namespace kpistream::app::tests {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(BuiltInKpis, AreTheFileThatIsShipped) {
  std::ifstream in(KPISTREAM_SOURCE_DIR "/deploy/kpis.yml");
  std::stringstream text;
  text << in.rdbuf();
  EXPECT_EQ(text.str(), built_in_kpis());
}

TEST(BuiltInKpis, AreFreeOfMistakes) {
  EXPECT_THAT(read_catalogue(std::string(built_in_kpis()), "deploy/kpis.yml", {}).errors, IsEmpty());
  EXPECT_EQ(load_catalogue("").catalogue->definitions, built_in_catalogue().definitions);
}

template <class Kpi>
void expect_well_spoken(const Kpi& kpi) {
  SCOPED_TRACE(kpi.id);
  for (const auto& words : {kpi.title, kpi.text}) {
    EXPECT_NE(words.ru, words.en);
    EXPECT_NE(words.ru, "");
    EXPECT_NE(words.en, "");
  }
  EXPECT_EQ(kpi.text.ru.back(), '.');
  EXPECT_EQ(kpi.text.en.back(), '.');
}

TEST(BuiltInKpis, SpeakBothLanguages) {
  for (const auto& d : built_in_catalogue().definitions) {
    expect_well_spoken(d);
    EXPECT_NE(d.counted, "") << d.id;
  }
  for (const auto& formula : built_in_catalogue().formulas) expect_well_spoken(formula);
}

// Dashboards and alert rules name them: none of these may go.
constexpr const char* kKeptMetrics[]{"crm_call_talk_seconds_total",
                                     "crm_calls_total",
                                     "crm_deal_cycle_seconds",
                                     "crm_deals_lost_amount_total",
                                     "crm_deals_lost_total",
                                     "crm_deals_won_total",
                                     "crm_first_response_seconds",
                                     "crm_leads_converted_total",
                                     "crm_leads_lost_total",
                                     "crm_meetings_held_total",
                                     "crm_meetings_scheduled",
                                     "crm_new_deals_total",
                                     "crm_new_leads_total",
                                     "crm_payments_amount_total",
                                     "crm_payments_total",
                                     "crm_quotes_sent_amount_total",
                                     "crm_quotes_sent_total",
                                     "crm_revenue_total",
                                     "crm_tasks_due",
                                     "crm_window_call_talk_seconds",
                                     "crm_window_calls",
                                     "crm_window_deal_cycle_p50_seconds",
                                     "crm_window_deal_cycle_p90_seconds",
                                     "crm_window_deal_cycle_seconds",
                                     "crm_window_deal_cycles",
                                     "crm_window_deals_lost",
                                     "crm_window_deals_lost_amount",
                                     "crm_window_deals_won",
                                     "crm_window_first_response_p50_seconds",
                                     "crm_window_first_response_p90_seconds",
                                     "crm_window_first_response_seconds",
                                     "crm_window_first_responses",
                                     "crm_window_leads_converted",
                                     "crm_window_leads_lost",
                                     "crm_window_meetings_held",
                                     "crm_window_new_deals",
                                     "crm_window_new_leads",
                                     "crm_window_payments",
                                     "crm_window_payments_amount",
                                     "crm_window_quotes_sent",
                                     "crm_window_quotes_sent_amount",
                                     "crm_window_revenue"};

TEST(BuiltInKpis, KeepTheNamesOfTheirMetrics) {
  std::set<std::string> names;
  for (const auto& d : built_in_catalogue().definitions) {
    for (const auto& name : metrics_of(d)) names.insert(name);
  }
  for (const auto& formula : built_in_catalogue().formulas) {
    for (const auto& name : metrics_of(formula)) names.insert(name);
  }
  for (const char* name : kKeptMetrics) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
  for (const char* name : {"crm_clients",
                           "crm_clients_acquired_total",
                           "crm_window_loss_ratio",
                           "crm_window_win_ratio",
                           "crm_window_close_win_ratio",
                           "crm_window_closed_ratio",
                           "crm_window_lead_conversion_ratio",
                           "crm_window_average_deal_amount",
                           "crm_window_profit",
                           "crm_window_missed_call_ratio",
                           "crm_missed_calls_unreturned",
                           "crm_callback_seconds",
                           "crm_first_response_working_seconds",
                           "crm_leads_waiting",
                           "crm_leads_open",
                           "crm_window_first_response_within_target_ratio",
                           "crm_complaints_total",
                           "crm_negative_ratings_total",
                           "crm_window_satisfaction_ratio",
                           "crm_lead_processing_seconds",
                           "crm_window_new_client_revenue",
                           "crm_window_revenue_per_new_client",
                           "crm_stage_seconds",
                           "crm_deals_open",
                           "crm_deals_open_amount",
                           "crm_deals_stuck",
                           "crm_deals_without_next_step",
                           "crm_meetings_next_working_day",
                           "crm_actions_total",
                           "crm_window_actions",
                           "crm_window_active_seconds",
                           "crm_revenue_at_risk"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(BuiltInKpis, CountWhatTheySay) {
  const auto& all = built_in_catalogue().definitions;
  const auto& won = *named(all, "deals_won");
  EXPECT_EQ(won.measure, Measure::money);
  EXPECT_TRUE(won.by_pipeline && won.by_manager && won.by_source);
  EXPECT_EQ(won.sum_name, "revenue");
  const auto& calls = *named(all, "calls");
  EXPECT_FALSE(calls.by_pipeline);
  EXPECT_THAT(calls.total_labels, ElementsAre(Label{Attribute::direction, ""}, Label{Attribute::outcome, ""}));
  const auto& lost = *named(all, "deals_lost");
  EXPECT_THAT(lost.total_labels, ElementsAre(Label{Attribute::loss_reason, ""}));
  EXPECT_THAT(lost.window_labels, IsEmpty());
  EXPECT_EQ(named(all, "tasks_due")->windows, WindowSet::task_due);
  EXPECT_FALSE(named(all, "tasks_due")->totals);
  EXPECT_EQ(named(all, "actions")->attribution, Attribution::actor);
  const auto& ratio = *named(built_in_catalogue().formulas, "loss_ratio");
  EXPECT_TRUE(ratio.by_pipeline && ratio.by_manager && ratio.by_source);
  EXPECT_FALSE(named(built_in_catalogue().formulas, "missed_call_ratio")->by_pipeline);
}

// One limit means one thing: it is the fact that says whether the portal's limits.response was kept.
TEST(BuiltInKpis, AnAnswerIsInTimeByThePortalsLimit) {
  const auto& in_time = *named(built_in_catalogue().definitions, "first_responses_in_time");
  Fact fact;
  fact.kind = FactKind::first_response;
  fact.type = "new";
  fact.working_seconds = fact.seconds = 7'200;
  fact.outcome = "in_time";
  EXPECT_TRUE(in_time.counts(fact)) << "a portal may give two hours";
  fact.working_seconds = fact.seconds = 300;
  fact.outcome = "late";
  EXPECT_FALSE(in_time.counts(fact)) << "or a minute";
}

TEST(BuiltInKpis, TheFirstAnswerSaysWhatItWas) {
  EXPECT_THAT(named(built_in_catalogue().definitions, "first_response")->total_labels,
              ElementsAre(Label{Attribute::channel, ""}));
}

// ---- a KPI of one's own

}  // namespace
// What advice and balance read is there, by the labels they read it by: else a rule would be silent for ever.
TEST(BuiltInKpis, InsightFindsWhatItReads) {
  const auto& definitions = built_in_catalogue().definitions;
  const auto find = [&](std::string_view id) {
    return std::find_if(definitions.begin(), definitions.end(), [&](const Definition& each) { return each.id == id; });
  };
  for (const auto id : insight::kpi::kAll) EXPECT_NE(find(id), definitions.end()) << id;
  struct Read {
    std::string_view id;
    std::string_view label;
  };
  for (const Read& read :
       {Read{insight::kpi::kRefusals, "loss_reason"}, Read{insight::kpi::kDealsOpen, "deal_stage"},
        Read{insight::kpi::kDealsStuck, "deal_stage"}, Read{insight::kpi::kStageTime, "deal_stage"}}) {
    const auto& labels = find(read.id)->window_labels;
    EXPECT_TRUE(std::any_of(labels.begin(), labels.end(), [&](const Label& label) {
      return label.name() == read.label;
    })) << read.id;
  }
}

}  // namespace kpistream::app::tests
