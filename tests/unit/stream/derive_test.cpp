// Timelines and the facts that follow from them.
#include "stream/facts/derive.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <tuple>

#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

using tests::deal;
using tests::kNoon;
using tests::point;

PortalSettings simple() {
  PortalSettings settings;
  settings.leads = false;
  return settings;
}

Facts derive(EntityKind kind, const Entity& entity, const tests::LinkList& links = {},
             const PortalSettings& settings = simple()) {
  const Calendar calendar(settings);
  return derive_facts({kind, "1"}, entity, links, {settings, calendar});
}

Link contact_link(const std::string& id, UnixSeconds at, bool inbound) {
  return {LinkKind::contact, {EntityKind::deal, "1"}, {EntityKind::call, id}, at, "7", "call", inbound ? 1 : 0, 0};
}

Facts facts_of(const std::vector<Observation>& story, EntityKind kind = EntityKind::deal,
               const PortalSettings& settings = simple()) {
  Entity entity;
  for (const auto& seen : story) entity.observe(seen);
  return derive(kind, entity, {}, settings);
}

const Fact* find(const Facts& facts, FactKind kind) {
  const auto it = std::find_if(facts.begin(), facts.end(), [&](const Fact& fact) { return fact.kind == kind; });
  return it == facts.end() ? nullptr : &*it;
}

TEST(Derive, AWonDealIsASaleAtItsTimeByItsOwnerForItsAmount) {
  const auto facts = facts_of(
      {deal("1", point(kNoon, Outcome::open, "7", 100)), deal("1", point(kNoon + 600, Outcome::won, "7", 250))});
  const Fact* won = find(facts, FactKind::deal_won);
  ASSERT_NE(won, nullptr);
  EXPECT_EQ(won->at, kNoon + 600);
  EXPECT_EQ(won->manager, "7");
  EXPECT_EQ(won->amount, 250);
  EXPECT_EQ(won->seconds, 600);
}

TEST(Derive, AReopenedDealLeavesTheSalesAndCountsOnceWhenWonAgain) {
  std::vector<Observation> story{deal("1", point(kNoon, Outcome::won, "7")),
                                 deal("1", point(kNoon + 60, Outcome::open, "7"))};
  EXPECT_EQ(find(facts_of(story), FactKind::deal_won), nullptr);
  story.push_back(deal("1", point(kNoon + 120, Outcome::won, "7")));
  EXPECT_EQ(find(facts_of(story), FactKind::deal_won)->at, kNoon + 120);
}

TEST(Derive, ALaterPriceCorrectsTheDayOfTheSale) {
  const auto facts = facts_of(
      {deal("1", point(kNoon, Outcome::won, "7", 100)), deal("1", point(kNoon + 90'000, Outcome::won, "7", 300))});
  EXPECT_EQ(find(facts, FactKind::deal_won)->at, kNoon);
  EXPECT_EQ(find(facts, FactKind::deal_won)->amount, 300);
}

TEST(Derive, ReassigningKeepsPastSalesWithTheirOwner) {  // T5
  const auto facts =
      facts_of({deal("1", point(kNoon, Outcome::won, "7")), deal("1", point(kNoon + 60, Outcome::won, "9"))});
  EXPECT_EQ(find(facts, FactKind::deal_won)->manager, "7");
}

TEST(Derive, AnEditLaterDoesNotMakeTheEditorTheOneWhoSold) {
  auto won = point(kNoon + 60, Outcome::won, "7");
  won.author = "7";
  auto edited = point(kNoon + 120, Outcome::won, "7");
  edited.author = "9";
  EXPECT_EQ(find(facts_of({deal("1", won), deal("1", edited)}), FactKind::deal_won)->actor, "7");
}

TEST(Derive, AMoveBetweenTwoPaidStagesIsOnePayment) {
  Observation paid;
  paid.ref = {EntityKind::invoice, "1"};
  paid.point = point(kNoon, Outcome::won, "7", 100);
  paid.point->entered = kNoon;
  Observation booked = paid;
  booked.point->stage = "booked";
  booked.point->at = booked.point->entered = kNoon + 90'000;
  const auto facts = facts_of({paid, booked}, EntityKind::invoice);
  ASSERT_NE(find(facts, FactKind::payment), nullptr);
  EXPECT_EQ(find(facts, FactKind::payment)->at, kNoon);
}

TEST(Derive, WhatIsPaidIsToldByTheMappedStageAndWithoutStagesByTheCrm) {
  PortalSettings settings = simple();
  settings.paid_values = {"4600002"};
  Observation paid;
  paid.ref = {EntityKind::invoice, "1"};
  paid.point = point(kNoon, Outcome::won, "7", 100);
  paid.point->stage = "4600001";
  EXPECT_TRUE(facts_of({paid}, EntityKind::invoice, settings).empty());
  paid.point->stage = "4600002";
  EXPECT_EQ(facts_of({paid}, EntityKind::invoice, settings).size(), 1U);
  paid.point->stage.clear();
  EXPECT_EQ(facts_of({paid}, EntityKind::invoice, settings).size(), 1U);
  paid.point->outcome = Outcome::open;
  EXPECT_TRUE(facts_of({paid}, EntityKind::invoice, settings).empty());
}

TEST(Derive, TheRateIsThatOfTheLocalDay) {  // T11
  PortalSettings settings = simple();
  const UnixSeconds after_midnight = tests::at("2026-09-15T00:30:00+03:00");  // still the 14th in UTC
  const Day day = Calendar(settings).day_of(after_midnight);
  settings.rates["EUR"] = {{day - 1, 2'000'000}, {day, 3'000'000}};
  auto won = point(after_midnight, Outcome::won, "7", 100);
  won.currency = "EUR";
  const Observation seen = deal("1", won);
  EXPECT_EQ(find(facts_of({seen}, EntityKind::deal, settings), FactKind::deal_won)->amount, 300);
  Entity entity;
  Observation with_client = seen;
  with_client.client = {EntityKind::client, "company:1"};
  entity.observe(with_client);
  EXPECT_EQ(links_of(seen.ref, entity, {settings, Calendar(settings)}).front().amount, 300);
}

TEST(Derive, AnotherEntryTimeIsAnotherSale) {
  auto first = point(kNoon, Outcome::won, "7");
  first.entered = kNoon;
  auto second = point(kNoon + 300, Outcome::won, "9");
  second.entered = kNoon + 300;  // reopened and won again between two readings
  const auto facts = facts_of({deal("1", first), deal("1", second)});
  EXPECT_EQ(find(facts, FactKind::deal_won)->at, kNoon + 300);
  EXPECT_EQ(find(facts, FactKind::deal_won)->manager, "9");
}

TEST(Derive, ALaterWordWithoutAnEntryTimeKeepsTheOneThatIsKnown) {
  auto closed = point(kNoon + 60, Outcome::won, "7", 100);
  closed.entered = kNoon;
  const auto facts = facts_of({deal("1", closed), deal("1", point(kNoon + 90'000, Outcome::won, "7", 300))});
  EXPECT_EQ(find(facts, FactKind::deal_won)->at, kNoon);
  EXPECT_EQ(find(facts, FactKind::deal_won)->amount, 300);
}

TEST(Derive, AConvertedLeadIsNotASale) {  // T18
  PortalSettings classic;
  auto seen = deal("501", point(kNoon, Outcome::won, "7"));
  seen.ref.kind = EntityKind::lead;
  const auto facts = facts_of({seen}, EntityKind::lead, classic);
  EXPECT_EQ(find(facts, FactKind::deal_won), nullptr);
  ASSERT_NE(find(facts, FactKind::lead_converted), nullptr);
  EXPECT_EQ(find(facts, FactKind::new_lead)->pipeline, "leads");
}

TEST(Derive, ADeletedRecordHasNoFactsUntilItIsRestored) {  // T1
  auto gone = deal("1", point(kNoon, Outcome::won, "7"));
  gone.presence = Presence::gone;
  EXPECT_TRUE(facts_of({deal("1", point(kNoon, Outcome::won, "7")), gone}).empty());
  auto late = deal("1", point(kNoon + 5, Outcome::won, "7"));  // an update that was under way does not bring it back
  EXPECT_TRUE(facts_of({gone, late}).empty());
  auto restored = late;
  restored.presence = Presence::present;
  EXPECT_FALSE(facts_of({gone, restored}).empty());
}

TEST(Derive, AnIncomingLeadIsNotAnInquiryUntilAccepted) {
  auto settings = simple();
  settings.incoming_stages = {"unsorted"};
  auto unsorted = point(kNoon, Outcome::open, "");
  unsorted.stage = "unsorted";
  const auto incoming = deal("1", unsorted);
  EXPECT_TRUE(facts_of({incoming}, EntityKind::deal, settings).empty());
  const auto facts = facts_of({incoming, deal("1", point(kNoon + 60, Outcome::open, "9"))}, EntityKind::deal, settings);
  EXPECT_EQ(find(facts, FactKind::new_lead)->at, kNoon);
  EXPECT_EQ(find(facts, FactKind::new_lead)->manager, "9");
}

TEST(Derive, TheFirstAnswerCountsWhateverComesFirst) {
  Entity inquiry;
  inquiry.observe(deal("1", point(kNoon, Outcome::open, "7")));
  tests::LinkList links;
  links.links = {contact_link("b", kNoon + 500, false), contact_link("a", kNoon + 450, false),
                 contact_link("before", kNoon - 50, false)};
  EXPECT_EQ(find(derive(EntityKind::deal, inquiry, links), FactKind::first_response)->seconds, 450);
  links.links.erase(links.links.begin() + 1);
  EXPECT_EQ(find(derive(EntityKind::deal, inquiry, links), FactKind::first_response)->seconds, 500);
  EXPECT_EQ(find(derive(EntityKind::deal, inquiry, links), FactKind::lead_waiting), nullptr);
  EXPECT_NE(find(derive(EntityKind::deal, inquiry), FactKind::lead_waiting), nullptr);
}

TEST(Derive, AnInquiryIsInProcessingUntilItLeavesTheIntakeStages) {
  Entity inquiry;
  inquiry.observe(deal("1", point(kNoon, Outcome::open, "7")));
  const auto open = derive(EntityKind::deal, inquiry);
  ASSERT_NE(find(open, FactKind::lead_open), nullptr);
  EXPECT_EQ(find(open, FactKind::lead_open)->manager, "7");
  EXPECT_EQ(find(open, FactKind::lead_processed), nullptr);
  inquiry.observe(deal("1", point(kNoon + 60, Outcome::lost, "7")));
  const auto lost = derive(EntityKind::deal, inquiry);
  EXPECT_EQ(find(lost, FactKind::lead_open), nullptr);
  EXPECT_NE(find(lost, FactKind::lead_processed), nullptr);
}

TEST(Derive, ACallThatMadeTheInquiryIsAnAnswerAtOnceALaterOneIsNone) {
  Entity inquiry;
  inquiry.observe(deal("1", point(kNoon, Outcome::open, "7")));
  tests::LinkList links;
  links.links = {contact_link("late", kNoon + 3'000, true)};
  EXPECT_EQ(find(derive(EntityKind::deal, inquiry, links), FactKind::first_response), nullptr);
  links.links.push_back(contact_link("live", kNoon - 20, true));
  EXPECT_EQ(find(derive(EntityKind::deal, inquiry, links), FactKind::first_response)->seconds, 0);
}

TEST(Derive, TasksAndMeetingsAreStatesUntilTheyAreDone) {
  Observation seen;
  seen.ref = {EntityKind::task, "4001"};
  seen.version = kNoon;
  seen.details = Details{};
  seen.details->act = Act::todo;
  seen.details->deadline = kNoon + 86'400;
  EXPECT_EQ(facts_of({seen}, EntityKind::task).at(0).kind, FactKind::task_due);
  auto done = seen;
  done.version = kNoon + 1;
  done.details->done = true;
  EXPECT_TRUE(facts_of({seen, done, seen}, EntityKind::task).empty());
  done.details->act = Act::meeting;
  done.details->done_at = kNoon + 7;
  EXPECT_EQ(facts_of({done}, EntityKind::task).at(0), facts_of({seen, done}, EntityKind::task).at(0));
}

TEST(Derive, AnyOrderAndAnyRepetitionGiveTheSameFacts) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    std::vector<Observation> story;
    for (int i = 0; i < 6; ++i) {
      const auto outcome = static_cast<Outcome>(1 + random() % 3);
      story.push_back(deal(
          "1", point(kNoon + 60 * i, outcome, std::to_string(random() % 3), static_cast<MinorUnits>(random() % 4))));
    }
    const auto expected = facts_of(story);
    auto told = story;
    told.insert(told.end(), story.begin(), story.begin() + 3);
    std::shuffle(told.begin(), told.end(), random);
    EXPECT_EQ(facts_of(told), expected) << "round " << round;
  }
}

TEST(Derive, AMoveBetweenTwoStagesOfFailureIsOneRefusal) {  // K3: one inquiry is lost once
  auto refused = point(kNoon, Outcome::lost, "7");
  refused.stage = "LOSE";
  refused.entered = kNoon;
  auto sorted = point(kNoon + 90'000, Outcome::lost, "9");  // next day the head of sales tidies up the reasons
  sorted.stage = "APOLOGY";
  sorted.entered = kNoon + 90'000;
  const auto facts = facts_of({deal("1", refused), deal("1", sorted)});
  EXPECT_EQ(find(facts, FactKind::deal_lost)->at, kNoon);
  EXPECT_EQ(find(facts, FactKind::deal_lost)->manager, "7");
}

TEST(Derive, ASaleOfUnknownBeginningHasNoCycle) {
  const auto facts = facts_of({deal("1", point(kNoon, Outcome::won, "7"), 0)});
  const Fact* won = find(facts, FactKind::deal_won);
  ASSERT_NE(won, nullptr);
  for (const auto& definition : tests::test_catalogue()) {
    EXPECT_EQ(definition.counts(*won), (definition.id == "deals_won" || definition.id == "deal_amounts"))
        << definition.id;
  }
}

Observation act(EntityKind kind, Act what, UnixSeconds start) {
  Observation seen;
  seen.ref = {kind, "4001"};
  seen.version = kNoon;
  seen.details = Details{};
  seen.details->act = what;
  seen.details->start = start;
  seen.details->done = true;
  seen.details->direction = Direction::out;
  seen.details->target = {EntityKind::deal, "1"};
  return seen;
}

std::optional<Link> contact(const Observation& seen) {
  Entity entity;
  entity.observe(seen);
  for (const Link& link : links_of(seen.ref, entity, {simple(), Calendar(simple())})) {
    if (link.kind == LinkKind::contact) return link;
  }
  return std::nullopt;
}

TEST(Derive, AnActWithoutATimeIsNoContact) {
  EXPECT_TRUE(contact(act(EntityKind::message, Act::other, kNoon)));
  EXPECT_FALSE(contact(act(EntityKind::message, Act::other, 0)));
}

TEST(Derive, TimesThatNoCrmShouldTellDoNoHarm) {
  for (const UnixSeconds at : {INT64_MIN, INT64_MIN + 1, INT64_MAX}) {
    Entity inquiry;
    inquiry.observe(deal("1", point(INT64_MAX, Outcome::won, "7"), at));
    tests::LinkList links;
    links.links = {contact_link("out", INT64_MAX, false), contact_link("in", INT64_MIN, true)};
    (void)derive(EntityKind::deal, inquiry, links);
  }
}

TEST(Derive, AMeetingIsAContactOnceItWasHeld) {  // K12
  auto meeting = act(EntityKind::activity, Act::meeting, kNoon);
  EXPECT_TRUE(contact(meeting));
  meeting.details->done = false;
  EXPECT_FALSE(contact(meeting));
  EXPECT_FALSE(contact(act(EntityKind::task, Act::todo, kNoon)));
}

TEST(Derive, OnlyAHumanActThatReachesOutIsAContact) {
  const auto row = [](Direction direction, CallOutcome outcome) {
    auto seen = act(EntityKind::call, Act::other, kNoon);
    seen.details->direction = direction;
    seen.details->call = outcome;
    return contact(seen);
  };
  for (const auto outcome :
       {CallOutcome::talk, CallOutcome::short_talk, CallOutcome::missed, CallOutcome::failed, CallOutcome::unknown}) {
    const bool talked = outcome == CallOutcome::talk || outcome == CallOutcome::short_talk;
    EXPECT_TRUE(row(Direction::out, outcome)) << "an attempt is an answer";
    EXPECT_TRUE(row(Direction::callback, outcome));
    EXPECT_EQ(row(Direction::in, outcome).has_value(), talked);
  }
  EXPECT_TRUE(row(Direction::in, CallOutcome::talk)->value == 1);
  EXPECT_EQ(row(Direction::out, CallOutcome::talk)->value, 0);
  auto robot = act(EntityKind::message, Act::other, kNoon);
  robot.details->human = false;
  EXPECT_FALSE(contact(robot));
  auto gone = act(EntityKind::message, Act::other, kNoon);
  gone.presence = Presence::gone;
  EXPECT_FALSE(contact(gone));
}

TEST(Derive, AQuoteCountsWhenFirstSentAndOnce) {  // K20
  const auto facts = facts_of(
      {deal("q", point(kNoon, Outcome::open, "7", 100)), deal("q", point(kNoon + 60, Outcome::won, "7", 100)),
       deal("q", point(kNoon + 90, Outcome::open, "9", 100)), deal("q", point(kNoon + 99, Outcome::won, "9", 80))},
      EntityKind::quote);
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].at, kNoon + 60);
  EXPECT_EQ(facts[0].manager, "7");
  EXPECT_EQ(facts[0].amount, 80) << "a correction, not a second quote";
  EXPECT_EQ(facts_of({deal("q", point(kNoon, Outcome::lost, "7", 100))}, EntityKind::quote).size(), 1U)
      << "what was refused had been sent";
  EXPECT_TRUE(facts_of({deal("q", point(kNoon, Outcome::open, "7", 100))}, EntityKind::quote).empty());
}

TEST(Derive, AnInvoiceIsAPaymentWhileItIsPaid) {  // K21
  std::vector<Observation> story{deal("i", point(kNoon, Outcome::open, "7", 100)),
                                 deal("i", point(kNoon + 60, Outcome::won, "7", 100))};
  EXPECT_EQ(facts_of(story, EntityKind::invoice).at(0).at, kNoon + 60);
  story.push_back(deal("i", point(kNoon + 120, Outcome::open, "7", 100)));
  EXPECT_TRUE(facts_of(story, EntityKind::invoice).empty());
}

// A dimension without a value would be an empty label.
TEST(Derive, NoFactHasAnEmptyDimension) {
  std::size_t seen_facts = 0;
  for (int kind = 1; kind <= 7; ++kind) {
    for (const bool done : {true, false}) {
      for (const auto outcome : {Outcome::open, Outcome::won, Outcome::lost}) {
        auto seen = act(static_cast<EntityKind>(kind), kind % 2 == 0 ? Act::todo : Act::meeting, kNoon);
        seen.details->done = done;
        seen.created = kNoon;
        seen.point = point(kNoon, outcome, "");
        seen.point->pipeline = "";
        for (const auto& fact : facts_of({seen}, static_cast<EntityKind>(kind))) {
          ++seen_facts;
          EXPECT_NE(fact.manager, "");
          EXPECT_NE(fact.pipeline, "");
        }
      }
    }
  }
  EXPECT_GT(seen_facts, 20U);
}

TEST(Derive, TheFactsOfARecordAreSorted) {
  Entity inquiry;
  tests::LinkList links;
  links.links = {contact_link("b", kNoon + 500, false)};
  for (const auto outcome : {Outcome::open, Outcome::won, Outcome::lost}) {
    inquiry.observe(deal("1", point(kNoon, outcome, "7")));
    for (const auto kind : {EntityKind::lead, EntityKind::deal}) {
      const auto facts = derive(kind, inquiry, links);
      EXPECT_TRUE(std::is_sorted(facts.begin(), facts.end(), [](const Fact& a, const Fact& b) {
        return std::tie(a.kind, a.part) < std::tie(b.kind, b.part);
      }));
      EXPECT_GE(facts.size(), 3U);
    }
  }
}

}  // namespace
}  // namespace kpistream
