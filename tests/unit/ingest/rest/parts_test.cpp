// The parts that need no network: budget, back-off, wishes, addresses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <iostream>
#include <random>

#include "ingest/rest/addresses.hpp"
#include "ingest/rest/backoff.hpp"
#include "ingest/rest/budget.hpp"
#include "ingest/rest/http_client.hpp"
#include "ingest/rest/wish_queue.hpp"

namespace kpistream::ingest {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;
using Time = ApiBudget::Time;

TEST(ApiBudget, LetsTheWholeDepthGoAtOnceAndThenOneAsItDrains) {
  Time now{};
  ApiBudget budget(50, 2, 50, now);
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(budget.wait(now), milliseconds(0));
    budget.spend(now);
  }
  EXPECT_EQ(budget.remaining_ratio(now), 0);
  const auto wait = budget.wait(now);
  EXPECT_GE(wait, milliseconds(500));
  EXPECT_LE(wait, milliseconds(501));
  EXPECT_EQ(budget.wait(now + wait), milliseconds(0));
}

TEST(ApiBudget, BeginsWithLessThanItsDepthAndFillsUp) {
  Time now{};
  ApiBudget budget(10, 2, 3, now);
  EXPECT_DOUBLE_EQ(budget.remaining_ratio(now), 0.3);
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(budget.wait(now), milliseconds(0));
    budget.spend(now);
  }
  EXPECT_GE(budget.wait(now), milliseconds(500));
  EXPECT_DOUBLE_EQ(budget.remaining_ratio(now + std::chrono::seconds(5)), 1);
}

TEST(ApiBudget, NeverLetsMoreThroughInAnySecondThanDepthAndDrainTogether) {
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << '\n';
  std::mt19937 random(seed);
  Time now{};
  ApiBudget budget(2, 4, 2, now);
  std::deque<Time> sent;
  for (int i = 0; i < 20'000; ++i) {
    now += milliseconds(random() % 3 == 0 ? random() % 400 : 0);
    if (budget.wait(now) != milliseconds(0)) continue;
    budget.spend(now);
    sent.push_back(now);
    while (now - sent.front() >= std::chrono::seconds(1)) sent.pop_front();
    ASSERT_LE(sent.size(), 6u);
  }
}

TEST(Budgets, AccountsOfKommoHaveOneAndAllOthersTheirOwn) {
  Budgets budgets;
  const auto now = std::chrono::steady_clock::time_point(std::chrono::seconds(1'000));
  const ApiBudget fresh(1, 1, 1, now);
  const auto first = budgets.of("a.kommo.com", fresh);
  EXPECT_EQ(first->take(now).count(), 0);
  EXPECT_GT(budgets.of("b.kommo.com", fresh)->take(now).count(), 0);
  for (const char* host : {"a.amocrm.ru", "a.amocrm.ru", "kommo.com.example", "acme.bitrix24.ru"}) {
    EXPECT_EQ(budgets.of(host, fresh)->take(now).count(), 0) << host;
  }
}

TEST(ApiBudget, IsFullWhenTheCrmSaysSoAndDrainsFromThere) {
  Time now{};
  ApiBudget budget(50, 2, 50, now);
  budget.fill(now);
  EXPECT_GE(budget.wait(now), milliseconds(500));
  EXPECT_DOUBLE_EQ(budget.remaining_ratio(now + std::chrono::seconds(25)), 1);
}

TEST(ApiBudget, IsNotDeceivedByAClockThatStandsOrTurnsBack) {
  Time now{std::chrono::hours(1)};
  ApiBudget budget(1, 1, 1, now);
  budget.spend(now);
  EXPECT_GT(budget.wait(now - std::chrono::minutes(30)), milliseconds(0));
  EXPECT_GT(budget.wait(now), milliseconds(0));
}

TEST(Backoff, DoublesUpToItsLimitAndStartsAnew) {
  Backoff backoff(milliseconds(1'000), milliseconds(5'000), [] { return 1.0; });
  EXPECT_EQ(backoff.next(), milliseconds(1'000));
  EXPECT_EQ(backoff.next(), milliseconds(2'000));
  EXPECT_EQ(backoff.next(), milliseconds(4'000));
  EXPECT_EQ(backoff.next(), milliseconds(5'000));
  EXPECT_EQ(backoff.next(), milliseconds(5'000));
  backoff.reset();
  EXPECT_EQ(backoff.next(), milliseconds(1'000));
}

TEST(Backoff, SpreadsByChanceBetweenHalfAndAll) {
  double chance = 0;
  Backoff backoff(milliseconds(1'000), milliseconds(1'000), [&chance] { return chance; });
  EXPECT_EQ(backoff.next(), milliseconds(500));
  chance = 0.5;
  EXPECT_EQ(backoff.next(), milliseconds(750));
}

constexpr auto kAll = [](std::string_view) { return true; };

TEST(WishQueue, CoalescesBySubjectAndKeepsTheNewestEvent) {
  WishQueue queue;
  queue.update({{"p", "a", 1}, {"p", "b", 2}, {"p", "a", 3}, {"p", "a", 2}}, {});
  EXPECT_EQ(queue.size(), 2u);
  const auto taken = queue.take(10, kAll);
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].subject, "b");
  EXPECT_EQ(taken[1].subject, "a");
  EXPECT_EQ(taken[1].asked, 3u);
}

TEST(WishQueue, AsksOnceUntilTheWishIsRenewed) {
  WishQueue queue;
  queue.update({{"p", "a", 1}}, {});
  EXPECT_EQ(queue.take(10, kAll).size(), 1u);
  EXPECT_TRUE(queue.take(10, kAll).empty());
  EXPECT_EQ(queue.size(), 1u);
  queue.update({{"p", "a", 5}}, {});
  const auto again = queue.take("a");
  EXPECT_EQ(again.asked, 5u);
  EXPECT_EQ(queue.take("a").asked, 0u);
  queue.update({}, {{"p", "a", 0}});
  EXPECT_EQ(queue.size(), 0u);
}

TEST(WishQueue, TakesBackWhatFailedUnlessItHasBeenFulfilled) {
  WishQueue queue;
  queue.update({{"p", "a", 1}, {"p", "b", 2}}, {});
  const auto taken = queue.take(10, kAll);
  queue.update({}, {{"p", "a", 0}});
  queue.put_back(taken);
  EXPECT_EQ(queue.waiting(), 1u);
  EXPECT_EQ(queue.take(10, kAll).front().subject, "b");
}

TEST(WishQueue, TellsSinceWhenTheOldestIsOpen) {
  WishQueue queue;
  const auto at = [](int second) { return WishQueue::Time(std::chrono::seconds(second)); };
  EXPECT_EQ(queue.oldest(), std::nullopt);
  queue.update({{"p", "a", 1}}, {}, {}, at(10));
  queue.update({{"p", "b", 2}}, {}, {}, at(20));
  queue.update({{"p", "a", 3}}, {}, {}, at(30));
  EXPECT_EQ(queue.oldest(), at(10));  // renewed while it waits: its first event is not answered yet
  EXPECT_EQ(queue.take("a").asked, 3u);
  queue.update({{"p", "a", 4}}, {}, {}, at(40));
  EXPECT_EQ(queue.oldest(), at(20));  // renewed on its way: what came before is being answered
  queue.update({}, {{"p", "a", 0}, {"p", "b", 0}}, {}, at(50));
  EXPECT_EQ(queue.oldest(), std::nullopt);
}

TEST(WishQueue, PassesOverWhatIsNotReady) {
  WishQueue queue;
  queue.update({{"p", "a", 1}, {"p", "b", 2}, {"p", "c", 3}}, {});
  const auto not_a = [](std::string_view subject) { return subject != "a"; };
  EXPECT_EQ(queue.take(1, not_a).front().subject, "b");
  EXPECT_EQ(queue.take(9, not_a).front().subject, "c");
  EXPECT_FALSE(queue.any(not_a));
  EXPECT_EQ(queue.waiting(), 1u);
}

TEST(WishQueue, WhatCannotWaitComesFirstAndWhatCanIsNotLeftBehind) {
  WishQueue queue;
  const auto patience = [](std::string_view subject) { return subject.starts_with("old") ? 1u : 0u; };
  for (Position at = 1; at <= 20; ++at) queue.update({{"p", "old" + std::to_string(at), at}}, {}, patience);
  for (Position at = 21; at <= 40; ++at) queue.update({{"p", "new" + std::to_string(at), at}}, {}, patience);
  const auto taken = queue.take(10, kAll);
  ASSERT_EQ(taken.size(), 10u);
  EXPECT_EQ(taken[0].subject, "old1");  // one of five, the oldest
  EXPECT_EQ(taken[1].subject, "old2");
  EXPECT_EQ(taken[2].subject, "new21");
  EXPECT_EQ(taken[9].subject, "new28");
  EXPECT_EQ(queue.waiting(), 30u);
}

bool allowed(const std::string& address, bool tls) { return may_connect(boost::asio::ip::make_address(address), tls); }

TEST(Addresses, PrivateOnesAreNotForHttps) {
  for (const char* address :
       {"127.0.0.1",       "127.9.9.9",        "0.0.0.0",         "10.1.2.3",    "172.16.0.1",
        "172.31.255.255",  "192.168.1.1",      "169.254.169.254", "100.64.0.1",  "198.18.0.1",
        "224.0.0.1",       "240.0.0.1",        "255.255.255.255", "::1",         "::",
        "fe80::1",         "fc00::1",          "fd12::1",         "fec0::1",     "ff02::1",
        "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",  "::127.0.0.1", "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",    "2002:7f00:1::1",   "2001::1",         "2001:db8::1", "3fff::1"}) {
    EXPECT_FALSE(allowed(address, true)) << address;
  }
  for (const char* address : {"8.8.8.8", "195.208.184.200", "172.32.0.1", "172.15.0.1", "100.128.0.1", "2a00:1450::1",
                              "2001:4860:4860::8888", "64:ff9b::8.8.8.8"}) {
    EXPECT_TRUE(allowed(address, true)) << address;
  }
}

TEST(Addresses, PlainHttpIsForThisMachineAlone) {
  EXPECT_TRUE(allowed("127.0.0.1", false));
  EXPECT_TRUE(allowed("::1", false));
  for (const char* address : {"8.8.8.8", "10.0.0.1", "0.0.0.0", "::ffff:127.0.0.1", "2a00:1450::1"}) {
    EXPECT_FALSE(allowed(address, false)) << address;
  }
}

TEST(BaseUrl, IsTakenApart) {
  const auto base = BaseUrl::parse("https://acme.bitrix24.ru/rest/1/s3cret");
  EXPECT_TRUE(base.tls);
  EXPECT_EQ(base.host, "acme.bitrix24.ru");
  EXPECT_EQ(base.header, "acme.bitrix24.ru");
  EXPECT_EQ(base.port, "443");
  EXPECT_EQ(base.path, "/rest/1/s3cret/");
  const auto local = BaseUrl::parse("http://[::1]:8080");
  EXPECT_EQ(local.host, "::1");
  EXPECT_EQ(local.header, "[::1]:8080");
  EXPECT_EQ(local.path, "/");
}

TEST(BaseUrl, IsRefusedWithoutBeingRepeated) {
  for (const char* url :
       {"", "acme.bitrix24.ru", "ftp://h/s3cret", "https:///s3cret", "https://u:s3cret@h/", "https://h/?s3cret",
        "https://h/#s3cret", "http://8.8.8.8/s3cret", "http://10.0.0.1/s3cret", "https://127.0.0.1/s3cret",
        "https://[::1]/s3cret", "https://192.168.0.1/s3cret", "https://h:99999999/s3cret", "https://h/s3cret a"}) {
    try {
      static_cast<void>(BaseUrl::parse(url));
      ADD_FAILURE() << url;
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(), Not(HasSubstr("s3cret")));
    }
  }
}

}  // namespace
}  // namespace kpistream::ingest
