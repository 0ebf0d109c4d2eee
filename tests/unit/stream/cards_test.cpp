// Whose an act on a contact is, at the edges; and that what is read together is in order.
#include "stream/facts/cards.hpp"

#include <gtest/gtest.h>

#include "stream/facts/entity.hpp"
#include "tests/unit/stream/support.hpp"

namespace kpistream {
namespace {

const EntityRef kCard{EntityKind::card, "contact:5"};

Link held(const std::string& deal, UnixSeconds created, UnixSeconds closed = 0) {
  return {LinkKind::held, kCard, {EntityKind::deal, deal}, created, {}, {}, closed, 0};
}

Link act(UnixSeconds at, LinkKind kind = LinkKind::contact, std::int64_t value = 0, const std::string& id = "c") {
  return {kind, kCard, {EntityKind::call, id}, at, {}, {}, value, 0};
}

std::string owner(const tests::LinkList& card, const Link& link) {
  const auto owner = CardDeals(card).owner(link);
  return owner ? owner->id : "";
}

TEST(Cards, TheOwnerAtEachEdge) {
  tests::LinkList card;
  card.links = {held("1", 1'000, 5'000), held("2", 2'000, 3'000), held("3", 2'000, 3'000)};
  EXPECT_EQ(owner(card, act(999)), "");
  EXPECT_EQ(owner(card, act(1'000)), "1");
  EXPECT_EQ(owner(card, act(2'000)), "3") << "of two made at once the last by id";
  EXPECT_EQ(owner(card, act(3'000)), "3") << "open to the moment of its closing";
  EXPECT_EQ(owner(card, act(3'001)), "1") << "an open one comes before a newer one that is closed";
  EXPECT_EQ(owner(card, act(5'000)), "1");
  EXPECT_EQ(owner(card, act(5'001)), "3");
  EXPECT_EQ(owner(card, act(3'000 + kAfterClosing)), "3");
  EXPECT_EQ(owner(card, act(3'001 + kAfterClosing)), "1");
  EXPECT_EQ(owner(card, act(5'000 + kAfterClosing)), "1");
  EXPECT_EQ(owner(card, act(5'001 + kAfterClosing)), "");
}

TEST(Cards, OfDealsMadeInOneSecondTheLastNumberIsTheNewest) {
  tests::LinkList card;
  card.links = {held("10", 2'000), held("11", 2'000), held("9", 2'000)};  // as they lie
  EXPECT_EQ(owner(card, act(2'500)), "11");
}

TEST(Cards, ACallOfTheClientReachesAheadAndATaskIsWhereItWasMade) {
  tests::LinkList card;
  card.links = {held("1", 1'000)};
  EXPECT_EQ(owner(card, act(940, LinkKind::contact, kClientCalled)), "1");
  EXPECT_EQ(owner(card, act(940, LinkKind::touch, kClientCalled)), "1");
  EXPECT_EQ(owner(card, act(939, LinkKind::contact, kClientCalled)), "");
  EXPECT_EQ(owner(card, act(940)), "");
  EXPECT_EQ(owner(card, act(0, LinkKind::step, 1'000)), "1");
  EXPECT_EQ(owner(card, act(5'000, LinkKind::step, 999)), "");
  EXPECT_EQ(owner(card, act(5'000, LinkKind::step, 0)), "") << "nobody knows when it was made";
}

TEST(Cards, ACardOfVeryManyIsNobodys) {
  tests::LinkList card;
  for (std::size_t i = 0; i < kCardDealsMax; ++i) card.links.push_back(held(std::to_string(i), 1'000));
  EXPECT_NE(owner(card, act(2'000)), "");
  card.links.push_back(held("one more", 1'000));
  EXPECT_EQ(owner(card, act(2'000)), "");
  EXPECT_EQ(deals_beside(card.links.back(), card).size(), kCardDealsMax) << "all of them lose their acts";
  card.links.push_back(held("and another", 1'000));
  EXPECT_TRUE(deals_beside(card.links.back(), card).empty()) << "it was too many before";
}

TEST(Cards, OnlyDealsThatCouldShareAnActAreLookedAtAgain) {
  tests::LinkList card;
  card.links = {held("long ago", 1'000, 2'000), held("before", 1'000, 40'000'000), held("after", 90'000'000),
                held("1", 41'000'000, 42'000'000)};
  EXPECT_EQ(deals_beside(card.links.back(), card), (std::vector<EntityRef>{{EntityKind::deal, "before"}}));
}

TEST(Cards, TheLinksOfADealAndItsCardsAreReadInOrder) {
  tests::LinkList own;
  own.links = {act(1'500, LinkKind::contact, 0, "a"), act(1'700, LinkKind::contact, 0, "d"),
               act(1'600, LinkKind::touch)};
  tests::LinkList first;
  first.links = {held("1", 1'000), act(1'400, LinkKind::contact, 0, "b"), act(1'600, LinkKind::contact, 0, "b"),
                 act(1'500, LinkKind::contact, 0, "b"), act(1'650, LinkKind::touch)};
  tests::LinkList second;
  second.links = {held("1", 1'000), held("2", 1'550), act(1'500, LinkKind::contact, 0, "c"),
                  act(1'600, LinkKind::contact, 0, "not ours"), act(1'800, LinkKind::touch)};
  const DealView deal({EntityKind::deal, "1"}, 1'000, own, {&first, &second});
  const auto read = [&](UnixSeconds from, UnixSeconds to, std::size_t most) {
    std::string seen;
    deal.each(LinkKind::contact, from, to, [&](const Link& link) {
      seen += link.from.id + std::to_string(link.at) + " ";
      return --most != 0;
    });
    return seen;
  };
  EXPECT_EQ(read(INT64_MIN, INT64_MAX, 99), "b1400 a1500 b1500 c1500 b1600 d1700 ");
  EXPECT_EQ(read(1'500, 1'600, 99), "a1500 b1500 c1500 b1600 ");
  for (const std::size_t most : {1U, 2U, 3U, 4U, 5U, 6U}) {
    EXPECT_EQ(read(INT64_MIN, INT64_MAX, most),
              std::string("b1400 a1500 b1500 c1500 b1600 d1700 ").substr(0, 6 * most));
  }
  EXPECT_EQ(deal.newest_touch()->at, 1'650);
}

Observation word(UnixSeconds version, std::optional<std::vector<EntityRef>> all, std::optional<EntityRef> one) {
  Observation seen;
  seen.ref = {EntityKind::deal, "1"};
  seen.version = version;
  seen.cards = std::move(all);
  seen.card = std::move(one);
  return seen;
}

EntityRef card(const std::string& id) { return {EntityKind::card, id}; }

TEST(Ties, FollowFromTheWordsInWhateverOrderTheyCome) {
  const std::vector<Observation> words{word(10, std::vector{card("a"), card("b")}, {}),
                                       word(20, std::vector{card("b")}, {}),
                                       word(15, {}, card("c")),
                                       word(20, {}, card("d")),
                                       word(25, {}, card("e")),
                                       word(20, std::vector{card("f")}, {})};
  std::vector<std::size_t> order{0, 1, 2, 3, 4, 5};
  const std::vector<Tie> expected{{card("b"), 20}, {card("d"), 20}, {card("e"), 25}, {card("f"), 20}};
  do {
    Entity deal;
    for (const std::size_t i : order) (void)deal.observe(words[i]);
    ASSERT_EQ(deal.ties, expected);
    for (const Observation& again : words) EXPECT_FALSE(deal.observe(again));
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(Ties, ACallKeepsItsLeadWhateverCardsTellLater) {
  const auto call = [](UnixSeconds version, const EntityRef& target) {
    Observation seen;
    seen.ref = {EntityKind::call, "u"};
    seen.version = version;
    seen.details.emplace();
    seen.details->start = 5;
    seen.details->target = target;
    return seen;
  };
  const EntityRef lead{EntityKind::deal, "1"};
  std::vector<Observation> words{call(10, lead), call(20, card("contact:5")), call(15, card("company:3")),
                                 call(20, {})};
  std::vector<std::size_t> order{0, 1, 2, 3};
  do {
    Entity entity;
    for (const std::size_t i : order) (void)entity.observe(words[i]);
    EXPECT_EQ(entity.details.target, lead);
  } while (std::next_permutation(order.begin(), order.end()));
  words.erase(words.begin());
  order = {0, 1, 2};
  do {
    Entity entity;
    for (const std::size_t i : order) (void)entity.observe(words[i]);
    EXPECT_EQ(entity.details.target, card("contact:5"));
  } while (std::next_permutation(order.begin(), order.end()));
}

}  // namespace
}  // namespace kpistream
