#include "stream/insight/flow.hpp"

#include <gtest/gtest.h>

#include "tests/unit/stream/insight/fake_figures.hpp"

namespace kpistream::insight {
namespace {

using tests::FakeFigures;
using tests::kMonday;
using tests::Of;

PortalSettings simple() {
  PortalSettings portal;
  portal.leads = false;
  return portal;
}

// So many inquiries in and out in the closed week `ago` weeks before this one.
void week(FakeFigures& figures, int ago, int in, int out, const std::string& pipeline = "main") {
  const Day day = kMonday - 7 * ago + 1;
  figures.put("new_leads", day, in, {.pipeline = pipeline});
  figures.put("inquiries_won", day, out / 2, {.pipeline = pipeline});
  figures.put("inquiries_lost", day, out - out / 2, {.pipeline = pipeline});
}

struct Turn {
  int in;
  int out;
  FlowState state;
};

void replay(const std::vector<Turn>& turns) {
  FlowJudge judge;
  for (const Turn& turn : turns) {
    EXPECT_EQ(judge.feed({turn.in, turn.out}, true), turn.state) << turn.in << " in, " << turn.out << " out";
  }
}

TEST(FlowJudge, ARatioAboveOnePointTwoTakesTwoEvaluations) {
  replay({{121, 100, FlowState::balanced}, {121, 100, FlowState::clot}});
  replay({{121, 100, FlowState::balanced}, {120, 100, FlowState::balanced}, {121, 100, FlowState::balanced}});
  replay({{120, 100, FlowState::balanced}, {120, 100, FlowState::balanced}});  // exactly 1.20 is not above
}

TEST(FlowJudge, ASignificantExcessTakesOne) {
  replay({{60, 40, FlowState::clot}});
  replay({{59, 41, FlowState::balanced}});          // above 1.15, within chance
  replay({{11'500, 10'000, FlowState::balanced}});  // significant, not above 1.15
  replay({{11'501, 10'000, FlowState::clot}});
  replay({{20, 0, FlowState::clot}});  // nothing leaves: no ratio, and yet
}

TEST(FlowJudge, AClotEndsBelowOnePointOne) {
  replay({{200, 100, FlowState::clot}, {110, 100, FlowState::clot}, {109, 100, FlowState::balanced}});
  replay({{200, 100, FlowState::clot}, {99, 100, FlowState::shortage}, {115, 100, FlowState::balanced}});
}

TEST(FlowJudge, ShortageIsBelowOne) {
  replay({{100, 100, FlowState::balanced}, {99, 100, FlowState::shortage}, {100, 100, FlowState::balanced}});
  replay({{0, 20, FlowState::shortage}});
}

TEST(FlowJudge, ASmallSampleIsUnknownAndInterruptsARowButNoClot) {
  replay({{10, 9, FlowState::unknown}, {0, 0, FlowState::unknown}, {10, 10, FlowState::balanced}});
  replay({{121, 100, FlowState::balanced}, {5, 5, FlowState::unknown}, {121, 100, FlowState::balanced}});
  replay({{200, 100, FlowState::clot}, {5, 5, FlowState::unknown}, {112, 100, FlowState::clot}});
}

TEST(FlowJudge, WhatIsNotReliableIsUnknown) {
  FlowJudge judge;
  EXPECT_EQ(judge.feed({200, 100}, false), FlowState::unknown);
  EXPECT_EQ(judge.feed({112, 100}, true), FlowState::balanced);
}

TEST(Flow, TheClosedWeekAndTheTwentyEightDays) {
  FakeFigures figures(simple());
  for (int ago = 1; ago <= 5; ++ago) week(figures, ago, 100, 100);
  figures.put("new_leads", kMonday + 1, 100);  // this week: in 28d, not in the closed week
  const Flow found = flow(figures);
  EXPECT_EQ(found.portal.week.counts, (Compared{100, 100}));
  EXPECT_EQ(found.portal.week.state, FlowState::balanced);
  EXPECT_EQ(found.portal.month.counts, (Compared{400, 300}));  // 28 days back is a Wednesday: three weeks and this one
  EXPECT_EQ(found.portal.month.state, FlowState::clot);
  EXPECT_EQ(found.portal.month.net(), 100);
}

TEST(Flow, TheClosedWeekRemembersItsClot) {
  FakeFigures figures(simple());
  week(figures, 3, 200, 100);
  week(figures, 2, 112, 100);
  week(figures, 1, 112, 100);
  EXPECT_EQ(flow(figures).portal.week.state, FlowState::clot);
  FakeFigures calm(simple());
  week(calm, 1, 112, 100);
  EXPECT_EQ(flow(calm).portal.week.state, FlowState::balanced);
}

TEST(Flow, AWeekThatWasNotVerifiedIsUnknown) {
  FakeFigures figures(simple());
  week(figures, 1, 200, 100);
  EXPECT_EQ(flow(figures).portal.week.state, FlowState::clot);
  figures.hole(kMonday - 3, kMonday - 2);
  EXPECT_EQ(flow(figures).portal.week.state, FlowState::unknown);
  EXPECT_EQ(flow(figures).portal.week.counts, (Compared{200, 100}));
}

TEST(Flow, BeforeThePortalIsKnownNothingIsZero) {
  FakeFigures figures(simple());
  week(figures, 1, 200, 100);
  figures.know_since(figures.moment(kMonday - 7, 0));
  EXPECT_EQ(flow(figures).portal.week.state, FlowState::clot);
  EXPECT_EQ(flow(figures).portal.month.counts, std::nullopt);
  EXPECT_EQ(flow(figures).portal.drain_seconds, std::nullopt);
  figures.know_since(figures.moment(kMonday - 7, 0, 1));
  EXPECT_EQ(flow(figures).portal.week.counts, std::nullopt);
  EXPECT_EQ(flow(figures).portal.week.state, FlowState::unknown);
  figures.know_since(0);
  EXPECT_EQ(flow(figures).residual, std::nullopt);
}

TEST(Flow, OnlyMainPipelinesCount) {
  PortalSettings portal = simple();
  portal.main_pipelines = {"main", "second"};
  FakeFigures figures(portal);
  week(figures, 1, 100, 100, "main");
  week(figures, 1, 60, 40, "second");
  week(figures, 1, 500, 0, "partners");
  const Flow found = flow(figures);
  EXPECT_EQ(found.portal.week.counts, (Compared{160, 140}));
  ASSERT_EQ(found.pipelines.size(), 2U);
  EXPECT_EQ(found.pipelines.at("second").week.state, FlowState::clot);
  EXPECT_EQ(found.pipelines.at("main").week.state, FlowState::balanced);
}

TEST(Flow, LeadsApartHaveNoBalanceOfASinglePipeline) {
  PortalSettings portal;
  portal.main_pipelines = {"5"};
  FakeFigures figures(portal);
  figures.put("new_leads", kMonday - 3, 30, {.pipeline = "leads"});
  figures.put("inquiries_won", kMonday - 3, 10, {.pipeline = "5"});
  figures.put("inquiries_lost", kMonday - 3, 15, {.pipeline = "leads"});
  figures.put("inquiries_lost", kMonday - 3, 99, {.pipeline = "other"});
  EXPECT_EQ(flow(figures).portal.week.counts, (Compared{30, 25}));
  EXPECT_TRUE(flow(figures).pipelines.empty());
}

TEST(Flow, ABacklogDrainsAtThePaceOfTheLastFourWeeks) {
  FakeFigures figures(simple());
  figures.put("inquiries_open", kMonday - 200, 30);
  EXPECT_EQ(flow(figures).portal.backlog, 30);
  EXPECT_EQ(flow(figures).portal.drain_seconds, std::nullopt);
  EXPECT_TRUE(flow(figures).portal.diverging);
  week(figures, 1, 0, 60);
  EXPECT_EQ(flow(figures).portal.drain_seconds, 14 * 86'400);
  EXPECT_FALSE(flow(figures).portal.diverging);
  EXPECT_EQ(flow(figures).pipelines.at("main").backlog, 30);
  figures.forget("inquiries_open");
  EXPECT_EQ(flow(figures).portal.drain_seconds, 0);
}

TEST(Flow, WithoutBacklogNothingDiverges) {
  const FakeFigures figures(simple());
  EXPECT_EQ(flow(figures).portal.drain_seconds, 0);
  EXPECT_FALSE(flow(figures).portal.diverging);
}

TEST(Flow, TheBottleneckIsWhereMostDealsWaitLongest) {
  FakeFigures figures(simple());
  const auto stage = [](const std::string& name) { return Of{.labels = {{"deal_stage", name}}}; };
  EXPECT_EQ(flow(figures).bottleneck, "");
  figures.put("deals_open", kMonday - 100, 50, stage("new"));
  figures.put("deals_open", kMonday - 100, 20, stage("quote"));
  EXPECT_EQ(flow(figures).bottleneck, "new");  // no times known: where most deals are
  figures.put_durations("stage_time", kMonday - 10, 5, 3'600, stage("new"));
  figures.put_durations("stage_time", kMonday - 10, 5, 36'000, stage("quote"));
  EXPECT_EQ(flow(figures).bottleneck, "quote");
  const std::int64_t quote = flow(figures).bottleneck_stay;
  EXPECT_NEAR(static_cast<double>(quote), 36'000, 36'000.0 / 16);
  figures.put("deals_open", kMonday - 100, 21, stage("agreed"));  // nobody left it: as slow as the slowest
  EXPECT_EQ(flow(figures).bottleneck, "agreed");
  EXPECT_EQ(flow(figures).bottleneck_stay, quote);
}

TEST(Flow, TheResidualIsWhatCountsDoNotExplain) {
  FakeFigures figures(simple());
  figures.put("new_deals", kMonday - 300, 100);
  figures.put("deals_won", kMonday - 200, 30);
  figures.put("deals_lost", kMonday - 100, 50);
  figures.put("deals_open", kMonday - 300, 20);
  EXPECT_EQ(flow(figures).residual, 0);
  figures.put("deals_open", kMonday - 300, 2);
  EXPECT_EQ(flow(figures).residual, 2);
}

}  // namespace
}  // namespace kpistream::insight
