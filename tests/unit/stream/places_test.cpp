// Places where links meet: that what is found there needs no look at all of it.
#include "stream/facts/places.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "stream/facts/derive.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

using tests::kNoon;

// Counts what is looked at. The links are sorted by time already.
class Counted : public LinkView {
 public:
  std::vector<Link> links;
  mutable std::size_t looks = 0;

  void each(LinkKind kind, UnixSeconds from, UnixSeconds to,
            const std::function<bool(const Link&)>& visit) const override {
    const auto before = [](const Link& link, UnixSeconds at) { return link.at < at; };
    for (auto link = std::lower_bound(links.begin(), links.end(), from, before); link != links.end(); ++link) {
      if (link->kind != kind || link->at > to) return;
      ++looks;
      if (!visit(*link)) return;
    }
  }
  [[nodiscard]] std::optional<Link> newest_touch() const override { return std::nullopt; }
};

Counted made_at(const std::vector<UnixSeconds>& times) {
  Counted made;
  for (const UnixSeconds at : times) {
    made.links.push_back({LinkKind::made,
                          {EntityKind::maker, "1:5"},
                          {EntityKind::lead, std::to_string(made.links.size())},
                          at,
                          {},
                          {},
                          0,
                          0});
  }
  return made;
}

Entity created_at(UnixSeconds at) {
  Entity entity;
  entity.created = at;
  entity.creator = "5";
  return entity;
}

bool imported(const Counted& made, UnixSeconds at, std::int64_t bulk = 3) {
  return made_in_bulk(created_at(at), made, bulk);
}

TEST(Import, IsMoreThanTheLimitWithinAMinuteWhereverTheMinuteBegins) {  // T26
  const auto close = made_at({kNoon, kNoon + 20, kNoon + 40, kNoon + 59});
  for (const auto& link : close.links) EXPECT_TRUE(imported(close, link.at)) << link.at;
  const auto apart = made_at({kNoon, kNoon + 20, kNoon + 40, kNoon + 60});
  for (const auto& link : apart.links) EXPECT_FALSE(imported(apart, link.at)) << link.at;
  EXPECT_FALSE(imported(close, kNoon, 4));
}

TEST(Import, TakesItsStragglersWithIt) {  // T26
  const auto made = made_at({kNoon, kNoon + 50, kNoon + 50, kNoon + 50, kNoon + 109, kNoon + 110});
  EXPECT_TRUE(imported(made, kNoon));
  EXPECT_TRUE(imported(made, kNoon + 109));
  EXPECT_FALSE(imported(made, kNoon + 110));
}

TEST(Import, IsFoundWithoutALookAtAllOfIt) {
  std::vector<UnixSeconds> times;
  for (int i = 0; i < 20'000; ++i) times.push_back(kNoon + i / 1'000);
  const auto made = made_at(times);
  for (const UnixSeconds at : {kNoon, kNoon + 10, kNoon + 19}) {
    made.looks = 0;
    EXPECT_TRUE(imported(made, at, 30));
    EXPECT_LE(made.looks, 62U);
    made.looks = 0;
    const auto affected = affected_by({LinkKind::made, {}, {EntityKind::lead, "x"}, at, {}, {}, 0, 0}, made, {});
    EXPECT_EQ(affected.size(), 1U);  // itself: the others are an import with it and without it
    EXPECT_LE(made.looks, 62U);
  }
}

TEST(Clients, ASaleTellsHowManyMonthsTheClientIsKnown) {  // K16
  Counted sales;
  std::vector<std::string> ages;
  for (const char* day : {"2026-01-31T23:59:59+03:00", "2026-02-01T00:00:00+03:00", "2026-02-28T10:00:00+03:00",
                          "2027-01-01T00:00:00+03:00", "2027-02-01T00:00:00+03:00", "2040-01-01T00:00:00+03:00"}) {
    const std::string id = std::to_string(sales.links.size());
    sales.links.push_back(
        {LinkKind::win, {EntityKind::client, "company:1"}, {EntityKind::deal, id}, tests::at(day), "7", "", 0, 1});
  }
  const PortalSettings settings;
  const Calendar calendar(settings);
  for (const Fact& fact : derive_facts({EntityKind::client, "company:1"}, {}, sales, {settings, calendar})) {
    if (fact.kind != FactKind::client_win) continue;
    EXPECT_EQ(fact.created, sales.links.front().at);
    ages.push_back(fact.fields.at(0).value);
  }
  EXPECT_EQ(ages, (std::vector<std::string>{"0", "1", "1", "12", "12+", "12+"}));
}

// ---- like acts

constexpr UnixSeconds kMidnight = kNoon - 9 * 3'600;  // in UTC

Counted notes_at(const std::vector<UnixSeconds>& times) {
  Counted acts;
  for (const UnixSeconds at : times) {
    acts.links.push_back(
        {LinkKind::act, {EntityKind::acts, "2:1/7/note"}, {EntityKind::note, "n"}, at, "7", "note", 0, 0});
  }
  return acts;
}

std::vector<UnixSeconds> counted_on(const Counted& acts, UnixSeconds day) {
  const PortalSettings settings;
  const Calendar calendar(settings);
  std::vector<UnixSeconds> times;
  for (const Fact& fact : derive_facts(acts_of_day(acts.links.front().to, day), {}, acts, {settings, calendar})) {
    times.push_back(fact.at);
  }
  return times;
}

TEST(Acts, RepeatsWithinAMinuteAreOneAlsoAcrossMidnight) {  // K5
  using Times = std::vector<UnixSeconds>;
  const auto next_day = [](const Times& times) { return counted_on(notes_at(times), kMidnight); };
  EXPECT_EQ(next_day({kMidnight - 1, kMidnight}), Times{});
  EXPECT_EQ(next_day({kMidnight - 1, kMidnight, kMidnight + 60}), Times{kMidnight + 60});
  EXPECT_EQ(next_day({kMidnight - 61, kMidnight}), Times{kMidnight});
  EXPECT_EQ(next_day({kMidnight - 60, kMidnight - 1, kMidnight + 1}), Times{kMidnight + 1});
  EXPECT_EQ(counted_on(notes_at({kMidnight - 1, kMidnight}), kMidnight - 1), Times{kMidnight - 1});
}

TEST(Acts, ARunOfActsThroughDaysIsCountedAsOneRun) {  // K5
  std::vector<UnixSeconds> run;
  for (UnixSeconds at = kMidnight - 200'000; at < kMidnight + 200'000; at += 37) run.push_back(at);
  const auto acts = notes_at(run);
  std::vector<UnixSeconds> expected;
  for (const UnixSeconds at : run) {
    if (expected.empty() || at - expected.back() > kActionSeconds) expected.push_back(at);
  }
  std::vector<UnixSeconds> got;
  for (UnixSeconds day = kMidnight - 4 * 86'400; day <= kMidnight + 4 * 86'400; day += 86'400) {
    const auto counted = counted_on(acts, day);
    got.insert(got.end(), counted.begin(), counted.end());
  }
  EXPECT_EQ(got, expected);
}

TEST(Acts, WhatIsFarFromMidnightTouchesItsOwnDayOnly) {
  const auto days = [](const Counted& acts, std::size_t link) {
    return affected_by(acts.links.at(link), acts, {}).size();
  };
  EXPECT_EQ(days(notes_at({kMidnight - 100, kMidnight + 5}), 0), 1U);
  EXPECT_EQ(days(notes_at({kMidnight - 100, kMidnight - 50, kMidnight + 5}), 0), 2U);
  EXPECT_EQ(days(notes_at({kMidnight - 5, kMidnight + 60}), 0), 1U);
  EXPECT_EQ(days(notes_at({kMidnight - 5, kMidnight + 59}), 0), 2U);
  auto taken_back = notes_at({kMidnight - 5, kMidnight + 5});
  const Link gone = taken_back.links.front();
  taken_back.links.erase(taken_back.links.begin());
  EXPECT_EQ(affected_by(gone, taken_back, {}).size(), 2U);
}

TEST(Acts, OfAQuietMidnightNothingIsLookedAtBeforeIt) {
  std::vector<UnixSeconds> times;
  for (int i = 0; i < 10'000; ++i) times.push_back(kMidnight - 100'000 + i);
  times.push_back(kMidnight + 30);
  const auto acts = notes_at(times);
  EXPECT_EQ(counted_on(acts, kMidnight).size(), 1U);
  EXPECT_LE(acts.looks, 2U);
}

Facts day_of(const Counted& acts) {
  const PortalSettings settings;
  const Calendar calendar(settings);
  return derive_facts({EntityKind::work_day, "7/1"}, {}, acts, {settings, calendar});
}

TEST(WorkDay, OfABusyMinuteOnlyTheFirstActIsNeeded) {  // K32
  Counted acts;
  for (int i = 0; i < 10'000; ++i) {
    const UnixSeconds at = kNoon + (i < 5'000 ? i / 100 : 300 + (i - 5'000) / 100);
    acts.links.push_back({LinkKind::presence, {}, {EntityKind::note, std::to_string(i)}, at, "7", {}, 0, 0});
  }
  const Facts facts = day_of(acts);
  EXPECT_LE(acts.looks, 40U);
  ASSERT_EQ(facts.size(), 3U);
  EXPECT_EQ(facts[0].kind, FactKind::work_day);
  EXPECT_EQ(facts[0].seconds, 300);
  EXPECT_EQ(facts[0].part, "12");
  EXPECT_EQ(facts[1].seconds, 12 * 3'600);
  EXPECT_EQ(facts[2].at, kNoon + 300);
}

TEST(WorkDay, ABreakOfTenMinutesIsWorkAndOneSecondMoreIsNot) {  // K32
  for (const auto& [gap, active] : {std::pair{600, 600}, {601, 0}}) {
    Counted acts;
    for (const UnixSeconds at : {kNoon, kNoon + gap}) {
      acts.links.push_back({LinkKind::presence, {}, {EntityKind::note, std::to_string(at)}, at, "7", {}, 0, 0});
    }
    EXPECT_EQ(day_of(acts).front().seconds, active);
  }
}

TEST(WorkDay, WithoutActsIsNone) { EXPECT_TRUE(day_of({}).empty()); }

}  // namespace
}  // namespace kpistream
