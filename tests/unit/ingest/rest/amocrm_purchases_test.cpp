// The amoCRM reader before a scripted account: purchases of customers, read where a wish names the customer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "amocrm_account.hpp"

namespace kpistream::ingest {
namespace {

using testing::ElementsAre;

const std::string kFive = "customers/5/transactions";
const std::string kSix = "customers/6/transactions";

TEST(AmoPurchasesReader, AllPagesOfACustomerAreReadAndTheLastAnswersTheWish) {
  Account account;
  account.lists[kFive] = [](const SeenRequest& request) {
    const bool first = request.target.find("?page=1&") != std::string::npos;
    return first ? page(row(71, kThen), "https://elsewhere/") : page(row(72, kThen));
  };
  Bench bench(make_amocrm_reader, account.options());
  bench.wish(kFive, 3);
  bench.wish(kSix, 4);
  bench.reader->start();
  bench.until_still([&] { return !bench.of(kFive).empty() && !bench.of(kSix).empty(); });
  ASSERT_EQ(bench.of(kSix).size(), 1U);
  EXPECT_THAT(account.targets(kFive), ElementsAre("/api/v4/customers/5/transactions?page=1&limit=250",
                                                  "/api/v4/customers/5/transactions?page=2&limit=250"));
  const auto first = bench.of(kFive + "?page=1&more=1");
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].asked, 0U);
  EXPECT_NE(first[0].body.find("71"), std::string::npos);
  ASSERT_EQ(bench.of(kFive).size(), 1U);
  EXPECT_EQ(bench.of(kFive)[0].asked, 3U);
  EXPECT_EQ(bench.of(kFive)[0].status, 200);
  EXPECT_NE(bench.of(kFive)[0].body.find("72"), std::string::npos);
  EXPECT_EQ(bench.of(kSix)[0].asked, 4U);
  EXPECT_EQ(bench.of(kSix)[0].status, 204);
}

TEST(AmoPurchasesReader, NothingIsAskedForUnlessItIsWished) {
  Account account;
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  bench.until_still([&] { return !account.targets("leads/bin").empty(); });
  bench.let_pass(std::chrono::minutes(10), 3);
  for (const auto& request : account.server.seen()) {
    EXPECT_EQ(request.target.find("/transactions"), std::string::npos) << request.target;
  }
}

TEST(AmoPurchasesReader, ACustomerWhoIsGoneHasNone) {
  Account account;
  account.lists[kFive] = [](const SeenRequest&) { return refusal(404); };
  Bench bench(make_amocrm_reader, account.options());
  bench.wish(kFive, 3);
  bench.reader->start();
  bench.until_still([&] { return !bench.of(kFive).empty(); });
  ASSERT_EQ(bench.of(kFive).size(), 1U);
  EXPECT_EQ(bench.of(kFive)[0].status, 204);
  EXPECT_EQ(bench.of(kFive)[0].asked, 3U);
}

TEST(AmoPurchasesReader, AFailureInTheMiddleBeginsAnewAndNoneIsForgotten) {
  Account account;
  account.lists[kFive] = [asked = 0](const SeenRequest&) mutable {
    ++asked;
    if (asked == 2) return reply(502, "<html>", "text/html");
    return asked % 2 == 1 ? page(row(71, kThen), "x") : page(row(72, kThen));
  };
  Bench bench(make_amocrm_reader, account.options());
  bench.wish(kFive, 3);
  bench.wish(kSix, 4);
  bench.reader->start();
  bench.until([&] { return !bench.of(kFive).empty() && !bench.of(kSix).empty(); });
  EXPECT_EQ(account.targets(kFive).size(), 4U);
  EXPECT_EQ(bench.of(kFive).size(), 1U);
}

TEST(AmoPurchasesReader, WithoutTheRightTheyWaitForAnHourAndTheListsGoOn) {
  Account account;
  account.lists[kFive] = [first = true](const SeenRequest&) mutable {
    return std::exchange(first, false) ? refusal(403) : page(row(71, kThen));
  };
  Bench bench(make_amocrm_reader, account.options());
  bench.wish(kFive, 3);
  bench.wish(kSix, 4);
  bench.reader->start();
  // The clock waits for the reader: a slow one would else see the hour pass at once.
  for (std::size_t round = 1; round <= 3; ++round) {
    bench.until_still([&] {
      return account.targets("leads").size() == round && account.targets(kFive).size() == 1 &&
             bench.figure("kpistream_api_requests_total{portal=acme,result=ok}") +
                     bench.figure("kpistream_api_requests_total{portal=acme,result=denied}") ==
                 static_cast<double>(account.server.seen().size());
    });
    if (round < 3) bench.let_pass(account.options().poll, 1);
  }
  EXPECT_EQ(account.targets(kFive).size(), 1U);
  EXPECT_TRUE(account.targets(kSix).empty());
  bench.until([&] { return !bench.of(kFive).empty() && !bench.of(kSix).empty(); }, std::chrono::minutes(10));
  EXPECT_EQ(account.targets(kFive).size(), 2U);
}

}  // namespace
}  // namespace kpistream::ingest
