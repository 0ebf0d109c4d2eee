#include "stream/insight/advice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "stream/insight/rules.hpp"
#include "tests/unit/stream/insight/fake_figures.hpp"

namespace kpistream::insight {
namespace {

using testing::HasSubstr;
using testing::Not;
using tests::FakeFigures;
using tests::kMonday;

Card only(const FakeFigures& figures) {
  const auto cards = advice(figures);
  EXPECT_EQ(cards.size(), 1U);
  return cards.at(0);
}

FakeFigures missed(int missed, int incoming) {
  FakeFigures figures;
  figures.put("calls_in", kMonday - 6, incoming);
  figures.put("calls_missed", kMonday - 6, missed);
  return figures;
}

TEST(Advice, ACardTellsProblemAndNumbersInBothLanguages) {
  const Card card = only(missed(22, 101));
  EXPECT_EQ(card.rule, "missed_calls_high");
  EXPECT_EQ(card.severity, Severity::critical);
  EXPECT_EQ(card.confidence, Confidence::high);
  EXPECT_EQ(card.parts, (Compared{22, 101}));
  EXPECT_EQ(card.problem.ru, "Слишком много входящих звонков остаётся без ответа.");
  EXPECT_EQ(card.ratio.ru, "22\u00a0пропущенных из 101\u00a0входящего за неделю: 21,8\u00a0%, норма до 15 %.");
  EXPECT_EQ(card.ratio.en, "22 missed of 101\u00a0incoming calls last week: 21.8%, normal is up to 15%.");
  const Range week{minute_of(FakeFigures().moment(kMonday - 7, 0)), minute_of(FakeFigures().moment(kMonday, 0))};
  EXPECT_EQ(card.evidence, (std::vector<Proof>{{"calls_missed", week}}));
}

TEST(Advice, TheIdIsRuleSubjectAndPeriod) {
  FakeFigures figures = missed(22, 101);
  EXPECT_EQ(only(figures).id, "missed_calls_high/portal/2026-09-07");
  figures.put("calls_missed", kMonday - 5, 3);
  figures.go(figures.moment(kMonday + 6, 20));
  EXPECT_EQ(only(figures).id, "missed_calls_high/portal/2026-09-07");
  PortalSettings portal;
  portal.targets = {{"revenue", "7", "", PlanPeriod::week, 0, 1}};
  FakeFigures easy(portal);
  for (Day day = kMonday - 42; day < kMonday; day += 7) easy.put("deals_won", day, 1, {.manager = "7"}, 500'000);
  const Card card = only(easy);
  EXPECT_EQ(card.id, "target_too_easy/manager:7/revenue/week/2026-09-14");
  EXPECT_EQ(card.evidence.at(0).kpi, "deals_won");
  EXPECT_EQ(card.evidence.at(0).slot, kSumSlot);
  EXPECT_THAT(card.ratio.ru, HasSubstr("за 6\u00a0периодов: 5\u00a0000\u00a0RUB"));
}

TEST(Advice, TimeOnTheTelephoneIsNoMoney) {
  PortalSettings portal;
  portal.targets = {{"call_talk.sum", "", "", PlanPeriod::week, 0, 3'600}};
  FakeFigures figures(portal);
  for (Day day = kMonday - 42; day < kMonday; day += 7) figures.put("call_talk", day, 1, {}, 7'200);
  EXPECT_THAT(only(figures).ratio.en, HasSubstr("2\u00a0h, target 1\u00a0h"));
}

// Figures in which every rule has something to say.
FakeFigures everything() {
  PortalSettings portal;
  portal.leads = false;
  portal.quote_stages = {"quote"};
  portal.managers["9"].since_day = kMonday - 10;
  portal.targets = {{"deals_won", "", "", PlanPeriod::week, 0, 90}, {"calls_in", "1", "", PlanPeriod::week, 0, 5}};
  FakeFigures figures(portal);
  figures.go(figures.moment(kMonday + 2, 17));
  const Day day = kMonday - 6;
  figures.put("new_leads", day, 100, {.pipeline = "a"});
  figures.put("inquiries_lost", day, 50, {.pipeline = "a", .source = "ads"});
  figures.put("new_leads", day, 10, {.pipeline = "b"});
  figures.put("inquiries_won", day, 30, {.pipeline = "b", .source = "site"});
  for (int ago = 1; ago <= 6; ++ago) {
    figures.put("actions", kMonday - 7 * ago, 700 * ago, {.manager = "1"});
    for (const char* peer : {"2", "3", "4"}) figures.put("actions", kMonday - 7 * ago, 2'000, {.manager = peer});
    figures.put("calls_in", kMonday - 7 * ago, 25, {.manager = "1"});
    figures.put("deals_won", kMonday - 7 * ago, 20);
    figures.put("deals_lost", kMonday - 7 * ago, ago == 1 ? 20 : 1);
    figures.put("refusals_by_reason", kMonday - 7 * ago, ago == 1 ? 20 : 1, {.labels = {{"loss_reason", "price"}}});
  }
  figures.put("actions", kMonday - 7, 2'000, {.manager = "9"});
  figures.put("calls_missed", day, 9, {.manager = "1"});
  figures.put_durations("first_response_working", day, 11, 5'000, {.manager = "1"});
  figures.put("deals_open", day, 12, {.manager = "1", .labels = {{"deal_stage", "quote"}}});
  figures.put("deals_stuck", kMonday - 30, 6, {.manager = "1", .labels = {{"deal_stage", "quote"}}});
  figures.put("meetings_held", day, 9, {.manager = "1"});
  return figures;
}

TEST(Advice, ThePartsOfEveryCardAreOfAUnit) {
  std::map<std::string, Unit> units;
  for (const Card& card : advice(everything())) units[card.rule] = unit_of(card);
  EXPECT_EQ(units.at("slow_first_response"), Unit::seconds);
  EXPECT_EQ(units.at("refusals_up"), Unit::share);
  for (const auto* rule : {"clot", "missed_calls_high", "target_unreachable"}) {
    EXPECT_EQ(units.at(rule), Unit::count) << rule;
  }
  Card kept;
  kept.rule = "target_unreachable";
  kept.topic = "revenue/month";
  EXPECT_EQ(unit_of(kept), Unit::money);
  kept.topic = "call_talk.sum/week";
  EXPECT_EQ(unit_of(kept), Unit::seconds);
}

TEST(Advice, WhatIsDueIsSeenInItsPart) {
  std::map<std::string, std::string> due;
  for (const Card& card : advice(everything())) due[card.rule] = card.evidence.at(0).due;
  EXPECT_EQ(due.at("no_tasks_tomorrow"), "tomorrow");
  EXPECT_EQ(due.at("no_meetings_set"), "tomorrow");
  EXPECT_EQ(due.at("clot"), "");
  FakeFigures friday;
  friday.put("deals_open", kMonday, 12, {.manager = "1"});
  friday.go(friday.moment(kMonday + 4, 17));
  EXPECT_EQ(only(friday).evidence.at(0).due, "later") << "the next working day is not tomorrow";
}

TEST(Advice, ConfidenceGrowsWithTheSample) {
  EXPECT_EQ(only(missed(20, 39)).confidence, Confidence::low);
  EXPECT_EQ(only(missed(20, 40)).confidence, Confidence::medium);
  EXPECT_EQ(only(missed(20, 79)).confidence, Confidence::medium);
  EXPECT_EQ(only(missed(20, 80)).confidence, Confidence::high);
}

TEST(Advice, AClotNamesItsBottleneck) {
  FakeFigures figures;
  figures.put("new_leads", kMonday - 6, 60);
  figures.put("inquiries_lost", kMonday - 6, 40);
  figures.put("deals_open", kMonday - 6, 10, {.labels = {{"deal_stage", "quote"}}});
  EXPECT_EQ(only(figures).stage, "quote");
  EXPECT_THAT(only(figures).ratio.ru, HasSubstr("пришло 60\u00a0обращений, закрыто 40. Соотношение 1,50"));
}

TEST(Advice, OnlyAClotOfThePortalNamesABottleneck) {
  for (const Card& card : advice(everything())) {
    const bool named = card.rule == "clot" && card.subject == Subject{};
    EXPECT_EQ(card.stage, named ? "quote" : "") << card.id;
  }
  FakeFigures shortage;
  shortage.put("inquiries_lost", kMonday - 6, 40);
  shortage.put("deals_open", kMonday - 6, 10, {.labels = {{"deal_stage", "quote"}}});
  EXPECT_EQ(only(shortage).stage, "");
}

TEST(Advice, NamesAreThoseOfLabels) {
  EXPECT_EQ(severity_name(Severity::info), "info");
  EXPECT_EQ(severity_name(Severity::warning), "warning");
  EXPECT_EQ(severity_name(Severity::critical), "critical");
  EXPECT_EQ(confidence_name(Confidence::high), "high");
  EXPECT_EQ(subject_name(Subject::Kind::reason), "reason");
}

TEST(Advice, EveryRuleHasItsOwnIdAndAllTexts) {
  std::set<std::string_view> ids;
  for (const Rule& rule : rules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    EXPECT_EQ(find_rule(rule.id), &rule);
    for (const Text& text : {rule.texts->problem, rule.texts->how, rule.texts->affects, rule.texts->ratio}) {
      EXPECT_TRUE(text.ru.ends_with('.')) << text.ru;
      EXPECT_TRUE(text.en.ends_with('.')) << text.en;
      EXPECT_EQ(text.ru.find("  "), std::string_view::npos) << text.ru;
      EXPECT_EQ(text.en.find("  "), std::string_view::npos) << text.en;
    }
  }
  EXPECT_EQ(ids.size(), 14U);
  EXPECT_EQ(find_rule("other"), nullptr);
}

TEST(Advice, EveryTextIsFilled) {
  std::set<std::string> spoken;
  for (const Card& card : advice(everything())) {
    spoken.insert(card.rule);
    EXPECT_FALSE(card.evidence.empty()) << card.id;
    for (const Words& words : {card.problem, card.how, card.affects, card.ratio}) {
      EXPECT_THAT(words.ru, Not(HasSubstr("{"))) << card.id;
      EXPECT_THAT(words.en, Not(HasSubstr("{"))) << card.id;
    }
  }
  EXPECT_EQ(spoken.size(), rules().size()) << testing::PrintToString(spoken);
}

TEST(Effect, FollowsTheRatioOfTheRule) {
  FakeFigures figures = missed(40, 100);
  for (const int weeks : {1, 2, 4}) {
    figures.put("calls_in", kMonday - 6 + 7 * weeks, 100);
    figures.put("calls_missed", kMonday - 6 + 7 * weeks, 40 - 9 * weeks);
  }
  const Card card = only(figures);
  const UnixSeconds accepted = figures.now();
  const auto effect = [&] { return advice_effect(figures, card, accepted); };
  EXPECT_EQ(effect(), (AdviceEffect{Compared{40, 100}}));
  figures.go(accepted + 7 * 86'400 - 1);
  EXPECT_EQ(effect()[1], std::nullopt);
  figures.go(accepted + 7 * 86'400);
  EXPECT_EQ(effect(), (AdviceEffect{Compared{40, 100}, Compared{31, 100}}));
  figures.go(accepted + 60 * 86'400);  // and what came later changes nothing
  EXPECT_EQ(effect(), (AdviceEffect{Compared{40, 100}, Compared{31, 100}, Compared{22, 100}, Compared{4, 100}}));
}

TEST(Effect, IsUnknownWhereItsFiguresAre) {
  FakeFigures figures = missed(40, 100);
  const Card card = only(figures);
  const UnixSeconds accepted = figures.now();
  figures.go(accepted + 30 * 86'400);
  figures.hole(kMonday, kMonday + 7);
  EXPECT_EQ(advice_effect(figures, card, accepted)[1], std::nullopt);
  EXPECT_EQ(advice_effect(figures, card, accepted)[2], (Compared{0, 0}));
}

TEST(Effect, OfWhatStandsNowIsTheCardsOwn) {
  FakeFigures figures;
  figures.put("meetings_held", kMonday - 6, 9, {.manager = "7"});
  const Card card = only(figures);
  const UnixSeconds accepted = figures.now();
  figures.go(accepted + 30 * 86'400);
  EXPECT_EQ(advice_effect(figures, card, accepted), (AdviceEffect{Compared{0, 9}}));
}

TEST(Effect, BeforeAcceptanceOrOfNoRuleThereIsNone) {
  FakeFigures figures = missed(40, 100);
  Card card = only(figures);
  EXPECT_EQ(advice_effect(figures, card, figures.now() + 1), AdviceEffect{});
  card.rule = "other";
  EXPECT_EQ(advice_effect(figures, card, figures.now()), AdviceEffect{});
}

}  // namespace
}  // namespace kpistream::insight
