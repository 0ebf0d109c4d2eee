// What a CRM's directories say reaches the figures, in whatever order records and directories come.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

using tests::Bench;
using tests::deal;
using tests::kNoon;
using tests::point;

constexpr UnixSeconds kDay = 86'400;

Observation stage(const std::string& of, const std::string& id, const std::string& semantics,
                  const std::string& name = "Stage") {
  Observation seen;
  seen.ref = {EntityKind::stage, "LIST_" + of.substr(0, of.find('/')) + "/" + id};
  seen.name = name;
  seen.fields = {{"of", of}, {"semantics", semantics}};
  return seen;
}

Observation rate(const std::string& currency, UnixSeconds set, std::int64_t micros, bool base = false) {
  Observation seen;
  seen.ref = {EntityKind::currency, currency + "/" + std::to_string(set)};
  seen.fields = {{"rate", std::to_string(micros)}};
  if (base) seen.fields->insert(seen.fields->begin(), {"base", "Y"});
  return seen;
}

Observation in_stage(const std::string& id, const std::string& stage, Outcome outcome, const std::string& pipeline) {
  StagePoint state = point(kNoon, outcome, "7", 250);
  state.stage = stage;
  state.pipeline = pipeline;
  return deal(id, state);
}

Observation in_currency(const std::string& id, const std::string& currency, MinorUnits amount = 100) {
  StagePoint state = point(kNoon, Outcome::won, "7", amount);
  state.currency = currency;
  Observation seen = deal(id, state);
  seen.client = {EntityKind::client, "company:" + id};
  return seen;
}

// The same after a restart, and to verify.
void expect_whole(Bench& bench) {
  const auto before = bench.contents();
  bench.restart();
  EXPECT_EQ(bench.contents(), before);
  const auto report = bench.verify_all();
  EXPECT_TRUE(report.passed()) << testing::PrintToString(report.differences);
}

TEST(Directory, AStageMeansWhatThePortalSaysInWhateverOrderItIsTold) {
  const std::vector<Observation> told{in_stage("1", "C5:UC_1", Outcome::open, "5"),
                                      in_stage("2", "C5:UC_2", Outcome::open, "5"),
                                      in_stage("3", "C5:UC_1", Outcome::open, "6"),  // of another funnel
                                      stage("deal/5", "C5:UC_1", "S"), stage("deal/5", "C5:UC_2", "F")};
  std::vector<std::size_t> order{0, 1, 2, 3, 4};
  do {
    Bench bench;
    for (const auto place : order) bench.tell({told[place]});
    bench.run();
    EXPECT_EQ(bench.window("deals_won", "day"), 1);
    EXPECT_EQ(bench.window("deals_won", "day", kSumSlot), 250);
    EXPECT_EQ(bench.window("deals_lost", "day"), 1);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Directory, AStageThatMeansSomethingElseNowMovesWhatIsStored) {
  Bench bench;
  bench.tell({stage("deal/5", "C5:UC_1", "P")});
  bench.tell({in_stage("1", "C5:UC_1", Outcome::open, "5"), in_stage("2", "C5:WON", Outcome::won, "5")});
  bench.run();
  EXPECT_EQ(bench.window("deals_lost", "day"), 0);
  bench.tell({stage("deal/5", "C5:UC_1", "F"), stage("deal/5", "C5:WON", "P")});
  bench.run();
  EXPECT_EQ(bench.window("deals_lost", "day"), 1);
  EXPECT_EQ(bench.window("deals_won", "day"), 0);
  expect_whole(bench);
  bench.tell({stage("deal/5", "C5:UC_1", "P")});
  bench.run();
  EXPECT_EQ(bench.window("deals_lost", "day"), 0);
  expect_whole(bench);
}

TEST(Directory, ANameThatChangesMovesNoFigure) {
  Bench bench;
  bench.tell({stage("deal/5", "C5:UC_1", "F"), in_stage("1", "C5:UC_1", Outcome::open, "5")});
  bench.run();
  const auto total = bench.total("deals_lost", true);
  bench.tell({stage("deal/5", "C5:UC_1", "F", "Дорого")});
  bench.run();
  EXPECT_EQ(bench.window("deals_lost", "day"), 1);
  EXPECT_EQ(bench.total("deals_lost", true), total);
}

TEST(Directory, RecordsAreKnownByWhatStandsInTheirIds) {
  Bench bench;
  const auto record = [](EntityKind kind, const std::string& id, const std::string& stage,
                         const std::string& pipeline) {
    Observation seen = in_stage(id, stage, Outcome::open, pipeline);
    seen.ref.kind = kind;
    return seen;
  };
  bench.tell({record(EntityKind::invoice, "1", "DT31_3:PAID", "3"), record(EntityKind::invoice, "5:1", "PAID", ""),
              record(EntityKind::invoice, "130:1", "DT130_4:DONE", "4"), record(EntityKind::quote, "1", "DRAFT", "")});
  bench.tell({stage("invoice/3", "DT31_3:PAID", "S"), stage("5/", "PAID", "S"), stage("130/4", "DT130_4:DONE", "S"),
              stage("quote/", "DRAFT", "S")});
  bench.run();
  EXPECT_EQ(bench.window("payments", "day"), 3);
  EXPECT_EQ(bench.window("quotes_sent", "day"), 1);
  expect_whole(bench);
}

TEST(Directory, AnActThatIsKeptAsARecordIsDoneWhereThePortalSaysSo) {
  Bench bench;
  bench.settings.meeting_types = {"DYNAMIC_128"};
  bench.restart();
  Observation meeting;
  meeting.ref = {EntityKind::activity, "128:1"};
  meeting.presence = Presence::present;
  meeting.version = kNoon;
  meeting.point = point(kNoon, Outcome::open, "");
  meeting.point->entered = kNoon - 60;
  meeting.point->stage = "DT128_7:UC_HELD";
  meeting.point->pipeline = "7";
  meeting.details = Details{};
  meeting.details->owner = "7";
  meeting.details->type = "DYNAMIC_128";
  meeting.details->start = kNoon - 600;
  bench.tell({meeting});
  bench.run();
  EXPECT_EQ(bench.window("meetings_held", "day"), 0);
  bench.tell({stage("128/7", "DT128_7:UC_HELD", "S")});
  bench.run();
  EXPECT_EQ(bench.window("meetings_held", "day"), 1);
  expect_whole(bench);
}

TEST(Directory, MoneyFollowsTheRateOfItsDayWheneverTheRateIsTold) {
  std::vector<Observation> told{in_currency("1", "USD"), rate("RUB", kNoon - 9 * kDay, 1'000'000, true),
                                rate("USD", kNoon - 3 * kDay, 80'000'000), rate("USD", kNoon, 90'000'000),
                                rate("USD", kNoon + kDay, 99'000'000)};
  std::vector<std::size_t> order{0, 1, 2, 3, 4};
  do {
    Bench bench;
    for (const auto place : order) bench.tell({told[place]});
    bench.run();
    EXPECT_EQ(bench.window("deals_won", "day", kSumSlot), 9'000);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Directory, WhatHasNoRateOnItsDayHasNoSum) {
  Bench bench;
  bench.tell({rate("RUB", kNoon, 1'000'000, true), rate("USD", kNoon + kDay, 90'000'000)});
  bench.tell({in_currency("1", "USD"), in_currency("2", "XXX")});
  bench.run();
  EXPECT_EQ(bench.window("deals_won", "day"), 2);
  EXPECT_EQ(bench.window("deals_won", "day", kSumSlot), 0);
  bench.tell({rate("USD", kNoon - kDay, 70'000'000)});
  bench.run();
  EXPECT_EQ(bench.window("deals_won", "day", kSumSlot), 7'000);
  expect_whole(bench);
}

TEST(Directory, AConfiguredRateWins) {
  Bench bench;
  const Calendar calendar(bench.settings);
  bench.settings.rates["USD"] = {{calendar.day_of(kNoon), 50'000'000}};
  bench.restart();
  bench.tell({rate("RUB", kNoon, 1'000'000, true), rate("USD", kNoon - 2 * kDay, 90'000'000)});
  bench.tell({in_currency("1", "USD")});
  bench.run();
  EXPECT_EQ(bench.window("deals_won", "day", kSumSlot), 5'000);
}

TEST(Directory, RatesAreOfTheCrmsBaseCurrencyWhateverTheFiguresAreIn) {
  Bench bench;
  bench.settings.currency = "USD";
  bench.restart();
  bench.tell({in_currency("1", "EUR"), in_currency("2", "RUB", 160), in_currency("3", "USD", 5)});
  bench.tell({rate("RUB", kNoon, 1'000'000, true), rate("EUR", kNoon - kDay, 100'000'000)});
  bench.run();
  EXPECT_EQ(bench.window("deals_won", "day", kSumSlot), 5) << "what a dollar costs is not known yet";
  bench.tell({rate("USD", kNoon - kDay, 80'000'000)});
  bench.run();
  EXPECT_EQ(bench.window("deals_won", "day", kSumSlot), 125 + 2 + 5);
  expect_whole(bench);
}

TEST(DirectoryRates, NothingIsToldThatIsNotKnown) {
  Directory directory;
  const PortalSettings settings;
  const Calendar calendar(settings);
  const auto day = calendar.day_of(kNoon);
  const auto take = [&](const Observation& seen) {
    Entity entity;
    entity.observe(seen);
    directory.take(seen.ref, entity, calendar);
  };
  EXPECT_EQ(directory.rate("USD", "RUB", day), std::nullopt);
  take(rate("USD", kNoon, 90'000'000));
  EXPECT_EQ(directory.rate("USD", "RUB", day), std::nullopt) << "the base currency is not known";
  take(rate("RUB", kNoon + kDay, 1'000'000, true));
  EXPECT_EQ(directory.rate("USD", "RUB", day), 90'000'000);
  EXPECT_EQ(directory.rate("USD", "RUB", day + 700), 90'000'000);
  EXPECT_EQ(directory.rate("USD", "RUB", day - 1), std::nullopt);
  EXPECT_EQ(directory.rate("RUB", "USD", day), 11'111);
  take(rate("USD", kNoon - 60, 1));
  EXPECT_EQ(directory.rate("USD", "RUB", day), 90'000'000) << "the later one of a day";
  take(rate("BIG", kNoon, 999'999'999'000'000));
  EXPECT_EQ(directory.rate("BIG", "USD", day), std::nullopt) << "too great to be told exactly";
  take(rate("EUR", kNoon, 0));
  EXPECT_EQ(directory.rate("EUR", "RUB", day), std::nullopt);
}

}  // namespace
}  // namespace kpistream
