// Definitions as text: what is right is read, what is wrong is named with its place and its cure, all at once.
#include "tests/unit/app/kpi_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "app/built_in_kpis.hpp"
#include "app/kpi_words.hpp"

namespace kpistream::app::tests {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(KpiReader, SixLinesMakeAKpi) {
  const auto result = over_built_in(R"(kpis:
  big_deals:
    facts: deal_won
    where: {amount: {min: 500000}}
    measure: money
    title: {ru: Крупные сделки, en: Big deals}
)");
  ASSERT_THAT(result.errors, IsEmpty());
  const auto& d = result.catalogue->definitions.back();
  EXPECT_EQ(result.catalogue->definitions.size(), built_in_catalogue().definitions.size() + 1);
  EXPECT_EQ(d.id, "big_deals");
  EXPECT_THAT(d.facts, ElementsAre(FactKind::deal_won));
  EXPECT_EQ(d.where.at(0).min, 50'000'000);
  EXPECT_EQ(d.name, "big_deals");
  EXPECT_EQ(d.sum_name, "big_deals_amount");
  EXPECT_EQ(d.counted, "big deals");
  EXPECT_EQ(d.summed, "amounts of: big deals");
  EXPECT_TRUE(d.totals && d.by_pipeline && d.by_manager && !d.by_source);
  EXPECT_EQ(d.windows, WindowSet::periods);
  EXPECT_EQ(in_words(d), "deal_won where amount is at least 500000, with its money, of the owner then");
}

TEST(KpiReader, EveryKeyIsRead) {
  const auto d = definition(R"(facts: [deal_won, deal_lost]
    where: {pipeline: ["3", 5], field.city: {not: [Казань]}, seconds: {min: 60, max: 1d}}
    measure: durations
    time: created
    attribution: actor
    by: source
    labels: [result]
    total_labels: [result, field.city]
    name: cycles
    sum_name: ""
    stem: cycle
    title: Циклы
    text: {ru: Слова., en: Words.}
    counted: cycles
    summed: seconds of them
)");
  EXPECT_THAT(d.facts, ElementsAre(FactKind::deal_won, FactKind::deal_lost));
  EXPECT_THAT(d.where.at(0).any_of, ElementsAre("3", "5"));
  EXPECT_EQ(d.where.at(1).field, "city");
  EXPECT_TRUE(d.where.at(1).negated);
  EXPECT_EQ(d.where.at(2).min, 60);
  EXPECT_EQ(d.where.at(2).max, 86'400);
  EXPECT_EQ(d.measure, Measure::durations);
  EXPECT_EQ(d.time, Instant::created);
  EXPECT_EQ(d.attribution, Attribution::actor);
  EXPECT_TRUE(d.by_source && !d.by_pipeline && !d.by_manager);
  EXPECT_THAT(d.window_labels, ElementsAre(Label{Attribute::result, ""}));
  EXPECT_THAT(d.total_labels, ElementsAre(Label{Attribute::result, ""}, Label{Attribute::field, "city"}));
  EXPECT_EQ(d.name, "cycles");
  EXPECT_EQ(d.sum_name, "");
  EXPECT_EQ(d.stem, "cycle");
  EXPECT_EQ(d.title.en, "Циклы");
  EXPECT_EQ(d.text.en, "Words.");
  EXPECT_EQ(d.summed, "seconds of them");
}

TEST(KpiReader, AmountsAreInMajorUnits) {
  const auto d = definition("facts: payment\n    where: {amount: {min: -0.50, max: 1500.05}}\n");
  EXPECT_EQ(d.where.at(0).min, -50);
  EXPECT_EQ(d.where.at(0).max, 150'005);
  EXPECT_THAT(
      errors_of("facts: payment\n    where: {amount: {min: 1.005}}\n"),
      ElementsAre("4:27: kpis.x.where.amount.min: '1.005' is not an amount; write for example 1500 or 1500.50"));
}

TEST(KpiReader, StatesHaveWindowsOfTheirOwnAndNoTotals) {
  const auto d = definition("facts: missed_unreturned\n    labels: [channel]\n");
  EXPECT_EQ(d.windows, WindowSet::unreturned);
  EXPECT_FALSE(d.totals);
  EXPECT_THAT(d.total_labels, IsEmpty());
  EXPECT_EQ(d.window_labels.size(), 1u);
}

TEST(KpiReader, AFormulaIsShownAsItsPartsAre) {
  const auto result = over_built_in("kpis:\n  x: {formula: tasks_due / deals_open, windows: open}\n");
  EXPECT_THAT(result.errors, ElementsAre(HasSubstr("'tasks_due' has the windows task_due, the formula has open")));
  const auto good = over_built_in("kpis:\n  x: {formula: deals_open_sum / deals_open, when: deals_open > 3}\n");
  ASSERT_THAT(good.errors, IsEmpty());
  const auto& formula = good.catalogue->formulas.back();
  EXPECT_EQ(formula.windows, WindowSet::open);
  EXPECT_TRUE(formula.by_pipeline && formula.by_manager && !formula.by_source);
  EXPECT_EQ(formula.shown, "x");
}

TEST(KpiReader, ReadsEveryExampleOfTheManual) {
  std::ifstream in(KPISTREAM_SOURCE_DIR "/docs/kpis.md");
  std::stringstream page;
  page << in.rdbuf();
  const std::string text = page.str();
  const std::string begin = "```yaml\n";
  int examples = 0;
  for (auto at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) {
    const auto example = text.substr(at + begin.size(), text.find("```", at + 3) - at - begin.size());
    if (!example.starts_with("kpis:\n")) continue;
    EXPECT_THAT(errors(example), IsEmpty()) << example;
    ++examples;
  }
  EXPECT_EQ(examples, 4);
}

// ---- over the built-in ones

TEST(KpiReader, TheSameIdReplacesInItsPlace) {
  const auto result = over_built_in("kpis:\n  new_leads: {facts: new_lead, by: [pipeline, manager, source]}\n");
  ASSERT_THAT(result.errors, IsEmpty());
  EXPECT_EQ(result.catalogue->definitions.size(), built_in_catalogue().definitions.size());
  EXPECT_EQ(result.catalogue->definitions.front().id, "new_leads");
  EXPECT_THAT(result.catalogue->definitions.front().where, IsEmpty());
}

TEST(KpiReader, OffRemoves) {
  const auto result = over_built_in("kpis: {actions: off, missed_call_ratio: off}\n");
  ASSERT_THAT(result.errors, IsEmpty());
  EXPECT_EQ(named(result.catalogue->definitions, "actions"), nullptr);
  EXPECT_EQ(named(result.catalogue->formulas, "missed_call_ratio"), nullptr);
  EXPECT_THAT(errors("kpis:\n  new_lead: off\n"),
              ElementsAre("2:3: kpis.new_lead: there is no such KPI to switch off; did you mean 'new_leads'?"));
}

TEST(KpiReader, WhatAFormulaNeedsCannotGoAlone) {
  EXPECT_THAT(
      errors("kpis:\n  calls_in: off\n"),
      ElementsAre("2:3: kpis.calls_in: the formula 'missed_call_ratio' is computed from it: at character 16: there "
                  "is no KPI 'calls_in'; change or switch off the formula too"));
  EXPECT_THAT(errors("kpis:\n  calls_in: off\n  missed_call_ratio: off\n"), IsEmpty());
  EXPECT_THAT(errors("kpis:\n  deals_won: {facts: deal_won, by: [pipeline, manager, source]}\n"),
              ElementsAre(HasSubstr("2:3: kpis.deals_won: the formula 'average_deal_amount' is computed from it: at "
                                    "character 1: 'deals_won' has no sum: its measure is count")));
  EXPECT_THAT(
      errors("kpis:\n  calls_in: {facts: call, by: [], totals: false}\n"),
      ElementsAre(HasSubstr("2:3: kpis.calls_in: the formula 'missed_call_ratio' is computed from it: 'calls_in' "
                            "is not counted by manager")));
}

// ---- mistakes

TEST(KpiReader, TheFileIsAMappingOfKpis) {
  EXPECT_THAT(errors("kpis: ["), ElementsAre(HasSubstr("not YAML")));
  EXPECT_THAT(errors("- a\n"), ElementsAre("1:1: the file must be a YAML mapping with the keys kpis"));
  EXPECT_THAT(errors("kpi: {}\n"), ElementsAre("1:1: kpis: is missing: a mapping of ids and definitions",
                                               "1:1: kpi: unknown key; did you mean 'kpis'?"));
  EXPECT_THAT(errors("kpis:\n  x:\n"), ElementsAre("2:3: kpis.x: says nothing; give `facts` or `formula`, or `off`"));
  EXPECT_THAT(errors("kpis:\n  x: 5\n"), ElementsAre("2:6: kpis.x: a mapping of keys and values is expected here"));
  EXPECT_THAT(load_catalogue("/nowhere/k.yml").errors, ElementsAre(HasSubstr("cannot be read")));
}

TEST(KpiReader, AnIdIsAPlainWord) {
  EXPECT_THAT(
      errors("kpis:\n  Big-Deals: {facts: deal_won, name: big}\n"),
      ElementsAre(StartsWith("2:3: kpis.Big-Deals: 'Big-Deals' is no id: a letter, then letters, digits and _")));
  EXPECT_THAT(errors("kpis:\n  deals_p90: {facts: deal_won}\n"),
              ElementsAre("2:3: kpis.deals_p90: an id must not end in _p90: formulas mean a part of a KPI by it"));
}

TEST(KpiReader, FactsAreKnownAndOfOneKind) {
  EXPECT_THAT(errors_of("measure: money\n"),
              Contains("3:5: kpis.x.facts: is missing: what is counted, for example deal_won; or give `formula`"));
  EXPECT_THAT(errors_of("facts: [deal_won, deal_wan]\n"),
              ElementsAre(testing::AllOf(StartsWith("3:23: kpis.x.facts[1]: 'deal_wan' is none of: new_lead, "),
                                         testing::EndsWith("lead_open; did you mean 'deal_won'?"))));
  EXPECT_THAT(
      errors_of("facts: [deal_won, deal_open]\n"),
      ElementsAre("3:12: kpis.x.facts: deal_open tells how things stand now, the others what has happened: these "
                  "cannot be added up; make two KPIs of them"));
}

TEST(KpiReader, StatesHaveNoHistory) {
  EXPECT_THAT(
      errors_of("facts: deal_open\n    windows: periods\n"),
      ElementsAre("4:14: kpis.x.windows: deal_open tells how things stand now and has no history; leave `windows` "
                  "out, or write for example open"));
  EXPECT_THAT(
      errors_of("facts: deal_won\n    windows: open\n"),
      ElementsAre("4:14: kpis.x.windows: deal_won is something that happened: its windows are periods, or cohorts"));
  EXPECT_THAT(errors_of("facts: deal_open\n    windows: cohort_weeks\n"),
              ElementsAre(HasSubstr("deal_open tells how things stand now: only what happened has cohorts")));
  EXPECT_THAT(errors_of("facts: deal_won\n    windows: cohort_weeks\n    totals: true\n"),
              ElementsAre(HasSubstr("cohorts are not added up")));
  EXPECT_THAT(errors_of("facts: deal_won\n    windows: cohort_weeks\n    name: win_ratio\n"),
              ElementsAre(HasSubstr("the metric name 'cohort_win_ratio' belongs to 'cohort_win_ratio' already")));
  EXPECT_THAT(errors_of("facts: deal_open\n    totals: true\n"),
              ElementsAre("4:13: kpis.x.totals: how things stand now cannot be added up; leave `totals` out"));
  EXPECT_THAT(errors_of("facts: deal_open\n    windows: opn\n"),
              ElementsAre(testing::EndsWith("did you mean 'open'?")));
}

TEST(KpiReader, AMeasureFitsItsFacts) {
  EXPECT_THAT(
      errors_of("facts: new_lead\n    measure: durations\n"),
      ElementsAre(
          "4:14: kpis.x.measure: new_lead has no duration; its measure may be count, money, amounts or profit"));
  EXPECT_THAT(
      errors_of("facts: new_lead\n    measure: mony\n"),
      ElementsAre(
          "4:14: kpis.x.measure: 'mony' is none of: count, money, profit, seconds, durations, working, amounts; did "
          "you mean 'money'?"));
  EXPECT_THAT(errors_of("facts: new_lead\n    time: later\n    attribution: owner\n"),
              ElementsAre("4:11: kpis.x.time: 'later' is none of: at, created",
                          "5:18: kpis.x.attribution: 'owner' is none of: owner_then, owner_now, actor"));
}

TEST(KpiReader, ConditionsAreOfAttributesAndTheirValues) {
  EXPECT_THAT(errors_of("facts: call\n    where:\n      directoin: in\n"),
              ElementsAre(StartsWith("5:7: kpis.x.where.directoin: facts have no such attribute; did you mean "
                                     "'direction'?; they have direction, outcome")));
  EXPECT_THAT(errors_of("facts: call\n    where: {direction: [in, uot]}\n"),
              ElementsAre("4:29: kpis.x.where.direction[1]: 'uot' is none of: in, out, callback, none; did you mean "
                          "'out'?"));
  EXPECT_THAT(errors_of("facts: call\n    where: {direction: []}\n"),
              ElementsAre("4:24: kpis.x.where.direction: names no value"));
  EXPECT_THAT(errors_of("facts: call\n    where: {direction: {nto: [in]}}\n"),
              ElementsAre("4:24: kpis.x.where.direction: write {not: [...]} or a list",
                          HasSubstr("kpis.x.where.direction.nto: unknown key")));
  EXPECT_THAT(errors_of("facts: call\n    where: {stage: {min: 3}}\n"),
              ElementsAre("4:26: kpis.x.where.stage.min: ranges are for amount, seconds and working_seconds; list the "
                          "values instead"));
  EXPECT_THAT(errors_of("facts: call\n    where: {field: a, field.: b}\n"),
              ElementsAre(HasSubstr("4:13: kpis.x.where.field: facts have no such attribute"),
                          HasSubstr("4:23: kpis.x.where.field.: facts have no such attribute")));
}

TEST(KpiReader, RangesAreOfNumbers) {
  EXPECT_THAT(errors_of("facts: call\n    where: {seconds: 30}\n"),
              ElementsAre("4:22: kpis.x.where.seconds: is a number: give a range, for example {min: 100, max: 900}"));
  EXPECT_THAT(errors_of("facts: call\n    where: {seconds: {}}\n"),
              ElementsAre("4:22: kpis.x.where.seconds: gives neither min nor max"));
  EXPECT_THAT(errors_of("facts: call\n    where: {seconds: {min: 5m, max: 60}}\n"),
              ElementsAre("4:28: kpis.x.where.seconds.min: is greater than max: nothing could be counted"));
  EXPECT_THAT(
      errors_of("facts: call\n    where: {seconds: {min: soon}}\n"),
      ElementsAre("4:28: kpis.x.where.seconds.min: 'soon' is not a duration; write for example 30s, 5m, 1h or 7d"));
}

TEST(KpiReader, LabelsAreOfAClosedList) {
  EXPECT_THAT(
      errors_of("facts: call\n    labels: [direction, outcom]\n"),
      ElementsAre("4:25: kpis.x.labels[1]: 'outcom' is no label; did you mean 'outcome'?; there are direction, "
                  "outcome, result, loss_reason, action, client, stage, type, channel, currency, field.<name>"));
  EXPECT_THAT(errors_of("facts: call\n    labels: manager\n"),
              ElementsAre("4:13: kpis.x.labels: 'manager' is a dimension of its own; write it under `by`"));
  EXPECT_THAT(errors_of("facts: call\n    labels: [amount]\n"), ElementsAre(HasSubstr("'amount' is no label")));
  EXPECT_THAT(errors_of("facts: call\n    labels: [field.portal, field.City, stage, stage]\n"),
              ElementsAre(HasSubstr("4:14: kpis.x.labels[0]: a label 'portal' means something else already"),
                          HasSubstr("4:28: kpis.x.labels[1]: 'field.City' is no label"),
                          "4:47: kpis.x.labels[3]: 'stage' stands here twice; remove one"));
  EXPECT_THAT(errors_of("facts: call\n    labels: [field.deal_stage]\n"),
              ElementsAre(HasSubstr("a label 'deal_stage' means something else already")));
  EXPECT_THAT(errors_of("facts: call\n    window_labels: [stage, type, client, channel]\n"),
              ElementsAre("4:20: kpis.x.window_labels: more than 3 labels make too many series"));
  EXPECT_THAT(errors_of("facts: call\n    totals: false\n    total_labels: [stage]\n"),
              ElementsAre("5:19: kpis.x.total_labels: there are no totals; remove it"));
}

TEST(KpiReader, NamesAreFitForPrometheus) {
  for (const char* ending : {"_created", "_count", "_sum", "_bucket", "_info", "_total"}) {
    EXPECT_THAT(errors_of(std::string("facts: new_lead\n    name: big") + ending + "\n"),
                ElementsAre(std::string("4:11: kpis.x.name: 'big") + ending + "' must not end in " + ending +
                            ": to Prometheus that means something else; write for example 'big'"));
  }
  EXPECT_THAT(errors_of("facts: new_lead\n    name: Big-Leads\n"),
              ElementsAre(StartsWith("4:11: kpis.x.name: 'Big-Leads' is no name for a metric")));
  EXPECT_THAT(errors_of("facts: new_lead\n    name: window_leads\n"),
              ElementsAre("4:11: kpis.x.name: 'window_leads' must not begin with window_: such names are taken; give "
                          "another `name`"));
  EXPECT_THAT(errors("kpis:\n  leads_created: {facts: new_lead}\n"),
              ElementsAre(HasSubstr("kpis.leads_created.name: 'leads_created' must not end in _created")));
  EXPECT_THAT(errors_of("facts: deal_won\n    measure: money\n    sum_name: won_sum\n"),
              ElementsAre(HasSubstr("5:15: kpis.x.sum_name: 'won_sum' must not end in _sum")));
}

TEST(KpiReader, NamesThatFitTheMeasure) {
  EXPECT_THAT(errors_of("facts: new_lead\n    sum_name: leads_amount\n"),
              ElementsAre("4:15: kpis.x.sum_name: there is no sum: the measure is count; write for example measure: "
                          "money"));
  EXPECT_THAT(errors_of("facts: new_lead\n    name: \"\"\n"),
              ElementsAre("4:11: kpis.x.name: nothing of this KPI would be shown; give it a name"));
  EXPECT_THAT(errors_of("facts: deal_won\n    stem: won\n"),
              ElementsAre("4:11: kpis.x.stem: is for durations and amounts only; give `sum_name`"));
}

TEST(KpiReader, EachMetricBelongsToOne) {
  EXPECT_THAT(errors("kpis:\n  x: {facts: deal_won}\n  y:\n    facts: deal_lost\n    name: revenue\n"),
              ElementsAre("3:3: kpis.y: the metric name 'revenue' belongs to 'deals_won' already; give another name, "
                          "sum_name or stem"));
  EXPECT_THAT(errors("kpis:\n  x: {facts: deal_won, name: win_ratio}\n"),
              ElementsAre(StartsWith("2:3: kpis.x: the metric name 'win_ratio' belongs to 'win_ratio' already")));
  EXPECT_THAT(errors("kpis:\n  x: {facts: call, measure: seconds, name: talks, sum_name: callback_p50_seconds}\n"),
              ElementsAre(StartsWith("2:3: kpis.x: the metric name 'callback_p50_seconds' belongs to 'callback'")));
}

TEST(KpiReader, FormulasAreOverKnownKpis) {
  EXPECT_THAT(
      errors_of("formula: deals_wan / new_laeds\n    when: deal_won > 1\n"),
      ElementsAre("3:14: kpis.x.formula: at character 1: there is no KPI 'deals_wan'; did you mean 'deals_won'?",
                  "3:14: kpis.x.formula: at character 13: there is no KPI 'new_laeds'; did you mean 'new_leads'?",
                  "4:11: kpis.x.when: at character 1: there is no KPI 'deal_won'; did you mean 'deals_won'?"));
  EXPECT_THAT(errors_of("formula: 1 - loss_ratio\n"),
              ElementsAre("3:14: kpis.x.formula: at character 5: 'loss_ratio' is a formula, and formulas are computed "
                          "from definitions only"));
  EXPECT_THAT(errors_of("formula: new_leads_sum\n"),
              ElementsAre("3:14: kpis.x.formula: at character 1: 'new_leads' has no sum: its measure is count"));
  EXPECT_THAT(errors_of("formula: deals_won +\n"),
              ElementsAre(HasSubstr("3:14: kpis.x.formula: at character 12: ends")));
  EXPECT_THAT(
      errors_of("formula: deals_won / deals_open\n"),
      ElementsAre("3:14: kpis.x.formula: 'deals_open' has the windows open, 'deals_won' has periods; these have "
                  "nothing in common"));
  EXPECT_THAT(errors_of("formula: calls_in / calls_missed\n    by: [pipeline]\n"),
              ElementsAre("4:9: kpis.x.by: 'calls_in' is not counted by pipeline"));
  EXPECT_THAT(
      errors_of("formula: deals_won\n    facts: deal_won\n"),
      ElementsAre("4:5: kpis.x.facts: does not belong to a formula; make a KPI of its own of it and name that in "
                  "the formula"));
}

TEST(KpiReader, UnknownAndDoubledKeysAreNamed) {
  EXPECT_THAT(errors_of("facts: deal_won\n    mesure: money\n    title: {ru: A, fr: B}\n"),
              ElementsAre(StartsWith("5:20: kpis.x.title.fr: unknown key"),
                          "4:5: kpis.x.mesure: unknown key; did you mean 'measure'?"));
  EXPECT_THAT(errors("kpis:\n  x: {facts: deal_won}\n  x: {facts: deal_lost}\n"),
              Contains("3:3: kpis.x: this key stands here twice; remove one"));
}

TEST(KpiReader, AllMistakesComeInOneRun) {
  EXPECT_EQ(errors(R"(kpis:
  a: {facts: deal_wan}
  b: {facts: call, labels: [amount]}
  c: {formula: a + zz}
  d: {facts: call, name: revenue}
)")
                .size(),
            4u);
}

// ---- as people and scripts see them

}  // namespace
}  // namespace kpistream::app::tests
