// The whole page as Prometheus sees it: names, types, labels, no series twice, empty and full.
#include "exporters/prometheus/kpi_texts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "exporters/prometheus/self_metrics.hpp"
#include "stream/codec/keys.hpp"
#include "stream/codec/values.hpp"
#include "stream/memory_state.hpp"
#include "tests/unit/exporters/full_board.hpp"
#include "tests/unit/exporters/page.hpp"
#include "tests/unit/exporters/text.hpp"

namespace kpistream::exporters {
namespace {

using tests::fill;
using tests::kNoon;
using tests::named;
using tests::two_portals;

std::string page_of(const State& state, const std::vector<PortalSettings>& portals,
                    const Catalogue& of = tests::catalogue()) {
  return tests::page_of(state, portals, {}, Format::text, of) + tests::text_of(self_metrics({}));
}

std::string full_page() {
  MemoryState state;
  for (const auto& portal : two_portals()) fill(state, portal.alias);
  return page_of(state, two_portals());
}

double value_of(const tests::Page& page, const std::string& name, const std::map<std::string, std::string>& labels) {
  const auto family = page.families.find(name);
  if (family == page.families.end()) return -1;
  for (const auto& sample : family->second.samples) {
    const auto has = [&](const auto& label) {
      return std::find(sample.labels.begin(), sample.labels.end(), std::pair<std::string, std::string>(label)) !=
             sample.labels.end();
    };
    if (std::all_of(labels.begin(), labels.end(), has)) return sample.value;
  }
  return -1;
}

TEST(Families, KeepTheRulesOfNamesWhenFull) {
  const auto found = tests::lint(tests::read_page(full_page()));
  EXPECT_TRUE(found.empty()) << testing::PrintToString(found);
}

TEST(Families, KeepTheRulesOfNamesWhenEmptyAndWhenNothingIsKnown) {
  MemoryState empty;
  auto portals = two_portals();
  for (const bool declared : {true, false}) {
    if (!declared) portals[0].known_since = portals[1].known_since = 0;
    const auto found = tests::lint(tests::read_page(page_of(empty, portals)));
    EXPECT_TRUE(found.empty()) << testing::PrintToString(found);
  }
  EXPECT_TRUE(tests::lint(tests::read_page(page_of(empty, {}))).empty());
}

TEST(Families, PassPromtoolEmptyAndFull) {
  MemoryState empty;
  for (const auto& page : {page_of(empty, {}), page_of(empty, two_portals()), full_page()}) {
    const auto checked = tests::promtool(page);
    EXPECT_EQ(checked.status, 0) << checked.output;
    EXPECT_EQ(checked.output, "");
  }
}

TEST(Families, ShowTheFiguresAndNoSampleCarriesATime) {
  const auto page = tests::read_page(full_page());
  const std::map<std::string, std::string> day{{"portal", "acme"}, {"window", "day"}};
  EXPECT_EQ(value_of(page, "crm_window_deals_won", day), 1);
  EXPECT_EQ(value_of(page, "crm_window_revenue", day), 123.45);
  EXPECT_EQ(value_of(page, "crm_revenue_total", {{"portal", "acme"}, {"pipeline", "5"}}), 246.9);
  EXPECT_EQ(value_of(page, "crm_revenue_retracted_total", {{"portal", "acme"}, {"pipeline", "5"}}), 123.45);
  EXPECT_EQ(value_of(page, "crm_manager_window_deals_won", {{"manager", "7"}, {"window", "day"}}), 1);
  EXPECT_EQ(value_of(page, "crm_manager_window_deals_won", {{"manager", "7"}, {"window", "1h"}}), -1) << "one of few";
  EXPECT_EQ(value_of(page, "crm_window_win_ratio", day), 1);
  EXPECT_EQ(value_of(page, "crm_window_loss_ratio", day), -1) << "too few are closed";
  EXPECT_EQ(value_of(page, "crm_cohort_new_leads", {{"portal", "acme"}, {"cohort_week", "2026-09-14"}}),
            value_of(page, "crm_window_new_leads", {{"portal", "acme"}, {"window", "week"}}));
  EXPECT_EQ(value_of(page, "crm_cohort_new_leads", {{"portal", "acme"}, {"cohort_week", "2026-09-07"}}), 0);
  EXPECT_EQ(value_of(page, "crm_cohort_new_leads", {{"portal", "acme"}, {"cohort_week", "2026-07-27"}}), -1)
      << "from before the portal was known";
  EXPECT_EQ(value_of(page, "crm_oldest_waiting_lead_seconds", {{"portal", "acme"}}), 600);
  EXPECT_EQ(value_of(page, "crm_window_first_response_p50_seconds", day), 608) << "600 within a sixteenth";
  EXPECT_EQ(value_of(page, "crm_first_response_seconds_count", {{"portal", "acme"}}), -1) << "a sample, no family";
  EXPECT_EQ(value_of(page, "crm_portal_info", {{"portal", "beta"}, {"crm", "amocrm"}, {"currency", "KZT"}}), 1);
  EXPECT_EQ(value_of(page, "crm_manager_info", {{"manager", "7"}, {"name", "Анна \"А\" \\ \n"}}), 1);
}

TEST(Families, AWindowFromBeforeThePortalWasKnownIsAbsent) {
  MemoryState state;
  auto portals = two_portals();
  portals[0].known_since = kNoon - 2 * 3'600;
  const auto page = tests::read_page(page_of(state, portals));
  EXPECT_EQ(value_of(page, "crm_window_new_deals", {{"portal", "acme"}, {"window", "1h"}}), -1)
      << "no funnel known yet";
  EXPECT_EQ(value_of(page, "crm_window_calls", {{"portal", "acme"}}), -1);
  fill(state, "acme");
  const auto filled = tests::read_page(page_of(state, portals));
  EXPECT_EQ(value_of(filled, "crm_window_deals_won", {{"portal", "acme"}, {"window", "1h"}}), 1);
  EXPECT_EQ(value_of(filled, "crm_window_deals_won", {{"portal", "acme"}, {"window", "day"}}), -1)
      << "unknown is not 0";
  EXPECT_EQ(value_of(filled, "crm_deals_won_total", {{"portal", "acme"}}), 2);
}

TEST(Families, OfWhatAPortalIsNotConfiguredForThereIsNothingAndNoFormulaOverIt) {
  MemoryState state;
  auto portals = two_portals();
  for (const auto& portal : portals) fill(state, portal.alias);
  portals[1].cost_field = "UF_COST";
  Catalogue more = tests::catalogue();
  Formula margin;
  margin.id = margin.name = "margin_ratio";
  margin.expression = "profit_sum / deals_won_sum";
  margin.shown = "the profit of a rouble";
  more.formulas.push_back(margin);
  const auto page = tests::read_page(page_of(state, portals, more));
  for (const auto* name : {"crm_window_profit", "crm_window_margin_ratio"}) {
    EXPECT_EQ(value_of(page, name, {{"portal", "acme"}, {"window", "day"}}), -1) << name;
    EXPECT_EQ(value_of(page, name, {{"portal", "beta"}, {"window", "day"}}), 0) << name;
  }
}

// KPI.md: a configured portal shows 0 from when it is known, before anything of a kind has happened.
TEST(Families, WhatHasNotHappenedYetIsZero) {
  MemoryState state;
  fill(state, "nobody");
  StateBatch names;
  Entity funnel;
  funnel.observe(named(EntityKind::pipeline, "5", "Розница"));
  for (const auto* portal : {"acme", "beta"}) {
    names.puts.push_back({Space::entities, entity_key(portal, {EntityKind::pipeline, "5"}), encode_entity(funnel)});
  }
  state.apply(names);
  const auto page = tests::read_page(page_of(state, two_portals()));
  const auto zero = [&](const std::string& name, const std::string& portal, const std::string& pipeline) {
    const auto window =
        value_of(page, "crm_window_" + name, {{"portal", portal}, {"pipeline", pipeline}, {"window", "day"}});
    const auto total = value_of(page, "crm_" + name + "_total", {{"portal", portal}, {"pipeline", pipeline}});
    return window == 0 && total == 0;
  };
  for (const auto* name : {"new_leads", "leads_lost", "leads_converted"})
    EXPECT_TRUE(zero(name, "acme", "leads")) << name;
  EXPECT_TRUE(zero("new_leads", "beta", "5")) << "in a simple portal the deal is the inquiry";
  for (const auto* portal : {"acme", "beta"}) {
    for (const auto* name : {"new_deals", "deals_won", "revenue"}) EXPECT_TRUE(zero(name, portal, "5")) << name;
    for (const auto* name : {"payments", "payments_amount"}) EXPECT_TRUE(zero(name, portal, "none")) << name;
    EXPECT_EQ(value_of(page, "crm_window_meetings_held", {{"portal", portal}, {"window", "day"}}), 0);
    EXPECT_EQ(value_of(page, "crm_tasks_due", {{"portal", portal}, {"due", "today"}}), 0);
    EXPECT_EQ(value_of(page, "crm_first_response_working_seconds", {{"portal", portal}, {"le", "+Inf"}}), 0);
  }
  EXPECT_TRUE(zero("quotes_sent", "acme", "none"));
  EXPECT_TRUE(zero("quotes_sent", "beta", "5")) << "a quote is a stage of a deal there";
  EXPECT_EQ(value_of(page, "crm_window_first_response_p50_seconds", {{"portal", "acme"}}), -1)
      << "no median of nothing";
}

TEST(Families, NothingIsShownOfAPortalThatNothingIsKnownOf) {
  MemoryState empty;
  auto portals = two_portals();
  for (auto& portal : portals) portal.known_since = 0;
  const auto page = tests::read_page(page_of(empty, portals));
  EXPECT_EQ(value_of(page, "crm_portal_info", {{"portal", "acme"}}), 1);
  for (const auto& [name, family] : page.families) {
    EXPECT_TRUE(name == "crm_portal_info" || name.starts_with("process_")) << name;
  }
}

class Telling : public Metered {
 public:
  void collect(MeterSink& sink) const override {
    sink.counter("kpistream_a_total", "A.", {{"portal", "acme"}}, 12345678901);
    sink.counter("kpistream_a_total", "A.", {{"portal", "beta"}}, 2);
    sink.gauge("kpistream_b_ratio", "B.", {}, 0.25);
    constexpr std::array kBounds{0.0005, 1.0, 2.5};
    constexpr std::array<std::uint64_t, 4> kCounts{2, 0, 3, 1};
    for (const char* portal : {"acme", "beta"}) {
      sink.histogram("kpistream_c_seconds", "C.", {{"portal", portal}}, {kBounds, kCounts, 7.25});
    }
  }
};

TEST(SelfMetrics, SayWhatTheirSourcesTellAndWhatTheProcessUses) {
  const Telling telling;
  const auto page = tests::read_page(tests::text_of(self_metrics({&telling})));
  EXPECT_TRUE(tests::lint(page).empty()) << testing::PrintToString(tests::lint(page));
  EXPECT_EQ(value_of(page, "kpistream_a_total", {{"portal", "acme"}}), 12345678901);
  EXPECT_EQ(value_of(page, "kpistream_a_total", {{"portal", "beta"}}), 2);
  EXPECT_EQ(value_of(page, "kpistream_b_ratio", {}), 0.25);
  EXPECT_EQ(page.families.at("kpistream_c_seconds").type, "histogram");
  const auto within = [&](const char* bound) {
    return value_of(page, "kpistream_c_seconds", {{"portal", "beta"}, {"le", bound}});
  };
  EXPECT_EQ(within("0.0005"), 2) << "without an exponent";
  EXPECT_EQ(within("1.0"), 2) << "never without a point";
  EXPECT_EQ(within("2.5"), 5);
  EXPECT_EQ(within("+Inf"), 6);
  EXPECT_GT(value_of(page, "process_resident_memory_bytes", {}), 1e6);
  EXPECT_GT(value_of(page, "process_open_fds", {}), 2);
  const double started = value_of(page, "process_start_time_seconds", {});
  const auto now = static_cast<double>(::time(nullptr));
  EXPECT_LE(started, now + 1);
  EXPECT_GT(started, now - 600) << "this test has not run for long";
}

}  // namespace
}  // namespace kpistream::exporters
