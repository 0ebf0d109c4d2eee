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
