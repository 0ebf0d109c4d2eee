// What the CRM's stage history adds to the states we have read: the stages between them, and no word too much.
#include "stream/facts/stage_history.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "stream/codec/values.hpp"
#include "stream/facts/derive.hpp"
#include "stream/facts/entity.hpp"
#include "stream/facts/rules.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

using tests::deal;
using tests::kNoon;

Observation whole(UnixSeconds at, UnixSeconds entered, const std::string& stage, const std::string& owner,
                  MinorUnits amount = 0, Outcome outcome = Outcome::open) {
  StagePoint state = tests::point(at, outcome, owner, amount);
  state.entered = entered;
  state.stage = stage;
  state.pipeline = "5";
  state.mover = owner;
  return deal("1", state, kNoon);
}

Observation row(std::uint64_t id, UnixSeconds entered, const std::string& stage, Outcome outcome = Outcome::open) {
  Observation seen;
  seen.ref = {EntityKind::deal, "1"};
  StagePoint told;
  told.at = told.entered = entered;
  told.stage = stage;
  told.pipeline = "5";
  told.outcome = outcome;
  told.row = id;
  seen.point = told;
  return seen;
}

Entity entity_of(const std::vector<Observation>& told) {
  Entity entity;
  for (const auto& seen : told) entity.observe(seen);
  return entity;
}

Facts facts_of(const Entity& entity) {
  PortalSettings settings;
  settings.leads = false;
  const Calendar calendar(settings);
  return derive_facts({EntityKind::deal, "1"}, entity, tests::LinkList{}, {settings, calendar});
}

std::string stages_of(const Entity& entity) {
  std::string text;
  for (const Stay& stay : stays_of(entity)) text += stay.first->stage + "@" + std::to_string(stay.from - kNoon) + " ";
  return text;
}

TEST(StageHistory, TellsTheStagesBetweenTwoReadings) {
  const auto entity = entity_of({whole(kNoon, kNoon, "NEW", "7", 100), whole(kNoon + 900, kNoon + 900, "C", "9", 300),
                                 row(2, kNoon + 300, "A"), row(3, kNoon + 600, "B")});
  EXPECT_EQ(stages_of(entity), "NEW@0 A@300 B@600 C@900 ");
  EXPECT_EQ(entity.points[2].owner, "7");
  EXPECT_EQ(entity.points[2].amount, 100);
  EXPECT_EQ(entity.points[2].mover, "");
}

TEST(StageHistory, BeforeTheFirstReadingTheOwnerIsThatOfTheFirst) {
  const auto entity = entity_of({row(1, kNoon, "NEW"), whole(kNoon + 900, kNoon + 600, "B", "9", 300)});
  EXPECT_EQ(stages_of(entity), "NEW@0 B@600 ");
  EXPECT_EQ(entity.points.front().owner, "9");
  EXPECT_EQ(entity.points.front().amount, 300);
}

TEST(StageHistory, WhatAReadingTellsIsNotToldTwice) {
  Entity entity = entity_of({whole(kNoon + 60, kNoon, "NEW", "7")});
  EXPECT_FALSE(entity.observe(row(1, kNoon, "NEW")));
  EXPECT_FALSE(entity.observe(row(1, kNoon + 2, "NEW")));  // written a little later than the record
  EXPECT_TRUE(entity.observe(row(2, kNoon + 600, "A")));
  EXPECT_FALSE(entity.observe(row(2, kNoon + 600, "A")));
  EXPECT_TRUE(entity.observe(whole(kNoon + 601, kNoon + 600, "A", "7")));
  EXPECT_EQ(entity.points.size(), 2U);
  EXPECT_FALSE(entity.observe(row(2, kNoon + 600, "A")));
}

TEST(StageHistory, OfARecordThatWasNeverReadTellsNothingYet) {
  Entity entity = entity_of({row(1, kNoon, "NEW"), row(2, kNoon + 600, "WON", Outcome::won)});
  EXPECT_TRUE(only_history(entity.points));
  EXPECT_TRUE(facts_of(entity).empty());
  entity.observe(whole(kNoon + 700, kNoon + 600, "WON", "7", 500, Outcome::won));
  EXPECT_FALSE(facts_of(entity).empty());
}

TEST(StageHistory, ASaleThatWasReopenedAndWonAgainIsSeenToHaveBeenReopened) {
  const auto entity = entity_of({whole(kNoon + 60, kNoon + 60, "WON", "7", 500, Outcome::won),
                                 whole(kNoon + 900, kNoon + 900, "WON", "7", 500, Outcome::won),
                                 row(3, kNoon + 300, "A"), row(4, kNoon + 900, "WON", Outcome::won)});
  const auto facts = facts_of(entity);
  const auto count = [&](FactKind kind) {
    return std::count_if(facts.begin(), facts.end(), [kind](const Fact& fact) { return fact.kind == kind; });
  };
  EXPECT_EQ(count(FactKind::deal_reopened), 1);
  EXPECT_EQ(count(FactKind::deal_won), 1);
}

TEST(StageHistory, AMoveOfUnknownHandIsNobodysAction) {
  const auto facts = facts_of(entity_of({whole(kNoon, kNoon, "NEW", "7"), row(2, kNoon + 600, "A")}));
  EXPECT_TRUE(std::none_of(facts.begin(), facts.end(), [](const Fact& fact) { return fact.action == "stage"; }));
}

TEST(StageHistory, MovesWithinOneSecondStandInTheOrderOfTheirRows) {
  std::vector<Observation> told{whole(kNoon + 60, kNoon, "NEW", "7"), row(2, kNoon + 60, "A"), row(3, kNoon + 60, "B"),
                                whole(kNoon + 60, kNoon + 60, "C", "9")};
  const std::string expected = "NEW@0 A@60 B@60 C@60 ";
  std::sort(told.begin(), told.end(), [](const auto& a, const auto& b) { return a.point->stage < b.point->stage; });
  do {
    ASSERT_EQ(stages_of(entity_of(told)), expected);
  } while (std::next_permutation(told.begin(), told.end(),
                                 [](const auto& a, const auto& b) { return a.point->stage < b.point->stage; }));
}

TEST(StageHistory, APointSurvivesTheStore) {
  const auto entity = entity_of({whole(kNoon, kNoon, "NEW", "7", 100), row(1'000'000'000'000, kNoon + 60, "A")});
  EXPECT_EQ(decode_entity(encode_entity(entity)), entity);
}

// A life of moves and edits: all rows of its history, and a reading after some of them.
std::vector<Observation> random_life(std::mt19937& random, std::string& stages) {
  std::vector<Observation> told;
  UnixSeconds now = kNoon;
  UnixSeconds entered = kNoon;
  std::string stage = "NEW";
  std::string owner = "7";
  MinorUnits amount = 0;
  stages = "NEW@0 ";
  told.push_back(row(1, now, stage));
  told.push_back(whole(now, entered, stage, owner, amount));
  for (unsigned i = 0; i < 1 + random() % 10; ++i) {
    now += 10 + static_cast<UnixSeconds>(random() % 1000);
    owner = std::to_string(7 + random() % 3);
    amount = static_cast<MinorUnits>(random() % 5);
    if (random() % 3 != 0) {
      const std::string next = "S" + std::to_string(random() % 4);
      if (next != stage) {
        stage = next;
        entered = now;
        told.push_back(row(2 + i, now, stage));
        stages += stage + "@" + std::to_string(now - kNoon) + " ";
      }
    }
    if (random() % 2 == 0) told.push_back(whole(now, entered, stage, owner, amount));
  }
  return told;
}

// A life, and the stages that it went through.
using RandomLife = std::vector<Observation> (*)(std::mt19937& random, std::string& stages);

// Checks what each of many lives comes to against what it comes to in any order and with any repetition.
void check_any_order(RandomLife draw) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    std::string stages;
    const auto life = draw(random, stages);
    const Entity expected = entity_of(life);
    ASSERT_EQ(stages_of(expected), stages);
    auto told = life;
    for (auto more = random() % 8; more > 0; --more) told.push_back(life[random() % life.size()]);
    std::shuffle(told.begin(), told.end(), random);
    const Entity entity = entity_of(told);
    ASSERT_EQ(stages_of(entity), stages);
    ASSERT_EQ(encode_entity(entity), encode_entity(expected));
    ASSERT_EQ(facts_of(entity), facts_of(expected));
  }
}

TEST(StageHistory, IsTheSameForAnyOrderAndAnyRepetitionAndHasEveryStage) { check_any_order(random_life); }

// ---- changes whose hand the history tells

// `from` -> `to` by `hand`: a stage, an owner or an amount.
Observation change(std::uint64_t id, UnixSeconds at, RowTells what, const std::string& from, const std::string& to,
                   const std::string& hand) {
  const auto set = [&](StagePoint& point, const std::string& value) {
    if (what == RowTells::owner) point.owner = value;
    if (what == RowTells::amount) point.amount = std::stoll(value);
    if (what != RowTells::stage) return;
    point.stage = value;
    point.pipeline = "5";
    point.outcome = value == "WON" ? Outcome::won : Outcome::open;
  };
  Observation seen;
  seen.ref = {EntityKind::deal, "1"};
  seen.before.emplace();
  seen.point.emplace();
  seen.before->at = seen.point->at = at;
  seen.before->tells = seen.point->tells = what;
  seen.before->row = 2 * id;
  seen.point->row = 2 * id + 1;
  set(*seen.before, from);
  set(*seen.point, to);
  seen.point->author = hand;
  if (what == RowTells::stage) {
    seen.point->mover = hand;
    seen.point->entered = at;
  }
  return seen;
}

// As amoCRM tells it: no moment of entry, and whoever edited it last.
Observation plain(UnixSeconds at, const std::string& stage, const std::string& owner, MinorUnits amount,
                  const std::string& editor) {
  Observation seen = whole(at, 0, stage, owner, amount, stage == "WON" ? Outcome::won : Outcome::open);
  seen.point->mover.clear();
  seen.point->author = editor;
  return seen;
}

std::string actions_in(const Entity& entity, std::vector<std::string> fields = {}) {
  PortalSettings settings;
  settings.leads = false;
  settings.action_fields = std::move(fields);
  std::string text;
  for (const auto& action : actions_of(EntityKind::deal, entity, settings)) {
    if (action.name == "deal_created") continue;
    text += std::string(action.name) + ":" + action.actor + "@" + std::to_string(action.at - kNoon) + " ";
  }
  return text;
}

TEST(Changes, AMoveThatOnlyTheHistoryTellsHasItsHandAndWhatWasBeforeIt) {
  const auto entity =
      entity_of({plain(kNoon + 900, "B", "7", 100, "9"), change(5, kNoon + 300, RowTells::stage, "NEW", "B", "8")});
  EXPECT_EQ(stages_of(entity), "NEW@0 B@300 ");
  EXPECT_EQ(actions_in(entity), "stage:8@300 ");
}

TEST(Changes, WhoHadItWhenItWasWonIsToldByALaterChangeOfOwner) {
  Observation now = plain(kNoon + 900, "WON", "9", 500, "9");
  now.point->entered = kNoon + 301;
  const auto facts = facts_of(entity_of({now, change(5, kNoon + 300, RowTells::stage, "A", "WON", "7"),
                                         change(6, kNoon + 900, RowTells::owner, "7", "9", "3")}));
  const auto won = std::find_if(facts.begin(), facts.end(), [](const Fact& f) { return f.kind == FactKind::deal_won; });
  ASSERT_NE(won, facts.end());
  EXPECT_EQ(won->manager, "7");
  EXPECT_EQ(won->actor, "7");
  EXPECT_EQ(won->at, kNoon + 301);
  EXPECT_EQ(won->amount, 500);
}

TEST(Changes, AnAmountThatWasChangedTwiceBetweenTwoReadingsIsTwoPeoplesWork) {
  const auto entity = entity_of({plain(kNoon, "A", "7", 0, "7"), plain(kNoon + 900, "A", "7", 300, "9"),
                                 change(5, kNoon + 300, RowTells::amount, "0", "100", "8"),
                                 change(6, kNoon + 600, RowTells::amount, "100", "300", "6")});
  EXPECT_EQ(actions_in(entity, {"amount"}), "field:8@300 field:6@600 ");
}

TEST(Changes, OfAStageThatWasEnteredLaterAnEarlierChangeSaysNothing) {
  Observation now = plain(kNoon + 900, "WON", "9", 500, "9");
  now.point->entered = kNoon + 600;
  const auto entity = entity_of({now, change(5, kNoon + 300, RowTells::owner, "7", "9", "3")});
  EXPECT_EQ(stages_of(entity), "@0 WON@600 ");
  const auto facts = facts_of(entity);
  EXPECT_TRUE(std::none_of(facts.begin(), facts.end(), [](const Fact& f) { return f.kind == FactKind::stage_left; }));
}

TEST(Changes, AStateOfTheSameSecondStandsWhereItWasSeen) {
  const std::vector<Observation> told{plain(kNoon, "NEW", "7", 0, "0"),
                                      plain(kNoon, "B", "7", 0, "0"),
                                      plain(kNoon, "C", "9", 0, "0"),
                                      change(5, kNoon, RowTells::stage, "NEW", "B", "0"),
                                      change(6, kNoon, RowTells::stage, "B", "C", "0"),
                                      change(7, kNoon, RowTells::owner, "7", "9", "0")};
  std::vector<std::size_t> order{0, 1, 2, 3, 4, 5};
  do {
    Entity entity;
    for (const auto i : order) entity.observe(told[i]);
    ASSERT_EQ(stages_of(entity), "NEW@0 B@0 C@0 ");
    ASSERT_EQ(entity.points.back().owner, "9");
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Changes, TheLogMayBeASecondBehindTheRecord) {
  Entity entity = entity_of({plain(kNoon, "A", "7", 0, "7"), plain(kNoon + 300, "B", "7", 0, "8")});
  const Observation late = change(5, kNoon + 301, RowTells::stage, "A", "B", "8");
  entity.observe(late);
  EXPECT_EQ(stages_of(entity), "A@0 B@300 ");
  EXPECT_FALSE(entity.observe(late));
  EXPECT_EQ(decode_entity(encode_entity(entity)), entity);
  EXPECT_TRUE(entity.observe(change(6, kNoon + 303, RowTells::stage, "B", "A", "8")));
  EXPECT_TRUE(entity.observe(change(7, kNoon + 304, RowTells::stage, "A", "B", "8")));
  EXPECT_EQ(stages_of(entity), "A@0 B@300 A@303 B@304 ");
  EXPECT_FALSE(entity.observe(change(7, kNoon + 304, RowTells::stage, "A", "B", "8")));
}

TEST(Changes, WhatComesBetweenAStateAndALateChangeBringsTheChangeBack) {
  const std::vector<Observation> told{plain(kNoon, "A", "7", 100, "7"),
                                      change(5, kNoon + 1, RowTells::amount, "100", "300", "3"),
                                      change(6, kNoon + 3, RowTells::amount, "300", "100", "4")};
  std::vector<std::size_t> order{0, 1, 2};
  do {
    Entity entity;
    for (const auto i : order) entity.observe(told[i]);
    ASSERT_EQ(actions_in(entity, {"amount"}), "field:3@1 field:4@3 ");
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Changes, AnOwnerThatWentAndCameBackWithinSecondsIsTwoChangesWhateverCameFirst) {
  const std::vector<Observation> told{
      plain(kNoon, "A", "7", 100, "7"), change(5, kNoon + 1, RowTells::owner, "7", "9", "3"),
      change(6, kNoon + 3, RowTells::owner, "9", "7", "4"), plain(kNoon + 900, "A", "7", 100, "4")};
  std::vector<std::size_t> order{0, 1, 2, 3};
  const std::string bytes = encode_entity(entity_of(told));
  do {
    Entity entity;
    for (const auto i : order) entity.observe(told[i]);
    ASSERT_EQ(actions_in(entity, {"owner"}), "field:3@1 field:4@3 ");
    ASSERT_EQ(encode_entity(entity), bytes);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Changes, TwoWordsOfOneMomentAreOne) {
  Observation hook = plain(kNoon, "WON", "7", 5, "8");
  hook.point->mover = "8";
  Observation answer = plain(kNoon, "WON", "7", 5, "8");
  answer.point->entered = kNoon - 1;
  for (const auto& told : {std::vector{hook, answer}, std::vector{answer, hook}}) {
    Entity entity = entity_of(told);
    ASSERT_EQ(entity.points.size(), 1U);
    EXPECT_EQ(entity.points[0].mover, "8");
    EXPECT_EQ(entity.points[0].entered, kNoon - 1);
    EXPECT_FALSE(entity.observe(hook));
    EXPECT_FALSE(entity.observe(answer));
  }
}

// Of each word its entry, who moved it and who edited it last.
std::string words_of(const Entity& entity) {
  std::set<std::string> words;
  for (const StagePoint& point : entity.points) {
    words.insert(std::to_string(point.entered == 0 ? 0 : point.entered - kNoon) + "/" + point.mover + "/" +
                 point.author);
  }
  std::string text;
  for (const auto& word : words) text += word + " ";
  return text;
}

TEST(Changes, AWordThatFitsSeveralOfItsMomentMeansTheSameInAnyOrder) {
  const auto word = [](UnixSeconds entered, const std::string& mover, const std::string& editor) {
    Observation seen = plain(kNoon, "WON", "7", 5, editor);
    seen.point->entered = entered;
    seen.point->mover = mover;
    return seen;
  };
  const std::vector<Observation> told{word(0, "", "8"), word(0, "", "9"), word(0, "7", ""), word(kNoon - 1, "", ""),
                                      word(0, "8", "8")};
  std::vector<std::size_t> order{0, 1, 2, 3, 4};
  do {
    Entity entity;
    for (const auto i : order) entity.observe(told[i]);
    ASSERT_EQ(words_of(entity), "-1/8/8 -1/8/9 ");
    for (const auto i : order) ASSERT_FALSE(entity.observe(told[i]));
  } while (std::next_permutation(order.begin(), order.end()));
}

// Pages of the log may come the newest first.
TEST(Changes, AnOlderWordOfTheLogAboutItsDeletionIsNotBelievedAfterANewerOne) {
  const auto word = [](Presence presence, UnixSeconds at) {
    Observation seen;
    seen.ref = {EntityKind::deal, "1"};
    seen.presence = presence;
    seen.presence_at = at;
    return seen;
  };
  Entity entity = entity_of({plain(kNoon, "A", "7", 0, "7"), word(Presence::gone, 0)});
  EXPECT_TRUE(entity.observe(word(Presence::present, kNoon + 9)));
  EXPECT_FALSE(entity.observe(word(Presence::gone, kNoon + 5)));
  EXPECT_FALSE(entity.gone);
  EXPECT_EQ(decode_entity(encode_entity(entity)), entity);
  EXPECT_TRUE(entity.observe(word(Presence::gone, 0))) << "a webhook";
  EXPECT_FALSE(entity.observe(word(Presence::present, kNoon + 9)));
  EXPECT_TRUE(entity.gone);
}

TEST(Changes, SurviveTheStore) {
  const auto entity = entity_of({plain(kNoon, "A", "7", 0, "7"), change(5, kNoon + 9, RowTells::owner, "7", "9", "3"),
                                 change(6, kNoon + 10, RowTells::amount, "0", "9", "3")});
  EXPECT_EQ(decode_entity(encode_entity(entity)), entity);
}

// Every change is in the log; states are seen after some of them.
std::vector<Observation> random_changes(std::mt19937& random, std::string& stages) {
  std::vector<Observation> told{plain(kNoon, "NEW", "7", 0, "7")};
  StagePoint now = *told[0].point;
  stages = "NEW@0 ";
  for (unsigned i = 1; i < 2 + random() % 10; ++i) {
    const unsigned long gaps[] = {0, 1 + random() % 9, 10 + random() % 1000};
    now.at += static_cast<UnixSeconds>(gaps[random() % 3]);
    now.author = std::to_string(1 + random() % 3);
    const auto what = static_cast<RowTells>(random() % 3);
    const std::string next = std::to_string(random() % 4);
    std::string& value = what == RowTells::owner ? now.owner : now.stage;
    if (what == RowTells::amount) {
      if (std::stoll(next) == now.amount) continue;
      told.push_back(change(i, now.at, what, std::to_string(now.amount), next, now.author));
      now.amount = std::stoll(next);
    } else {
      if (next == value) continue;
      told.push_back(change(i, now.at, what, value, next, now.author));
      value = next;
      if (what == RowTells::stage) stages += next + "@" + std::to_string(now.at - kNoon) + " ";
    }
    if (random() % 2 == 0) told.push_back(plain(now.at, now.stage, now.owner, now.amount, now.author));
  }
  return told;
}

TEST(Changes, AreTheSameForAnyOrderAndAnyRepetitionAndTellEveryStage) { check_any_order(random_changes); }

// Any states and rows at all, a CRM that contradicts itself included; no two states of one second.
std::vector<Observation> random_words(std::mt19937& random) {
  const auto pick = [&](unsigned n) { return std::to_string(random() % n); };
  std::vector<Observation> told;
  UnixSeconds now = kNoon;
  for (unsigned i = 1; i < 8; ++i) {
    now += static_cast<UnixSeconds>(random() % 4);
    const auto what = static_cast<RowTells>(random() % 3);
    if (random() % 3 != 0) {
      told.push_back(change(i, now, what, pick(3), pick(3), "8"));
    } else if (random() % 2 == 0) {
      told.push_back(row(100 + i, now, pick(3)));
    } else {
      now += 1;
      told.push_back(plain(now, pick(3), pick(3), static_cast<MinorUnits>(random() % 3), "8"));
      if (random() % 2 == 0) told.back().point->entered = now - static_cast<UnixSeconds>(random() % 3);
    }
  }
  return told;
}

TEST(Changes, WhateverIsToldDependsOnTheSetAlone) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 3000; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    auto told = random_words(random);
    const Entity expected = entity_of(told);
    std::shuffle(told.begin(), told.end(), random);
    const Entity entity = entity_of(told);
    ASSERT_EQ(stages_of(entity), stages_of(expected));
    ASSERT_EQ(encode_entity(entity), encode_entity(expected));
  }
}

}  // namespace
}  // namespace kpistream
