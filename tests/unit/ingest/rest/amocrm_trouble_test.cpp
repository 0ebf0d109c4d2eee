// The amoCRM reader before an account that refuses, fails, blocks, or answers with what is no page at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "amocrm_account.hpp"

namespace kpistream::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

struct Trouble {
  std::string name;
  Reply reply;
  std::string result;
};

class AmoRetry : public testing::TestWithParam<Trouble> {};

TEST_P(AmoRetry, ReadsTheListLaterAndHoldsTheOthersBackNoLonger) {
  Account account;
  account.lists["leads"] = [n = 0](const SeenRequest&) mutable {
    return ++n <= 3 ? GetParam().reply : page(row(1, kThen));
  };
  auto options = account.options();
  options.deadline = milliseconds(500);
  options.answer_bytes_max = 1u << 20;
  Bench bench(make_amocrm_reader, options);
  bench.wish("leads", 7);
  bench.reader->start();
  EXPECT_EQ(bench.wait_for("leads").front().asked, 7u);
  EXPECT_THAT(pages(bench, "leads").front().body, HasSubstr(R"({"id":1,)"));
  EXPECT_EQ(account.targets("leads").size(), 4u);
  EXPECT_FALSE(pages(bench, "tasks").empty());
  EXPECT_EQ(bench.figure("kpistream_api_requests_total{portal=acme,result=" + GetParam().result + "}"), 3);
  bench.until_still([&] { return bench.figure("kpistream_sync_failing{portal=acme,list=leads}") == 0; });
}

Reply raw(const std::string& bytes) {
  Reply out;
  out.bytes = bytes;
  out.close = true;
  return out;
}

INSTANTIATE_TEST_SUITE_P(
    All, AmoRetry,
    testing::Values(Trouble{"TooMany", refusal(429), "limited"}, Trouble{"TokenExpired", refusal(401), "denied"},
                    Trouble{"Unpaid", refusal(402), "denied"},
                    Trouble{"Gateway", reply(504, "<html>", "text/html"), "failed"},
                    Trouble{"Html", reply(200, "<html>", "text/html"), "failed"},
                    Trouble{"Redirect", reply(302, "{}", "application/json", "Location: http://127.0.0.1:1/\r\n"),
                            "failed"},
                    Trouble{"CutOff", reply(200, R"({"_embedded":{"leads":[{"id":1)"), "failed"},
                    Trouble{"Brackets", reply(200, std::string(100'000, '[')), "failed"},
                    Trouble{"Gigabyte", raw("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"), "failed"}),
    [](const auto& trouble) { return trouble.param.name; });

TEST(AmoReader, AListBrokenOffGoesOnWhereItWas) {
  Account account;
  account.lists["leads"] = [n = 0](const SeenRequest& request) mutable {
    if (!request.target.ends_with("=1789000000")) return page(row(1, kThen), "https://h/?page=2&limit=250");
    return ++n == 1 ? reply(502, "<html>", "text/html") : page(row(2, kThen + 1));
  };
  Bench bench(make_amocrm_reader, account.options());
  const auto start = bench.clock.steady();
  bench.reader->start();
  bench.until([&] { return pages(bench, "leads").size() == 2; }, milliseconds(10));
  EXPECT_LT(bench.clock.steady() - start, std::chrono::minutes(1));  // long before the next poll
  EXPECT_EQ(account.targets("leads").size(), 3u);
}

TEST(AmoReader, AfterATimeoutPagesAreHalfAsLongAndGrowAgain) {
  Account account;
  account.lists["leads"] = [](const SeenRequest& request) {
    const bool much = request.target.find("limit=250") != std::string::npos;
    return much ? reply(504, "{}", "application/problem+json") : page(row(1, kThen));
  };
  auto options = account.options();
  options.poll = seconds(10);
  Bench bench(make_amocrm_reader, options);
  bench.reader->start();
  bench.until([&] { return account.targets("leads").size() >= 3; });
  EXPECT_THAT(account.targets("leads")[1], HasSubstr("limit=125"));
  EXPECT_THAT(account.targets("leads")[2], HasSubstr("limit=250"));
}

TEST(AmoReader, AListWithoutTheRightIsToldAndTheOthersGoOn) {
  Account account;
  account.lists["companies/notes"] = [](const SeenRequest&) { return refusal(403); };
  account.lists["customers/notes"] = [](const SeenRequest&) { return refusal(403); };
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  bench.until_still([&] { return !account.targets("leads/bin").empty(); });  // without any pause
  EXPECT_EQ(bench.figure("kpistream_sync_failing{portal=acme,list=companies/notes}"), 1);
  EXPECT_EQ(bench.figure("kpistream_sync_failing{portal=acme,list=customers/notes}"), 0)
      << "not every account has them";
  EXPECT_EQ(bench.figure("kpistream_account_refuses{portal=acme,reason=blocked}"), 0);
  bench.wish("companies/notes", 2);
  bench.let_pass(seconds(100), 2);
  bench.wish("leads", 3);
  bench.until_still([&] { return bench.of("leads").size() == 1; });
  EXPECT_EQ(account.targets("companies/notes").size(), 1u);
  bench.let_pass(std::chrono::hours(1), 1);
  bench.until_still([&] { return account.targets("companies/notes").size() == 2; });
}

// Whoever goes on asking while he is blocked stays blocked.
TEST(AmoReader, A403AfterA429IsABlockAndThePausesAreLong) {
  Account account;
  std::deque<std::chrono::steady_clock::time_point> asked;
  HandClock* clock = nullptr;
  std::atomic<int> n{0};
  const auto answer = [&](const SeenRequest&) {
    asked.push_back(clock->steady());
    const int number = ++n;
    return number == 1 ? refusal(429) : number <= 4 ? refusal(403) : page("");
  };
  for (const auto& list : kAll) account.lists[list] = answer;
  Bench bench(make_amocrm_reader, account.options());
  clock = &bench.clock;
  bench.reader->start();
  bench.until([&] { return n == 4; }, seconds(1));
  bench.until([&] { return bench.figure("kpistream_account_refuses{portal=acme,reason=blocked}") == 1; }, seconds(0));
  bench.until([&] { return !pages(bench, "events").empty(); }, seconds(1));
  account.server.stop();
  ASSERT_GE(asked.size(), 5u);
  EXPECT_GE(asked[2] - asked[1], seconds(60));
  EXPECT_GE(asked[3] - asked[2], seconds(120));
  EXPECT_GE(asked[4] - asked[3], seconds(240));
  EXPECT_EQ(bench.figure("kpistream_account_refuses{portal=acme,reason=blocked}"), 0);
}

TEST(AmoReader, AnAccountThatIsNotPaidForIsTold) {
  Account account;
  std::atomic<bool> paid{false};
  account.lists["events"] = [&](const SeenRequest&) { return paid ? page("") : refusal(402); };
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  bench.until([&] { return bench.figure("kpistream_account_refuses{portal=acme,reason=unpaid}") == 1; }, seconds(0));
  paid = true;
  bench.until([&] { return !pages(bench, "events").empty(); }, seconds(1));
  bench.until_still([&] { return bench.figure("kpistream_account_refuses{portal=acme,reason=unpaid}") == 0; });
}

TEST(AmoReader, LinksNeverLeadElsewhere) {
  Server elsewhere([](const SeenRequest&) { return page(""); });
  Account account;
  account.lists["leads"] = [&elsewhere](const SeenRequest& request) {
    if (request.target.ends_with("=1789000000")) return page("");
    return page(row(1, kThen), elsewhere.url() + "/api/v4/users?page=7&limit=250");
  };
  account.lists["tasks"] = [&elsewhere, n = 0](const SeenRequest&) mutable {
    if (++n == 1) return reply(301, "{}", "application/json", "Location: " + elsewhere.url() + "/\r\n");
    return page("");
  };
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  bench.until([&] { return !pages(bench, "tasks").empty() && pages(bench, "leads").size() == 2; });
  EXPECT_EQ(elsewhere.connections(), 0u);
  EXPECT_THAT(account.targets("leads").at(1), StartsWith("/api/v4/leads?page=1&limit=250&"));
  EXPECT_EQ(account.targets("users").size(), 1u);
}

TEST(AmoReader, SendsAtMostSixRequestsWithinAnySecond) {
  HandClock* clock = nullptr;
  std::deque<std::chrono::steady_clock::time_point> within;
  std::size_t most = 0;
  std::atomic<int> count{0};
  Account account;
  account.lists["leads"] = [&](const SeenRequest&) {
    const auto now = clock->steady();
    within.push_back(now);
    while (now - within.front() >= seconds(1)) within.pop_front();
    most = std::max(most, within.size());
    return ++count >= 100 ? page("") : page(row(count, kThen + count), "https://h/?page=2");
  };
  auto options = account.options();
  options.burst = options.per_second = 0;
  Bench bench(make_amocrm_reader, options);
  clock = &bench.clock;
  bench.reader->start();
  // The clock moves when the budget is spent: whoever is slow here is not slow by the clock.
  while (count < 100 && !HasFailure()) {
    bench.until_still([&] {
      return count >= 100 || bench.figure("kpistream_api_budget_remaining_ratio{portal=acme}") < 0.51;  // one of two
    });
    bench.let_pass(milliseconds(50), 1);
  }
  account.server.stop();
  EXPECT_LE(most, 6u);
  EXPECT_GE(most, 4u);
}

}  // namespace
}  // namespace kpistream::ingest
