// The amoCRM reader before a scripted account: lists, pages, cursors, and what is no page at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

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

  // "leads/notes" of "/api/v4/leads/notes?page=1".
  static std::string name_of(const std::string& target) {
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

const std::vector<std::string> kAll{"leads",           "tasks", "leads/notes",    "contacts/notes",
                                    "companies/notes", "users", "leads/pipelines"};

TEST(AmoReader, ReadsEveryListAtStartWithTheTokenAndWritesEmptyOnesToo) {
  Account account;
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  for (const auto& list : kAll) {
    bench.until_still([&] { return !bench.of(list).empty(); });
    const auto reading = bench.of(list).front();
    EXPECT_EQ(reading.kind, RecordKind::reading);
    EXPECT_EQ(reading.crm, Crm::amocrm);
    EXPECT_EQ(reading.portal, "acme");
    EXPECT_EQ(reading.status, 204);
    EXPECT_EQ(reading.body, "");
    EXPECT_EQ(reading.asked, 0u);
  }
  for (const auto& request : account.server.seen()) {
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.bearer, "Bearer t0ken-canary");
  }
}

TEST(AmoReader, AsksFromALittleBeforeWhereTheListWasReadTo) {
  Account account;
  auto options = account.options();
  options.cursor = [](const std::string& list) -> UnixSeconds { return list == "leads" ? 1'789'000'000 : 0; };
  Bench bench(make_amocrm_reader, options);
  bench.reader->start();
  bench.until_still([&] { return !bench.of("leads/pipelines").empty(); });
  EXPECT_THAT(account.targets("leads"),
              ElementsAre("/api/v4/leads?page=1&limit=250&with=contacts,loss_reason,source_id&order%5Bupdated_at%5D=asc"
                          "&filter%5Bupdated_at%5D%5Bfrom%5D=1788999400"));
  const std::string week = "from%5D=" + std::to_string(bench.clock.wall() - 7 * 86'400);
  EXPECT_THAT(account.targets("tasks"), ElementsAre(EndsWith(week)));
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
  bench.until_still([&] { return !bench.of("tasks").empty(); });
  EXPECT_THAT(account.targets("tasks"), ElementsAre(EndsWith("from%5D=1788000000")));
}

TEST(AmoReader, FollowsPagesAndGivesTheLastOneThePlainSubject) {
  Account account;
  account.lists["leads"] = [](const SeenRequest& request) {
    if (request.target.find("page=1&") != std::string::npos)
      return page(R"({"id":1})", "https://acme.amocrm.ru/api/v4/leads?page=2&limit=250&order[updated_at]=asc");
    if (request.target.find("page=2&") != std::string::npos)
      return page(R"({"id":2})", "https://acme.amocrm.ru/api/v4/leads?page=3&limit=250");
    return page(R"({"id":3})");
  };
  Bench bench(make_amocrm_reader, account.options());
  bench.wish("leads", 7);
  bench.reader->start();
  bench.until_still([&] { return !bench.of("leads").empty(); });
  const auto targets = account.targets("leads");
  ASSERT_EQ(targets.size(), 3u);
  EXPECT_EQ(targets[1], "/api/v4/leads?page=2&limit=250&order%5Bupdated_at%5D=asc");
  EXPECT_EQ(targets[2], "/api/v4/leads?page=3&limit=250");
  EXPECT_THAT(bench.of("leads?page=1").front().body, HasSubstr(R"({"id":1})"));
  EXPECT_THAT(bench.of("leads?page=2").front().body, HasSubstr(R"({"id":2})"));
  const auto last = bench.of("leads").front();
  EXPECT_THAT(last.body, HasSubstr(R"({"id":3})"));
  EXPECT_EQ(last.status, 200);
  EXPECT_EQ(last.asked, 7u);
  EXPECT_EQ(bench.of("leads?page=1").front().asked, 0u);
}

TEST(AmoReader, AnEmptyPageAfterAFullOneIsTheLast) {
  Account account;
  account.lists["tasks"] = [](const SeenRequest& request) {
    if (request.target.find("page=1&") != std::string::npos) return page("", "https://h/api/v4/tasks?page=2");
    return reply(204, "", "");
  };
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  bench.until_still([&] { return !bench.of("tasks").empty(); });
  EXPECT_EQ(bench.of("tasks?page=1").size(), 1u);
  EXPECT_EQ(bench.of("tasks").front().status, 204);
}

TEST(AmoReader, ReadsAListWhenAWishForItComes) {
  Account account;
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  bench.until_still([&] { return !bench.of("leads/pipelines").empty(); });
  bench.wish("contacts/notes", 12);
  bench.until_still([&] { return bench.of("contacts/notes").size() == 2; });
  EXPECT_EQ(bench.of("contacts/notes").back().asked, 12u);
  EXPECT_EQ(bench.of("leads").size(), 1u);
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
  bench.until_still([&] { return !bench.of("leads/pipelines").empty(); });
  for (std::size_t round = 2; round <= 12; ++round) {
    bench.let_pass(seconds(299), 1);
    EXPECT_EQ(bench.of("leads").size(), round - 1);
    bench.let_pass(seconds(1), 1);
    bench.until_still([&] { return bench.of("companies/notes").size() == round; });
  }
  EXPECT_EQ(bench.of("users").size(), 1u);
  bench.let_pass(std::chrono::minutes(5), 1);
  bench.until_still([&] { return bench.of("leads/pipelines").size() == 2; });
}

struct Trouble {
  std::string name;
  Reply reply;
  std::string result;
};

class AmoRetry : public testing::TestWithParam<Trouble> {};

TEST_P(AmoRetry, ReadsTheListLaterAndHoldsTheOthersBackNoLonger) {
  Account account;
  account.lists["leads"] = [n = 0](const SeenRequest&) mutable {
    return ++n <= 3 ? GetParam().reply : page(R"({"id":1})");
  };
  auto options = account.options();
  options.deadline = milliseconds(500);
  options.answer_bytes_max = 1u << 20;
  Bench bench(make_amocrm_reader, options);
  bench.wish("leads", 7);
  bench.reader->start();
  EXPECT_EQ(bench.wait_for("leads").front().asked, 7u);
  EXPECT_EQ(bench.of("leads").front().status, 200);
  EXPECT_THAT(bench.of("leads").front().body, HasSubstr(R"({"id":1})"));
  EXPECT_EQ(account.targets("leads").size(), 4u);
  EXPECT_FALSE(bench.of("tasks").empty());
  EXPECT_EQ(bench.figure("kpistream_api_requests_total{portal=acme,result=" + GetParam().result + "}"), 3);
}

Reply raw(const std::string& bytes) {
  Reply out;
  out.bytes = bytes;
  out.close = true;
  return out;
}

INSTANTIATE_TEST_SUITE_P(
    All, AmoRetry,
    testing::Values(Trouble{"TooMany", reply(429, "{}", "application/problem+json"), "limited"},
                    Trouble{"Blocked", reply(403, "{}", "application/problem+json"), "denied"},
                    Trouble{"TokenExpired", reply(401, "{}", "application/problem+json"), "denied"},
                    Trouble{"Unpaid", reply(402, "{}", "application/problem+json"), "denied"},
                    Trouble{"Gateway", reply(504, "<html>", "text/html"), "failed"},
                    Trouble{"Html", reply(200, "<html>", "text/html"), "failed"},
                    Trouble{"Redirect", reply(302, "{}", "application/json", "Location: http://127.0.0.1:1/\r\n"),
                            "failed"},
                    Trouble{"CutOff", reply(200, R"({"_embedded":{"leads":[{"id":1)"), "failed"},
                    Trouble{"Brackets", reply(200, std::string(100'000, '[')), "failed"},
                    Trouble{"Gigabyte", raw("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"), "failed"},
                    Trouble{"LinkWithoutQuery", page("", "https://acme.amocrm.ru/api/v4/leads"), "failed"},
                    Trouble{"LinkThatSplitsTheRequest", page("", R"(https://h/?a HTTP/1.1\r\nX: y)"), "failed"}),
    [](const auto& trouble) { return trouble.param.name; });

TEST(AmoReader, AListBrokenOffIsReadFromItsBeginningAndEndsOnce) {
  Account account;
  account.lists["leads"] = [n = 0](const SeenRequest& request) mutable {
    if (request.target.find("page=1&") != std::string::npos) return page(R"({"id":1})", "https://h/?page=2&limit=250");
    return ++n == 1 ? reply(502, "<html>", "text/html") : page(R"({"id":2})");
  };
  Bench bench(make_amocrm_reader, account.options());
  const auto start = bench.clock.steady();
  bench.reader->start();
  bench.until([&] { return !bench.of("leads").empty(); }, milliseconds(10));
  EXPECT_LT(bench.clock.steady() - start, std::chrono::minutes(1));  // long before the next poll
  EXPECT_EQ(bench.of("leads?page=1").size(), 2u);
  EXPECT_EQ(bench.of("leads").size(), 1u);
}

TEST(AmoReader, ARefusalOfOneListIsWrittenDownAndNotAskedForAgainAtOnce) {
  Account account;
  account.lists["companies/notes"] = [](const SeenRequest&) {
    return reply(404, R"({"title":"Not Found","status":404})", "application/problem+json");
  };
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  bench.until_still([&] { return !bench.of("leads/pipelines").empty(); });
  EXPECT_EQ(bench.of("companies/notes").front().status, 404);
  bench.let_pass(seconds(100), 2);
  bench.wish("leads", 3);
  bench.until_still([&] { return bench.of("leads").size() == 2; });
  EXPECT_EQ(account.targets("companies/notes").size(), 1u);
}

TEST(AmoReader, LinksNeverLeadElsewhere) {
  Server elsewhere([](const SeenRequest&) { return page(""); });
  Account account;
  account.lists["leads"] = [&elsewhere](const SeenRequest& request) {
    if (request.target.find("page=1&") != std::string::npos)
      return page("", elsewhere.url() + "/api/v4/users?page=2&limit=250");
    return page("");
  };
  account.lists["tasks"] = [&elsewhere, n = 0](const SeenRequest&) mutable {
    if (++n == 1) return reply(301, "{}", "application/json", "Location: " + elsewhere.url() + "/\r\n");
    return page("");
  };
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  bench.wait_for("tasks");
  EXPECT_EQ(elsewhere.connections(), 0u);
  EXPECT_EQ(account.targets("leads").at(1), "/api/v4/leads?page=2&limit=250");
}

TEST(AmoReader, ALinkToThePageItselfDoesNotGoRoundForEver) {
  Account account;
  account.lists["users"] = [n = 0](const SeenRequest&) mutable {
    return ++n <= 2 ? page("", "https://h/api/v4/users?page=1&limit=250") : page("");
  };
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  bench.wait_for("users");
  EXPECT_TRUE(bench.of("users?page=1").empty());
}

TEST(AmoReader, SendsAtMostSixRequestsWithinAnySecond) {
  HandClock* clock = nullptr;
  std::deque<std::chrono::steady_clock::time_point> within;
  std::size_t most = 0;
  std::atomic<int> pages{0};
  Account account;
  const auto count = [&](const SeenRequest&) {
    const auto now = clock->steady();
    within.push_back(now);
    while (now - within.front() >= seconds(1)) within.pop_front();
    most = std::max(most, within.size());
    const std::string next = std::to_string(++pages + 1);
    return pages >= 100 ? page("") : page("", "https://h/?page=" + next);
  };
  account.lists["leads"] = count;
  auto options = account.options();
  options.burst = options.per_second = 0;
  Bench bench(make_amocrm_reader, options);
  clock = &bench.clock;
  bench.reader->start();
  bench.until([&] { return !bench.of("leads").empty(); }, milliseconds(50));
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
  bench.until_still([&] { return !bench.of("leads/pipelines").empty(); });
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
  bench.until_still([&] { return !bench.of("leads/pipelines").empty(); });
  EXPECT_THAT(bench.figures(), Not(HasSubstr("canary")));
  for (const auto& record : bench.journal.records()) {
    EXPECT_THAT(record.body + record.subject, Not(HasSubstr("canary")));
  }
}

}  // namespace
}  // namespace kpistream::ingest
