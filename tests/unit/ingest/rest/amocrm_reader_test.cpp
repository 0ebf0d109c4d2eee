// The amoCRM reader before a scripted account: lists, pages, cursors, and what is no page at all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <thread>

#include "amocrm_account.hpp"
#include "ingest/rest/amocrm_lists.hpp"

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

TEST(AmoReader, ReadsEveryListAtStartWithTheTokenAndSaysHowFarEmptyOnesWereRead) {
  Account account;
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  for (const auto& list : kAll) {
    bench.until_still([&] { return account.targets(list).size() == 1; });
    if (amocrm_list(list)->time.empty()) continue;
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
              ElementsAre("/api/v4/leads?page=1&limit=250&with=contacts&order%5Bupdated_at%5D=asc"
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
  EXPECT_EQ(account.server.seen().size(), 5u);
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

TEST(AmoReader, LeadsThatWereToldToBeDeletedAreAskedForTogether) {
  Account account;
  account.lists["leads"] = [](const SeenRequest& request) {
    return request.target.find("filter%5Bid%5D") == std::string::npos ? reply(204, "", "") : page(row(7, kThen));
  };
  Bench bench(make_amocrm_reader, account.options());
  bench.wish("leads/5", 3);
  bench.wish("leads/7", 4);
  bench.wish("leads/x", 5);
  bench.reader->start();
  bench.until_still([&] { return !bench.of("leads/7").empty(); });
  EXPECT_THAT(account.targets("leads").front(), EndsWith("&filter%5Bid%5D%5B%5D=5&filter%5Bid%5D%5B%5D=7"));
  EXPECT_EQ(bench.of("leads/5").front().status, 204);
  EXPECT_EQ(bench.of("leads/5").front().asked, 3u);
  EXPECT_EQ(bench.of("leads/7").front().status, 200);
  EXPECT_EQ(bench.of("leads/7").front().body, R"({"_embedded":{"leads":[)" + row(7, kThen) + "]}}");
  EXPECT_EQ(bench.figure("kpistream_enrichment_queue{portal=acme}"), 2);
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
  // Answered too: only then does the reader know when it is to ask again.
  const auto until_asked = [&](const std::string& list, std::size_t times) {
    bench.until_still([&] {
      return account.targets(list).size() == times &&
             bench.figure("kpistream_api_requests_total{portal=acme,result=ok}") ==
                 static_cast<double>(account.server.seen().size());
    });
  };
  until_asked("leads/bin", 1);
  for (std::size_t round = 2; round <= 12; ++round) {
    bench.let_pass(seconds(299), 1);
    EXPECT_EQ(account.targets("leads").size(), round - 1);
    bench.let_pass(seconds(1), 1);
    until_asked("customers/notes", round);
  }
  EXPECT_EQ(account.targets("users").size(), 1u);
  bench.let_pass(std::chrono::minutes(5), 1);
  until_asked("leads/bin", 2);
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
  // No such figure before: it is told once the reading is safe, a moment after the journal has it.
  const std::string verified = "kpistream_sync_verified_timestamp_seconds{portal=acme,list=leads}";
  bench.until_still([&] { return bench.figures().find(verified) != std::string::npos; });
  EXPECT_EQ(bench.figure(verified), 1'789'000'000);
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

TEST(AmoReader, AsksForNothingOutsideItsTable) {
  Account account;
  Bench bench(make_amocrm_reader, account.options());
  for (const char* subject :
       {"leads?page=2", "contacts", "leads/x", "", "../oauth2", "account", "http://h/leads",
        "customers/5/transactions?page=2", "customers/x/transactions", "customers/transactions"}) {
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
  void collect(MeterSink& sink) const override { sink.gauge("errand", "What it is.", {{"portal", "acme"}}, 7); }

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
  EXPECT_EQ(bench.figure("errand{portal=acme}"), 7);
  EXPECT_EQ(bench.figure("kpistream_api_requests_total{portal=acme,result=failed}"), 0);
}

// ---- backfill

TEST(AmoReader, ABackfillReadsEachListOnceAndSaysWhenItIsWhole) {
  Account account;
  Bench bench(make_amocrm_reader, account.options());
  EXPECT_EQ(bench.reader->backfill(kThen), BackfillStart::impossible);
  bench.reader->start();
  bench.until_still([&] { return !account.targets("leads/bin").empty(); });
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
  std::atomic<bool> held{false};
  account.lists["companies/notes"] = [&held](const SeenRequest&) {
    while (held) std::this_thread::yield();
    return refusal(403);
  };
  Bench bench(make_amocrm_reader, account.options());
  bench.reader->start();
  bench.until_still([&] { return !account.targets("leads/bin").empty(); });
  held = true;
  EXPECT_EQ(bench.reader->backfill(kThen), BackfillStart::begun);
  EXPECT_EQ(bench.reader->backfill(kThen), BackfillStart::busy);
  held = false;
  bench.until([&] { return !bench.reader->backfill_progress().active; }, milliseconds(100));
  EXPECT_THAT(bench.reader->backfill_progress().refused, ElementsAre("companies/notes"));
}

}  // namespace
}  // namespace kpistream::ingest
