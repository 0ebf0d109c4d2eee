// The amoCRM reader before a scripted account: lists, pages, cursors, and what is no page at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <mutex>

#include "support.hpp"

namespace kpistream::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// An account whose lists are empty (204) but for those a test answers. Handlers run on its own thread.
class Account {
 public:
  using List = std::function<Reply(const SeenRequest&)>;

  Account()
      : server([this](const SeenRequest& request) {
          const auto it = lists.find(name_of(request.target));
          return it == lists.end() ? reply(204, "", "") : it->second(request);
        }) {}

  // "leads/notes" of "/api/v4/leads/notes?page=1"; "leads/bin" where what was deleted is asked for.
  static std::string name_of(const std::string& target) {
    if (target.find("only_deleted") != std::string::npos) return "leads/bin";
    const auto path = target.substr(0, target.find('?'));
    return path.starts_with("/api/v4/") ? path.substr(8) : "?" + path;
  }

  [[nodiscard]] std::vector<std::string> targets(const std::string& list) const {
    std::vector<std::string> some;
    for (const auto& request : server.seen()) {
      if (name_of(request.target) == list) some.push_back(request.target);
    }
    return some;
  }

  // So that no time passes unless a test says so.
  [[nodiscard]] ReaderOptions options() const {
    auto options = options_for(server.url());
    options.burst = options.per_second = 1e9;
    options.heal = true;
    return options;
  }

  std::map<std::string, List> lists;  // to be filled before the reader starts
  Server server;
};

Reply page(const std::string& items, const std::string& next = "") {
  const std::string link = next.empty() ? "" : R"(,"next":{"href":")" + next + "\"}";
  return reply(200,
               R"({"_page":1,"_links":{"self":{"href":"https://acme.amocrm.ru/"})" + link + R"(},"_embedded":{"x":[)" +
                   items + "]}}",
               "application/hal+json");
}

std::string row(int id, UnixSeconds at) {
  return R"({"id":)" + std::to_string(id) + R"(,"updated_at":)" + std::to_string(at) + R"(,"created_at":)" +
         std::to_string(at) + "}";
}

Reply refusal(int status) {
  return reply(status, R"({"title":"x","status":)" + std::to_string(status) + "}", "application/problem+json");
}

constexpr UnixSeconds kThen = 1'789'000'000;
const std::vector<std::string> kAll{"events",          "leads",           "tasks",           "leads/notes",
                                    "contacts/notes",  "companies/notes", "customers/notes", "users",
                                    "leads/pipelines", "catalogs",        "leads/bin"};

// The pages of a list that were written down.
std::vector<NewRecord> pages(const Bench& bench, const std::string& list) {
  std::vector<NewRecord> some;
  for (const auto& record : bench.journal.records()) {
    if (record.subject.starts_with(list + "?")) some.push_back(record);
  }
  return some;
}

std::string upto(const NewRecord& record) {
  const auto at = record.subject.find("upto=");
  return at == std::string::npos ? "" : record.subject.substr(at + 5);
}

TEST(AmoReader, ReadsEveryListAtStartWithTheTokenAndSaysHowFarEmptyOnesWereRead) {
  Account account;
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  for (const auto& list : kAll) {
    bench.until_still([&] { return account.targets(list).size() == 1; });
    if (list == "users" || list == "leads/pipelines" || list == "catalogs" || list == "leads/bin") continue;
    bench.until_still([&] { return !pages(bench, list).empty(); });
    const auto reading = pages(bench, list).front();
    EXPECT_EQ(reading.kind, RecordKind::reading);
    EXPECT_EQ(reading.crm, Crm::amocrm);
    EXPECT_EQ(reading.portal, "acme");
    EXPECT_EQ(reading.status, 204);
    EXPECT_EQ(reading.body, "");
    EXPECT_EQ(reading.asked, 0u);
    EXPECT_EQ(upto(reading), std::to_string(bench.clock.wall()));
  }
  for (const auto& request : account.server.seen()) {
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.bearer, "Bearer t0ken-canary");
  }
  EXPECT_EQ(account.targets("leads").size(), 1u);
}

TEST(AmoReader, AsksFromALittleBeforeWhereTheListWasReadTo) {
  Account account;
  auto options = account.options();
  options.cursor = [](const std::string& list) -> UnixSeconds { return list == "leads" ? kThen : 0; };
  Bench bench(make_amocrm_reader, options);
  bench.reader->start();
  bench.until_still([&] { return !account.targets("leads/bin").empty(); });
  EXPECT_THAT(account.targets("leads"),
              ElementsAre("/api/v4/leads?page=1&limit=250&with=contacts,loss_reason,source_id&order%5Bupdated_at%5D=asc"
                          "&filter%5Bupdated_at%5D%5Bfrom%5D=1788999400"));
  const std::string week = "from%5D=" + std::to_string(bench.clock.wall() - 7 * 86'400);
  EXPECT_THAT(account.targets("tasks"), ElementsAre(EndsWith(week)));
  EXPECT_THAT(account.targets("events"), ElementsAre(HasSubstr("?page=1&limit=100&")));
  EXPECT_THAT(account.targets("events"), ElementsAre(EndsWith("&filter%5Bcreated_at%5D%5B" + week)));
  EXPECT_THAT(account.targets("contacts/notes"),
              ElementsAre(HasSubstr("&filter%5Bnote_type%5D%5B%5D=call_in&filter%5Bnote_type%5D%5B%5D=call_out"
                                    "&filter%5Bnote_type%5D%5B%5D=common&")));
  EXPECT_THAT(account.targets("users"), ElementsAre("/api/v4/users?page=1&limit=250"));
}

TEST(AmoReader, ANewPortalIsReadFromWhereItsFiguresBegin) {
  Account account;
  auto options = account.options();
  options.first_read_from = 1'788'000'000;
  Bench bench(make_amocrm_reader, options);
  bench.reader->start();
  bench.until_still([&] { return !account.targets("tasks").empty(); });
  EXPECT_THAT(account.targets("tasks"), ElementsAre(EndsWith("from%5D=1788000000")));
}

TEST(AmoReader, WithoutHealingOnlyDirectoriesAreRead) {
  Account account;
  auto options = account.options();
  options.heal = false;
  Bench bench(make_amocrm_reader, options);
  bench.reader->start();
  bench.until_still([&] { return !account.targets("leads/bin").empty(); });
  EXPECT_EQ(account.server.seen().size(), 4u);
}

TEST(AmoReader, APageBeginsWhereTheOneBeforeEndedAndTheLastAnswersTheWish) {
  Account account;
  account.lists["leads"] = [](const SeenRequest& request) {
    if (request.target.ends_with("=1789000100")) return page(row(2, kThen + 100) + "," + row(3, kThen + 200));
    return page(row(1, kThen) + "," + row(2, kThen + 100), "https://acme.amocrm.ru/api/v4/leads?page=2&limit=250");
  };
  Bench bench(make_amocrm_reader, account.options());
  bench.wish("leads", 7);
  bench.reader->start();
  bench.until_still([&] { return !bench.of("leads").empty(); });
  const auto targets = account.targets("leads");
  ASSERT_EQ(targets.size(), 2u);
  EXPECT_THAT(targets[1], StartsWith("/api/v4/leads?page=1&limit=250&"));
  const auto read = pages(bench, "leads");
  ASSERT_EQ(read.size(), 2u);
  EXPECT_THAT(read[0].body, HasSubstr(R"({"id":1,)"));
  EXPECT_THAT(read[0].subject, EndsWith("&more=1"));
  EXPECT_THAT(read[1].body, HasSubstr(R"({"id":3,)"));
  EXPECT_EQ(upto(read[1]), std::to_string(bench.clock.wall()));
  EXPECT_EQ(read[0].asked + read[1].asked, 0u);
  const auto answer = bench.of("leads").front();
  EXPECT_EQ(answer.asked, 7u);
  EXPECT_EQ(answer.status, 204);
}

TEST(AmoReader, ListsWithoutAnOrderByTimeAreReadByNumber) {
  Account account;
  account.lists["tasks"] = [](const SeenRequest& request) {
    if (request.target.find("page=1&") == std::string::npos) return page(row(300, kThen));
    std::string rows = row(1, kThen + 500);
    for (int i = 2; i <= 250; ++i) rows += "," + row(i, kThen);
    return page(rows, "https://h/api/v4/tasks?page=2");
  };
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  bench.until_still([&] { return pages(bench, "tasks").size() == 2; });
  EXPECT_THAT(account.targets("tasks").at(1), StartsWith("/api/v4/tasks?page=2&limit=250&"));
}

TEST(AmoReader, AnEmptyPageAfterAFullOneIsTheLast) {
  Account account;
  account.lists["tasks"] = [](const SeenRequest& request) {
    if (request.target.find("page=1&") != std::string::npos) return page("", "https://h/api/v4/tasks?page=2");
    return reply(204, "", "");
  };
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  bench.until_still([&] { return pages(bench, "tasks").size() == 2; });
  EXPECT_EQ(pages(bench, "tasks").back().status, 204);
  EXPECT_NE(upto(pages(bench, "tasks").back()), "");
}

TEST(AmoReader, ReadsAListWhenAWishForItComes) {
  Account account;
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  bench.until_still([&] { return !account.targets("leads/bin").empty(); });
  bench.wish("contacts/notes", 12);
  bench.until_still([&] { return bench.of("contacts/notes").size() == 1; });
  EXPECT_EQ(bench.of("contacts/notes").back().asked, 12u);
  EXPECT_EQ(account.targets("contacts/notes").size(), 2u);
  EXPECT_EQ(account.targets("leads").size(), 1u);
}

TEST(AmoReader, AsksAgainWhenAnEventComesWhileTheRequestIsOnItsWay) {
  Account account;
  Bench* renewing = nullptr;
  account.lists["leads"] = [&renewing, first = true](const SeenRequest&) mutable {
    if (std::exchange(first, false)) renewing->wish("leads", 9);
    return page("");
  };
  Bench bench(make_amocrm_reader, account.options());
  renewing = &bench;
  bench.wish("leads", 4);
  bench.reader->start();
  bench.until_still([&] { return bench.of("leads").size() == 2; });
  EXPECT_EQ(bench.of("leads")[0].asked, 4u);
  EXPECT_EQ(bench.of("leads")[1].asked, 9u);
}

TEST(AmoReader, ReadsListsAndDirectoriesEachInItsTime) {
  Account account;
  auto options = account.options();
  options.poll = std::chrono::minutes(5);
  options.directory = std::chrono::hours(1);
  Bench bench(make_amocrm_reader, options);
  bench.reader->start();
  bench.until_still([&] { return account.targets("leads/bin").size() == 1; });
  for (std::size_t round = 2; round <= 12; ++round) {
    bench.let_pass(seconds(299), 1);
    EXPECT_EQ(account.targets("leads").size(), round - 1);
    bench.let_pass(seconds(1), 1);
    bench.until_still([&] { return account.targets("customers/notes").size() == round; });
  }
  EXPECT_EQ(account.targets("users").size(), 1u);
  bench.let_pass(std::chrono::minutes(5), 1);
  bench.until_still([&] { return account.targets("leads/bin").size() == 2; });
}

TEST(AmoReader, WhatIsTheSameAsBeforeIsNotWrittenDownAgain) {
  Account account;
  account.lists["leads"] = [](const SeenRequest&) { return page(row(1, kThen)); };
  auto options = account.options();
  options.poll = seconds(10);
  Bench bench(make_amocrm_reader, options);
  bench.reader->start();
  bench.until([&] { return account.targets("leads").size() >= 5; }, seconds(1));
  EXPECT_EQ(pages(bench, "leads").size(), 1u);
}

// The clock of the account counts, not ours: what changed there since cannot be older.
TEST(AmoReader, HowFarAListWasReadIsTheAccountsTime) {
  Account account;
  account.lists["leads"] = [](const SeenRequest&) {
    return reply(200, R"({"_embedded":{"leads":[]}})", "application/hal+json",
                 "Date: Thu, 10 Sep 2026 00:26:40 GMT\r\n");
  };
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  bench.until_still([&] { return !pages(bench, "leads").empty(); });
  EXPECT_EQ(upto(pages(bench, "leads").front()), "1789000000");
  EXPECT_EQ(bench.figure("kpistream_sync_verified_timestamp_seconds{portal=acme,list=leads}"), 1'789'000'000);
}

TEST(AmoReader, AnEventIsWrittenDownOnce) {
  Account account;
  int asked = 0;
  const auto event = [](const std::string& id) { return R"({"id":")" + id + R"(","created_at":1789369000})"; };
  account.lists["events"] = [&](const SeenRequest&) {
    return page(++asked == 1 ? event("b") + "," + event("a") : event("c") + "," + event("b") + "," + event("a"));
  };
  auto options = account.options();
  options.poll = seconds(10);
  Bench bench(make_amocrm_reader, options);
  bench.reader->start();
  bench.until([&] { return account.targets("events").size() >= 4; }, seconds(1));
  const auto read = pages(bench, "events");
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[1].body, R"({"_embedded":{"events":[)" + event("c") + "]}}");
}

TEST(AmoReader, TheInvoicesAreThoseOfTheCatalogueThatHoldsThem) {
  Account account;
  account.lists["catalogs"] = [](const SeenRequest&) {
    return reply(200, R"({"_embedded":{"catalogs":[{"id":10229,"type":"regular"},{"id":10230,"type":"invoices"}]}})",
                 "application/hal+json");
  };
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  bench.until_still([&] { return !account.targets("catalogs/10230/elements").empty(); });
  bench.until_still([&] { return !pages(bench, "catalogs/elements").empty(); });
  EXPECT_TRUE(account.targets("catalogs/10229/elements").empty());
}

// ---- trouble

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
  EXPECT_EQ(bench.figure("kpistream_sync_failing{portal=acme,list=leads}"), 0);
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
  account.lists["events"] = [&](const SeenRequest&) {
    asked.push_back(clock->steady());
    const int number = ++n;
    return number == 1 ? refusal(429) : number <= 4 ? refusal(403) : page("");
  };
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
  bench.until([&] { return count >= 100; }, milliseconds(50));
  account.server.stop();
  EXPECT_LE(most, 6u);
  EXPECT_GE(most, 4u);
}

TEST(AmoReader, AsksForNothingOutsideItsTable) {
  Account account;
  Bench bench(make_amocrm_reader, account.options());
  for (const char* subject : {"leads?page=2", "contacts", "leads/1", "", "../oauth2", "account", "http://h/leads"}) {
    bench.wish(subject, 1);
  }
  bench.wish("leads", 2);
  bench.reader->start();
  bench.until_still([&] { return !account.targets("leads/bin").empty(); });
  EXPECT_EQ(account.server.seen().size(), kAll.size());
  for (const auto& request : account.server.seen()) {
    EXPECT_THAT(kAll, Contains(Account::name_of(request.target)));
  }
  EXPECT_EQ(bench.figure("kpistream_enrichment_queue{portal=acme}"), 1);
}

TEST(AmoReader, ItsTokenIsInNoReadingAndNoFigure) {
  Account account;
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  bench.until_still([&] { return !account.targets("leads/bin").empty(); });
  EXPECT_THAT(bench.figures(), Not(HasSubstr("canary")));
  for (const auto& record : bench.journal.records()) {
    EXPECT_THAT(record.body + record.subject, Not(HasSubstr("canary")));
  }
}

// Two questions at a time, one of them a POST, every ten minutes.
class Errand final : public RestErrand {
 public:
  [[nodiscard]] Time due() const override { return due_; }
  [[nodiscard]] std::optional<Request> next(Time now) override {
    if (now < due_) return std::nullopt;
    return half_ ? Request{true, "api/v4/webhooks", "{}"} : Request{false, "api/v4/webhooks?limit=250", ""};
  }
  void take(unsigned status, const std::string& body, Time now) override {
    half_ = !half_;
    if (!half_) due_ = now + std::chrono::minutes(10);
    const std::lock_guard lock(mutex_);
    told_.push_back(std::to_string(status) + body);
  }
  void collect(MeterSink& sink) const override { sink.gauge("errand", "", {}, 7); }

  [[nodiscard]] std::vector<std::string> told() const {
    const std::lock_guard lock(mutex_);
    return told_;
  }

 private:
  Time due_{};
  bool half_ = false;
  mutable std::mutex mutex_;
  std::vector<std::string> told_;
};

TEST(AmoReader, DoesErrandsInTheirOwnTime) {
  Account account;
  account.lists["webhooks"] = [](const SeenRequest& request) {
    if (request.method == "POST") return reply(201, request.body, "application/hal+json");
    return page(R"({"id":1,"disabled":true})");
  };
  const auto errand = std::make_shared<Errand>();
  auto options = account.options();
  options.errands.push_back(errand);
  Bench bench(make_amocrm_reader, options);
  bench.reader->start();
  bench.until_still([&] { return errand->told().size() == 2; });
  EXPECT_EQ(account.targets("webhooks"), (std::vector<std::string>{"/api/v4/webhooks?limit=250", "/api/v4/webhooks"}));
  bench.let_pass(seconds(599), 1);
  EXPECT_EQ(errand->told().size(), 2u);
  bench.let_pass(seconds(1), 1);
  bench.until_still([&] { return errand->told().size() == 4; });
  EXPECT_THAT(errand->told()[0], HasSubstr(R"("disabled":true)"));
  EXPECT_EQ(errand->told()[1], "201{}");
  EXPECT_TRUE(bench.of("webhooks").empty());
  EXPECT_EQ(bench.figure("errand{}"), 7);
  EXPECT_EQ(bench.figure(R"(kpistream_api_requests_total{portal="acme",result="failed"})"), 0);
}

// ---- backfill

TEST(AmoReader, ABackfillReadsEachListOnceAndSaysWhenItIsWhole) {
  Account account;
  Bench bench(make_amocrm_reader, account.options());
  EXPECT_EQ(bench.reader->backfill(kThen), BackfillStart::impossible);
  bench.reader->start();
  bench.until_still([&] { return !account.targets("leads/bin").empty(); });
  account.server.seen();
  EXPECT_EQ(bench.reader->backfill(kThen), BackfillStart::begun);
  bench.until([&] { return !bench.of("backfill?since=1789000000").empty(); }, milliseconds(100));
  EXPECT_EQ(bench.of("backfill?cursor=backfill/1789000000/leads").size(), 1u);
  for (const char* list : {"leads", "tasks", "leads/notes", "events"}) {
    const auto read = pages(bench, list);
    EXPECT_THAT(read.back().subject, HasSubstr("&from=1789000000&backfill=1789000000&upto=9223372036854775807"))
        << list;
  }
  bench.until_still([&] { return !bench.reader->backfill_progress().active; });
  EXPECT_TRUE(bench.reader->backfill_progress().refused.empty());
}

TEST(AmoReader, ABackfillGoesOnWhereItWas) {
  Account account;
  auto options = account.options();
  options.backfills = [] {
    return BackfillCursors{{"backfill/1789000000/leads", 1'789'100'000},
                           {"backfill/1789000000/tasks", 501},
                           {"backfill/1789000000/events", kBackfillDone}};
  };
  Bench bench(make_amocrm_reader, options);
  EXPECT_TRUE(bench.reader->backfill_progress().active);
  bench.reader->start();
  bench.until([&] { return !bench.of("backfill?since=1789000000").empty(); }, milliseconds(100));
  EXPECT_THAT(account.targets("leads").back(), EndsWith("from%5D=1789100000"));
  EXPECT_THAT(account.targets("tasks").back(), StartsWith("/api/v4/tasks?page=3&limit=250&"));
  EXPECT_THAT(account.targets("tasks").back(), EndsWith("from%5D=1789000000"));
  EXPECT_EQ(account.targets("events").size(), 1u);
}

TEST(AmoReader, AListThatTheAccountRefusesToABackfillIsTold) {
  Account account;
  account.lists["companies/notes"] = [](const SeenRequest&) { return refusal(403); };
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  bench.until_still([&] { return !account.targets("leads/bin").empty(); });
  ASSERT_EQ(bench.reader->backfill(kThen), BackfillStart::begun);
  EXPECT_EQ(bench.reader->backfill(kThen), BackfillStart::busy);
  bench.until([&] { return !bench.reader->backfill_progress().active; }, milliseconds(100));
  EXPECT_THAT(bench.reader->backfill_progress().refused, ElementsAre("companies/notes"));
}

}  // namespace
}  // namespace kpistream::ingest
