// Silence of webhooks: against the portal's own hours, over restarts, and when a journal is read again.
#include "stream/hook_silence.hpp"

#include <gtest/gtest.h>

#include "stream/hook_counts.hpp"
#include "stream/memory_state.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

using tests::kNoon;

constexpr std::int64_t kHere = kNoon / kHour;
constexpr std::int64_t kWeek = 168;

// Something long ago, from when on hours are known, and so many in this hour of the last weeks.
HookHours weeks(const std::vector<std::uint64_t>& counts) {
  HookHours hours;
  hours[kHere - 5 * kWeek] = {1, kNoon - 5 * kWeek * kHour, 1};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const auto hour = kHere - static_cast<std::int64_t>(i + 1) * kWeek;
    if (counts[i] != 0) hours[hour] = {counts[i], hour * kHour + 1, 1};
  }
  return hours;
}

double norm(const HookHours& hours) { return expected_hooks(hours, kHere * kHour, (kHere + 1) * kHour); }

TEST(HookSilence, TheNormIsTheMedianOfTheSameHourOfTheLastFourWeeks) {
  EXPECT_EQ(norm(weeks({8, 20, 10, 400})), 15);
  EXPECT_EQ(norm(weeks({8, 0, 10, 12})), 9);  // no webhook in a known hour is a count too
  EXPECT_EQ(norm(weeks({0, 0, 0, 400})), 0);
  EXPECT_EQ(expected_hooks(weeks({20, 20, 20, 20}), kHere * kHour + 900, (kHere + 1) * kHour + 900), 15);
}

TEST(HookSilence, OfFewerThanTwoKnownWeeksThereIsNoNorm) {
  HookHours hours;
  EXPECT_EQ(norm(hours), 0);
  EXPECT_FALSE(hooks_silent(hours, kNoon));
  hours[kHere - 2 * kWeek] = {50, 0, 1};  // the first hour may be known in part only
  hours[kHere - kWeek] = {50, 0, 1};
  EXPECT_EQ(norm(hours), 0);
  hours[kHere - 2 * kWeek - 1] = {1, 0, 1};
  EXPECT_EQ(norm(hours), 50);
}

TEST(HookSilence, IsToldWhenTenWereExpectedSinceTheNewest) {
  auto hours = weeks({40, 40, 40, 40});
  hours[kHere - 1] = {3, kHere * kHour - 600, 9};
  EXPECT_FALSE(hooks_silent(hours, kHere * kHour + 899));
  EXPECT_TRUE(hooks_silent(hours, kHere * kHour + 900));
  EXPECT_TRUE(hooks_silent(hours, (kHere + 30) * kHour));  // the night that follows does not end it
  hours[kHere + 30] = {1, (kHere + 30) * kHour, 10};
  EXPECT_FALSE(hooks_silent(hours, (kHere + 30) * kHour + 60));
}

TEST(HookSilence, AnHourThatSendsAllAtOnceIsNotSilentBehindThem) {
  auto hours = weeks({400, 400, 400, 400});
  hours[kHere] = {400, kHere * kHour + 60, 9};
  EXPECT_FALSE(hooks_silent(hours, (kHere + 1) * kHour));
}

TEST(HookSilence, ANightThatIsAlwaysQuietIsNone) {
  auto hours = weeks({0, 0, 0, 0});
  EXPECT_FALSE(hooks_silent(hours, (kHere + 20) * kHour));
}

TEST(HookSilence, LastsWhenTheNormItselfFadesAway) {
  HookHours hours;
  const std::int64_t begin = kHere - 6 * kWeek;
  for (std::int64_t hour = begin; hour < kHere; ++hour) hours[hour] = {2, hour * kHour, 1};
  for (int week = 1; week <= 4; ++week) EXPECT_TRUE(hooks_silent(hours, (kHere + week * kWeek) * kHour)) << week;
}

TEST(HookSilence, WhatAWrongClockDatedLaterSaysNothing) {
  auto hours = weeks({40, 40, 40, 40});
  hours[kHere - 1] = {1, kHere * kHour - 600, 9};
  hours[kHere + 900'000] = {1, (kHere + 900'000) * kHour, 10};
  EXPECT_TRUE(hooks_silent(hours, (kHere + 1) * kHour));
}

void write(HookCounts& counts, State& state) {
  StateBatch batch;
  counts.write(batch);
  state.apply(batch);
}

// Twenty in this hour of three weeks, after one hour that is known in part.
Position fill(HookCounts& counts) {
  Position position = 0;
  counts.count("acme", kNoon - (3 * kWeek + 2) * kHour, ++position);
  for (int week = 3; week >= 1; --week) {
    for (int i = 0; i < 20; ++i) counts.count("acme", kNoon - week * kWeek * kHour + i, ++position);
  }
  return position;
}

bool silent(const HookCounts& counts, const std::string& portal, UnixSeconds now) {
  for (const auto& [name, is] : counts.silent(now)) {
    if (name == portal) return is;
  }
  throw std::runtime_error("no such portal");
}

TEST(HookCounts, AreThereAfterARestart) {
  MemoryState state;
  HookCounts counts(state, {"acme", "acme2"});
  fill(counts);
  write(counts, state);
  HookCounts after(state, {"acme", "acme2"});
  EXPECT_TRUE(silent(after, "acme", kNoon + 1'800));
  EXPECT_FALSE(silent(after, "acme", kNoon + 1'799));
  EXPECT_FALSE(silent(after, "acme2", kNoon + 1'800));
  after.count("acme", kNoon + 1'800, 1'000);
  EXPECT_FALSE(silent(after, "acme", kNoon + 1'801));
}

TEST(HookCounts, AJournalThatIsReadAgainCountsNothingTwice) {
  MemoryState state;
  HookCounts counts(state, {"acme"});
  fill(counts);
  write(counts, state);
  std::vector<std::string> before;
  state.scan(Space::meta, "", "", [&](std::string_view, std::string_view value) {
    before.emplace_back(value);
    return true;
  });
  HookCounts refolded(state, {"acme"});
  fill(refolded);
  write(refolded, state);
  std::vector<std::string> after;
  state.scan(Space::meta, "", "", [&](std::string_view, std::string_view value) {
    after.emplace_back(value);
    return true;
  });
  EXPECT_EQ(before.size(), 4U);
  EXPECT_EQ(after, before);
}

TEST(HookCounts, AreKeptForFiveWeeks) {
  MemoryState state;
  HookCounts counts(state, {"acme"});
  Position position = 0;
  const auto stored = [&] {
    std::size_t hours = 0;
    write(counts, state);
    state.scan(Space::meta, "hooks/", "", [&](std::string_view, std::string_view) { return ++hours != 0; });
    return hours;
  };
  counts.count("acme", kNoon, ++position);
  counts.count("acme", kNoon + kHour, ++position);
  EXPECT_EQ(stored(), 2U);
  counts.count("acme", kNoon + 840 * kHour, ++position);
  EXPECT_EQ(stored(), 3U);
  counts.count("acme", kNoon + 841 * kHour, ++position);
  EXPECT_EQ(stored(), 3U);
}

TEST(HookCounts, TheProcessorCountsWebhooksAndNoReadings) {
  tests::Bench bench;
  bench.tell({});
  bench.tell({});
  bench.answer("crm.deal.get?id=1", 1);
  bench.run();
  const auto hours = [&] {
    std::vector<std::string> values;
    bench.state->scan(Space::meta, "hooks/", "hooks0", [&](std::string_view, std::string_view value) {
      values.emplace_back(value);
      return true;
    });
    return values;
  };
  ASSERT_EQ(hours().size(), 1U);
  EXPECT_EQ(hours().front().at(1), 2);      // behind the format: the count
  bench.settings.fields["other"] = "UF_1";  // another decoding: the journal is read again
  bench.restart();
  bench.run();
  EXPECT_EQ(hours().front().at(1), 2);
}

}  // namespace
}  // namespace kpistream
