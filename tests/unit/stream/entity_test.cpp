// The state of one record: whatever comes, in whatever order, however often, the newest word of the CRM stands.
#include "stream/facts/entity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "stream/codec/values.hpp"
#include "stream/facts/derive.hpp"
#include "stream/facts/field_mark.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

Facts facts_of(const Entity& entity, const PortalSettings& settings = {}) {
  const Calendar calendar(settings);
  return derive_facts({EntityKind::deal, "1"}, entity, tests::LinkList{}, {settings, calendar});
}

using tests::deal;
using tests::kNoon;
using tests::point;

Observation lost_because(UnixSeconds version, const std::string& reason) {
  Observation seen;
  seen.ref = {EntityKind::deal, "1"};
  seen.version = version;
  seen.loss_reason = reason;
  return seen;
}

Observation call_seen(UnixSeconds version, std::int64_t seconds) {
  Observation seen;
  seen.ref = {EntityKind::call, "c"};
  seen.version = version;
  seen.details = Details{};
  seen.details->seconds = seconds;
  seen.details->start = kNoon;
  return seen;
}

Observation linked(UnixSeconds version, const std::string& lead, const std::string& client) {
  Observation seen;
  seen.ref = {EntityKind::deal, "1"};
  seen.version = version;
  seen.parent = lead.empty() ? EntityRef{} : EntityRef{EntityKind::lead, lead};
  seen.client = client.empty() ? EntityRef{} : EntityRef{EntityKind::client, client};
  return seen;
}

// Distinct versions, as a CRM gives them out: whole states of one deal, some with a reason, none twice at one time; it
// is moved between leads and clients, and sometimes has none.
std::vector<Observation> random_history(std::mt19937& random, int length) {
  std::vector<Observation> history;
  for (int i = 0; i < length; ++i) {
    const auto at = kNoon + 60 * i;
    auto state = point(at, static_cast<Outcome>(1 + random() % 4), std::to_string(random() % 3),
                       static_cast<MinorUnits>(random() % 4));
    if (random() % 2 == 0)
      state.entered = kNoon + 60 * static_cast<UnixSeconds>(random() % static_cast<unsigned>(i + 1));
    auto seen = deal("1", state, kNoon - 100);
    if (random() % 2 == 0) seen.loss_reason = std::to_string(random() % 3);
    const auto lead = random() % 4;
    const auto client = random() % 4;
    const auto linked_to = linked(at, lead == 0 ? "" : std::to_string(lead), client == 0 ? "" : std::to_string(client));
    if (random() % 3 != 0) seen.parent = linked_to.parent;
    if (random() % 3 != 0) seen.client = linked_to.client;
    if (random() % 3 != 0) seen.repeat = random() % 2 == 0;
    history.push_back(seen);
  }
  return history;
}

Entity entity_of(const std::vector<Observation>& history) {
  Entity entity;
  for (const auto& seen : history) entity.observe(seen);
  return entity;
}

TEST(Entity, IsTheSameForAnyOrderAndAnyRepetition) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  PortalSettings simple;
  simple.leads = false;
  for (int round = 0; round < 500; ++round) {
    const auto history = random_history(random, 1 + static_cast<int>(random() % 12));
    const Entity expected = entity_of(history);
    auto told = history;
    for (auto more = random() % 8; more > 0; --more) told.push_back(history[random() % history.size()]);
    std::shuffle(told.begin(), told.end(), random);
    ASSERT_EQ(encode_entity(entity_of(told)), encode_entity(expected)) << "round " << round;
    ASSERT_EQ(facts_of(entity_of(told), simple), facts_of(expected, simple));
  }
}

TEST(Entity, ADetailThatIsOlderNeverWins) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    std::vector<Observation> told;
    for (int i = 1; i <= 6; ++i) told.push_back(call_seen(kNoon + i, i));
    told.insert(told.end(), told.begin(), told.begin() + 3);
    std::shuffle(told.begin(), told.end(), random);
    EXPECT_EQ(entity_of(told).details.seconds, 6);
  }
}

// One call as several cards tell it: who it was by, and which record the card belongs to (0: one that is none of ours).
Observation call_noted(UnixSeconds version, const std::string& owner, int lead) {
  Observation seen = call_seen(version, 60);
  seen.details->owner = owner;
  if (lead != 0) seen.details->target = {EntityKind::lead, std::to_string(lead)};
  return seen;
}

TEST(Entity, ACallNotedOnSeveralCardsIsTheSameInAnyOrder) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    std::vector<Observation> told;
    for (auto left = 2 + random() % 4; left > 0; --left) {
      told.push_back(call_noted(kNoon + static_cast<UnixSeconds>(random() % 2), std::to_string(random() % 3),
                                static_cast<int>(random() % 3)));
    }
    const Entity expected = entity_of(told);
    told.push_back(told[random() % told.size()]);
    std::shuffle(told.begin(), told.end(), random);
    ASSERT_EQ(encode_entity(entity_of(told)), encode_entity(expected)) << "round " << round;
  }
}

TEST(Entity, ACallIsAboutTheRecordThatAnyWordAboutItKnows) {
  const auto lead = [](const Entity& entity) { return entity.details.target.id; };
  EXPECT_EQ(lead(entity_of({call_noted(kNoon, "7", 1), call_noted(kNoon, "9", 0)})), "1") << "in the same second";
  EXPECT_EQ(entity_of({call_noted(kNoon, "7", 1), call_noted(kNoon, "9", 0)}).details.owner, "7")
      << "and by whom that word says";
  EXPECT_EQ(lead(entity_of({call_noted(kNoon, "7", 1), call_noted(kNoon + 5, "9", 0)})), "1") << "and a later one";
  EXPECT_EQ(lead(entity_of({call_noted(kNoon + 5, "9", 0), call_noted(kNoon, "7", 1)})), "1");
  EXPECT_EQ(lead(entity_of({call_noted(kNoon + 5, "9", 0), call_noted(kNoon, "7", 1), call_noted(kNoon + 3, "7", 2)})),
            "2")
      << "the newest that knows one";
  auto task = call_noted(kNoon, "7", 1);
  auto parted = call_noted(kNoon + 5, "7", 0);
  task.ref.kind = parted.ref.kind = EntityKind::task;
  EXPECT_EQ(lead(entity_of({task, parted})), "") << "of a task it is a known none";
}

TEST(Entity, OfTwoDetailsOfOneVersionTheGreaterStandsInAnyOrder) {
  EXPECT_EQ(entity_of({call_seen(kNoon, 1), call_seen(kNoon, 2)}).details.seconds, 2);
  EXPECT_EQ(entity_of({call_seen(kNoon, 2), call_seen(kNoon, 1)}).details.seconds, 2);
}

TEST(Entity, ADetailWithoutAVersionIsTheNewest) {
  const auto entity = entity_of({call_seen(kNoon, 1), call_seen(0, 2), call_seen(kNoon - 5, 3)});
  EXPECT_EQ(entity.details.seconds, 2) << "an older version that comes late does not win";
  EXPECT_EQ(entity_of({call_seen(0, 2), call_seen(kNoon, 1)}).details.seconds, 1);
}

TEST(Entity, AReasonWithoutAVersionIsTheNewest) {
  EXPECT_EQ(entity_of({lost_because(kNoon, "1"), lost_because(0, "2")}).loss_reason, "2");
  EXPECT_EQ(entity_of({lost_because(kNoon, "1"), lost_because(0, "2"), lost_because(kNoon - 5, "3")}).loss_reason, "2")
      << "an older version that comes late does not win";
  EXPECT_EQ(entity_of({lost_because(kNoon, "1"), lost_because(kNoon + 5, "")}).loss_reason, "") << "a known none";
}

TEST(Entity, AnOlderParentOrClientThatComesLateDoesNotWin) {
  const auto moved = entity_of({linked(kNoon, "5", "company:1"), linked(kNoon + 60, "6", "company:2")});
  EXPECT_EQ(moved.parent, (EntityRef{EntityKind::lead, "6"}));
  EXPECT_EQ(moved.client, (EntityRef{EntityKind::client, "company:2"}));
  EXPECT_EQ(entity_of({linked(kNoon + 60, "6", "company:2"), linked(kNoon, "5", "company:1")}), moved);
}

TEST(Entity, ARecordMayLoseItsParentAndItsClient) {
  const auto parted = entity_of({linked(kNoon, "5", "company:1"), linked(kNoon + 60, "", "")});
  EXPECT_EQ(parted.parent, EntityRef{});
  EXPECT_EQ(parted.client, EntityRef{});
  EXPECT_EQ(entity_of({linked(kNoon + 60, "", ""), linked(kNoon, "5", "company:1")}), parted);
  EXPECT_EQ(entity_of({linked(kNoon, "5", "company:1"), lost_because(kNoon + 60, "1")}).client.id, "company:1")
      << "what is not told stays";
}

TEST(Entity, OfParentsAndClientsOfOneSecondTheBetterKnownStandsInAnyOrder) {
  const std::vector<Observation> words{linked(kNoon, "", ""), linked(kNoon, "5", "contact:7"),
                                       linked(kNoon, "6", "company:9")};
  const auto expected = entity_of(words);
  EXPECT_EQ(expected.client.id, "company:9") << "a company before a person";
  EXPECT_EQ(expected.parent.id, "5");
  for (const auto& order : {std::vector{2, 1, 0}, {1, 2, 0}, {0, 2, 1}, {2, 0, 1}, {1, 0, 2}}) {
    Entity entity;
    for (const int i : order) entity.observe(words.at(static_cast<std::size_t>(i)));
    EXPECT_EQ(entity, expected);
  }
}

TEST(Entity, TellsWhetherAnythingChanged) {
  auto won = deal("1", point(kNoon, Outcome::won, "7"));
  won.loss_reason = "";
  won.name = "x";
  Entity entity;
  EXPECT_TRUE(entity.observe(won));
  EXPECT_FALSE(entity.observe(won));
  auto gone = won;
  gone.presence = Presence::gone;
  EXPECT_TRUE(entity.observe(gone));
  EXPECT_FALSE(entity.observe(gone));
  Entity call;
  EXPECT_TRUE(call.observe(call_seen(kNoon, 1)));
  EXPECT_FALSE(call.observe(call_seen(kNoon, 1)));
  EXPECT_FALSE(call.observe(call_seen(kNoon - 1, 2)));
  Entity lost;
  EXPECT_TRUE(lost.observe(lost_because(kNoon, "1")));
  EXPECT_FALSE(lost.observe(lost_because(0, "1")));
}

TEST(Entity, KeepsTheEarliestCreation) {
  const auto entity = entity_of({deal("1", point(kNoon, Outcome::open, "7"), kNoon),
                                 deal("1", point(kNoon, Outcome::open, "7"), kNoon - 9),
                                 deal("1", point(kNoon, Outcome::open, "7"), kNoon + 9)});
  EXPECT_EQ(entity.created, kNoon - 9);
}

TEST(Entity, KeepsTheEndsOfALongTimeline) {
  Entity entity;
  for (int i = 0; i < 200; ++i) entity.observe(deal("1", point(kNoon + i, Outcome::open, "7")));
  EXPECT_EQ(entity.points.size(), Entity::kPointsMax);
  EXPECT_EQ(entity.points.front().at, kNoon);
  EXPECT_EQ(entity.points.back().at, kNoon + 199);
}

TEST(Entity, ALongListOfPricesDoesNotMoveTheSale) {
  std::vector<Observation> history{deal("1", point(kNoon, Outcome::open, "7")),
                                   deal("1", point(kNoon + 60, Outcome::won, "7"))};
  for (int i = 0; i < 200; ++i) {
    history.push_back(deal("1", point(kNoon + 120 + 60 * i, Outcome::won, "9", i)));
  }
  const auto facts = facts_of(entity_of(history));
  const auto won =
      std::find_if(facts.begin(), facts.end(), [](const Fact& fact) { return fact.kind == FactKind::deal_won; });
  ASSERT_NE(won, facts.end());
  EXPECT_EQ(won->at, kNoon + 60);
  EXPECT_EQ(won->manager, "7");
  EXPECT_EQ(won->amount, 199);
}

TEST(Entity, ALongTimelineToldTwiceIsTheSame) {
  std::vector<Observation> history;
  for (int i = 0; i < 100; ++i) {
    history.push_back(deal("1", point(kNoon + 60 * i, static_cast<Outcome>(1 + i / 5 % 3), "7", i % 3)));
  }
  auto twice = history;
  twice.insert(twice.end(), history.end() - 40, history.end());
  EXPECT_EQ(facts_of(entity_of(twice)), facts_of(entity_of(history)));
}

TEST(Entity, APointThatIsReadAgainWithOtherFieldsIsTheSamePoint) {
  auto before = deal("1", point(kNoon, Outcome::open, "7"));
  before.point->fields = 5;
  auto after = before;
  after.point->fields = 6;
  auto untold = before;
  untold.point->fields = 0;
  const auto entity = entity_of({before, after, untold});
  ASSERT_EQ(entity.points.size(), 1U);
  EXPECT_EQ(entity.points.front().fields, 6U);
  EXPECT_EQ(decode_entity(encode_entity(entity)), entity);
}

TEST(FieldMark, TellsListedFieldsApartAndWhichTheyWere) {
  PortalSettings settings;
  const std::vector<Field> kept{{"cost", "5"}, {"mood", "1"}, {"tag", "8"}};
  EXPECT_EQ(field_mark(kept, settings), 0U) << "none is listed";
  settings.action_fields = {"amount", "owner"};
  EXPECT_EQ(field_mark(kept, settings), 0U) << "none of the kept ones";
  settings.action_fields = {"cost", "tag"};
  const auto mark = field_mark(kept, settings);
  EXPECT_TRUE(fields_changed(mark, field_mark({{"cost", "6"}, {"mood", "1"}, {"tag", "8"}}, settings)));
  EXPECT_TRUE(fields_changed(mark, field_mark({{"cost", "5"}}, settings)));
  EXPECT_TRUE(fields_changed(mark, field_mark({}, settings)));
  EXPECT_FALSE(fields_changed(mark, field_mark({{"cost", "5"}, {"mood", "2"}, {"tag", "8"}}, settings)));
  EXPECT_FALSE(fields_changed(mark, 0)) << "not told";
  settings.fields["cost"] = "UF_ANOTHER";
  EXPECT_FALSE(fields_changed(mark, field_mark(kept, settings))) << "the mark of other fields";
}

}  // namespace
}  // namespace kpistream
