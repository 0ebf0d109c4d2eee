// The Bitrix24 reader before a scripted portal: what it asks, what it writes down, and what makes it wait.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "bitrix24_portal.hpp"

namespace kpistream::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Reply errors(const std::string& code, const std::vector<std::string>& commands, const std::string& time = "{}") {
  std::string all;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    all += (i == 0 ? "\"w" : ",\"w") + std::to_string(i) + "\":{\"error\":\"" + code + "\",\"error_description\":\"\"}";
  }
  return reply(200, R"({"result":{"result":[],"result_error":{)" + all + R"(}},"time":)" + time + "}");
}

std::string deal(int id) { return "crm.deal.get?id=" + std::to_string(id); }

void read_one(Bench& bench) {
  bench.wish(deal(1), 1);
  bench.reader->start();
  bench.wait_for(deal(1));
}

TEST(Bitrix24Reader, ReadsManyWishesWithOneRequestAndWritesOneReadingEach) {
  Portal portal(echo);
  Bench bench(make_bitrix24_reader, portal.options());
  bench.wish("crm.lead.get?id=501", 3);
  bench.wish(deal(701), 4);
  bench.wish("crm.timeline.comment.get?id=8", 4);
  bench.wish("crm.item.get?entityTypeId=31&id=9", 5);
  bench.reader->start();
  const auto reading = bench.wait_for("crm.item.get?entityTypeId=31&id=9").front();
  EXPECT_THAT(portal.batches(),
              ElementsAre(ElementsAre("crm.lead.get?id=501", deal(701), "crm.timeline.comment.get?id=8",
                                      "crm.item.get?entityTypeId=31&id=9")));
  EXPECT_EQ(reading.kind, RecordKind::reading);
  EXPECT_EQ(reading.crm, Crm::bitrix24);
  EXPECT_EQ(reading.portal, "acme");
  EXPECT_EQ(reading.arrived, bench.clock.wall());
  EXPECT_EQ(reading.asked, 5u);
  EXPECT_EQ(reading.status, 200);
  EXPECT_EQ(reading.body, R"({"result":{"OF":"crm.item.get?entityTypeId=31&id=9"}})");
  EXPECT_EQ(bench.of(deal(701)).size(), 1u);
  EXPECT_EQ(bench.of("crm.lead.get?id=501").front().asked, 3u);
}

TEST(Bitrix24Reader, AsksForATaskWithTheRecordsItBelongsTo) {
  Portal portal(echo);
  Bench bench(make_bitrix24_reader, portal.options());
  bench.wish("tasks.task.get?taskId=88", 1);
  bench.reader->start();
  bench.wait_for("tasks.task.get?taskId=88");
  const std::string command = portal.batches().front().front();
  EXPECT_THAT(command, HasSubstr("tasks.task.get?taskId=88&select%5B%5D=ID&"));
  EXPECT_THAT(command, HasSubstr("&select%5B%5D=CLOSED_BY&"));
  EXPECT_THAT(command, HasSubstr("&select%5B%5D=UF_CRM_TASK"));
}

TEST(Bitrix24Reader, WritesTheFourWaysInWhichARecordIsMissing) {
  Portal portal([](const auto&) {
    return reply(200,
                 R"({"result":{"result":{"w2":[]},"result_error":{"w0":{"error":"","error_description":"Not found"},)"
                 R"("w1":{"error":"","error_description":""},"w3":{"error":"NOT_FOUND","error_description":"нет"}},)"
                 R"("result_total":[],"result_next":[],"result_time":[]},"time":{}})");
  });
  Bench bench(make_bitrix24_reader, portal.options());
  const std::vector<std::string> subjects{deal(1), "crm.activity.get?id=2", "tasks.task.get?taskId=3",
                                          "crm.item.get?entityTypeId=31&id=4"};
  for (std::size_t i = 0; i < subjects.size(); ++i) bench.wish(subjects[i], i + 1);
  bench.reader->start();
  const std::vector<std::string> bodies{R"({"error":"","error_description":"Not found"})",
                                        R"({"error":"","error_description":""})", R"({"result":[]})",
                                        R"({"error":"NOT_FOUND","error_description":"нет"})"};
  for (std::size_t i = 0; i < subjects.size(); ++i) {
    const auto reading = bench.wait_for(subjects[i]).front();
    EXPECT_EQ(reading.body, bodies[i]);
    EXPECT_EQ(reading.status, i == 2 ? 200 : 400);
  }
}

TEST(Bitrix24Reader, GathersTheEventsOfOneRecordIntoOneReading) {
  Portal portal(echo);
  auto options = portal.options();
  options.gather = seconds(1);
  Bench bench(make_bitrix24_reader, options);
  bench.reader->start();
  bench.until_still([&] { return !bench.of(kFunnels).empty(); });
  bench.wish(deal(701), 4);
  bench.let_pass(milliseconds(900), 1);
  bench.wish(deal(701), 5);
  bench.wish(deal(702), 6);
  bench.wait_for(deal(702));
  EXPECT_EQ(bench.wait_for(deal(701)).front().asked, 5u);
  EXPECT_THAT(portal.batches(), ElementsAre(ElementsAre(deal(701), deal(702))));
}

TEST(Bitrix24Reader, AsksAgainWhenAnEventComesWhileTheRequestIsOnItsWay) {
  Bench* renewing = nullptr;
  int asked = 0;
  Portal portal([&](const auto& commands) {
    if (++asked == 1) renewing->wish(deal(701), 9);
    return echo(commands);
  });
  Bench bench(make_bitrix24_reader, portal.options());
  renewing = &bench;
  bench.wish(deal(701), 4);
  bench.reader->start();
  const auto readings = bench.wait_for(deal(701), 2);
  EXPECT_EQ(readings[0].asked, 4u);
  EXPECT_EQ(readings[1].asked, 9u);
}

TEST(Bitrix24Reader, AsksNoMoreForWhatHasBeenReadOrFulfilled) {
  Portal portal(echo);
  Bench bench(make_bitrix24_reader, portal.options());
  bench.wish(deal(1), 1);
  bench.wish(deal(2), 2);
  bench.fulfil(deal(2));
  bench.reader->start();
  bench.wait_for(deal(1));
  bench.wish(deal(1), 1);  // handed in once more, not renewed
  bench.wish(deal(3), 3);
  bench.wait_for(deal(3));
  EXPECT_THAT(portal.batches(), ElementsAre(ElementsAre(deal(1)), ElementsAre(deal(3))));
}

TEST(Bitrix24Reader, AsksForNothingOutsideItsTable) {
  Portal portal(echo);
  Bench bench(make_bitrix24_reader, portal.options());
  for (const char* subject :
       {"crm.deal.delete?id=1", "crm.deal.get?id=", "crm.deal.get?id=1&select[]=*", "crm.deal.get?id=1x",
        "crm.deal.get?id=-1", "crm.deal.get?id=$result[w0][ID]", "crm.deal.get?ID=1", "Crm.deal.get?id=1",
        "crm.item.get?entityTypeId=x&id=1", "crm.deal.get?id=12345678901234567890", "user.get", "", "../../x",
        "http://127.0.0.1/?id=1", "crm.deal.get?id=1\",\"x\":\"crm.deal.delete?id=1"}) {
    bench.wish(subject, 1);
  }
  bench.wish(deal(7), 2);
  bench.reader->start();
  bench.wait_for(deal(7));
  EXPECT_THAT(portal.batches(), ElementsAre(ElementsAre(deal(7))));
  EXPECT_EQ(bench.figure("kpistream_enrichment_queue{portal=acme}"), 1);
}

struct Trouble {
  std::string name;
  Reply reply;
  std::string result;
};

class Bitrix24Retry : public testing::TestWithParam<Trouble> {};

TEST_P(Bitrix24Retry, KeepsTheWishAndReadsItLater) {
  int asked = 0;
  Portal portal([&](const auto& commands) { return ++asked <= 3 ? GetParam().reply : echo(commands); });
  auto options = portal.options();
  options.deadline = milliseconds(500);
  options.answer_bytes_max = 1u << 20;
  Bench bench(make_bitrix24_reader, options);
  bench.wish(deal(701), 4);
  bench.reader->start();
  EXPECT_EQ(bench.wait_for(deal(701)).front().status, 200);
  EXPECT_EQ(portal.batches().size(), 4u);
  EXPECT_EQ(bench.of(deal(701)).size(), 1u);
  EXPECT_EQ(bench.figure("kpistream_api_requests_total{portal=acme,result=" + GetParam().result + "}"), 3);
}

Reply silence() {
  Reply out;
  out.silent = true;
  return out;
}

Reply raw(const std::string& bytes) {
  Reply out;
  out.bytes = bytes;
  out.close = true;
  return out;
}

Reply dripping() {
  Reply out = reply(200, std::string(10'000, ' '));
  out.drip = true;
  return out;
}

const std::string kGoodPart = R"({"result":{"result":{"w0":{"ID":"701"}}}})";

INSTANTIATE_TEST_SUITE_P(
    All, Bitrix24Retry,
    testing::Values(Trouble{"TooManyRequests", reply(503, R"({"error":"QUERY_LIMIT_EXCEEDED"})"), "limited"},
                    Trouble{"OperatingLimit", reply(429, R"({"error":"OPERATION_TIME_LIMIT"})"), "limited"},
                    Trouble{"Html502", reply(502, "<html>", "text/html"), "failed"},
                    Trouble{"Html200", reply(200, kGoodPart, "text/html"), "failed"},
                    Trouble{"Gzip", reply(200, kGoodPart, "application/json", "Content-Encoding: gzip\r\n"), "failed"},
                    Trouble{"Error500", reply(500, R"({"error":"INTERNAL_SERVER_ERROR"})"), "failed"},
                    Trouble{"WrongSecret", reply(401, R"({"error":"INVALID_CREDENTIALS"})"), "denied"},
                    Trouble{"BatchRefused", reply(400, R"({"error":"INVALID_REQUEST"})"), "failed"},
                    Trouble{"NoContent", reply(204, "", ""), "failed"},
                    Trouble{"WrongType", reply(200, R"({"result":[1,2]})"), "failed"},
                    Trouble{"CutOff", reply(200, kGoodPart.substr(0, 30)), "failed"},
                    Trouble{"Brackets", reply(200, std::string(100'000, '[')), "failed"},
                    Trouble{"InnerLimit", errors("QUERY_LIMIT_EXCEEDED", {""}), "limited"},
                    Trouble{"PartMissing", reply(200, R"({"result":{"result":[],"result_error":[]}})"), "limited"},
                    Trouble{
                        "Gigabyte",
                        raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n"),
                        "failed"},
                    Trouble{"Silence", silence(), "failed"}, Trouble{"ByteByByte", dripping(), "failed"},
                    Trouble{"Hangup", raw("HTTP/1.1 2"), "failed"}),
    [](const auto& trouble) { return trouble.param.name; });

TEST(Bitrix24Reader, WaitsLongerAfterEachFailureAndAnewAfterASuccess) {
  HandClock* clock = nullptr;
  std::vector<std::chrono::steady_clock::time_point> times;
  Portal portal([&](const auto&) {
    times.push_back(clock->steady());
    return reply(500, "{}");
  });
  Bench bench(make_bitrix24_reader, portal.options());
  clock = &bench.clock;
  bench.wish(deal(1), 1);
  bench.reader->start();
  bench.until([&] { return portal.batches().size() >= 9; });
  portal.server.stop();
  // Half a chance of 1, 2, 4, ... 60 s: three quarters of them.
  const std::vector<milliseconds> least{milliseconds(750),    milliseconds(1'500),  milliseconds(3'000),
                                        milliseconds(6'000),  milliseconds(12'000), milliseconds(24'000),
                                        milliseconds(45'000), milliseconds(45'000)};
  for (std::size_t i = 0; i < least.size(); ++i) EXPECT_GE(times[i + 1] - times[i], least[i]) << i;
}

// A reader before a portal that counts requests in a bucket of its own, on the same clock.
struct Bucket {
  explicit Bucket(double level_before) : level(level_before) {
    portal.seen = [this] { count(); };
  }

  void count() {
    const auto now = bench.clock.steady();
    level = std::max(0.0, level - 2 * std::chrono::duration<double>(now - at).count()) + 1;
    peak = std::max(peak, level);
    at = now;
    ++requests;
  }

  // Wishes without end, from now on.
  void burst(std::size_t batches) {
    bench.wish(deal(1), 1);
    bench.until_still([&] { return bench.figure("kpistream_api_budget_remaining_ratio{portal=acme}") < 0.01; });
    bench.until([&] { return portal.batches().size() > batches; }, milliseconds(100));
  }

  double level;
  double peak = 0;
  std::size_t requests = 0;
  Portal portal{[this](const auto& commands) {
    bench.wish(deal(static_cast<int>(requests) + 1), requests + 1);  // there is always one more
    return echo(commands);
  }};
  Bench bench{make_bitrix24_reader, portal.options()};
  std::chrono::steady_clock::time_point at = bench.clock.steady();
};

TEST(Bitrix24Reader, NeverOverrunsThePortalsBucket) {
  Bucket bucket(0);
  bucket.bench.let_pass(seconds(30), 1);  // long enough to have the whole budget
  bucket.bench.reader->start();
  bucket.burst(150);
  bucket.portal.server.stop();
  EXPECT_LE(bucket.peak, 45 + 1e-9);  // of the 50 that the portal allows; both sides add up fractions of a second
  EXPECT_GT(bucket.peak, 40);         // and uses it
}

TEST(Bitrix24Reader, ARestartAfterABurstDoesNotOverrunThePortalsBucket) {
  Bucket bucket(45);  // as full as a predecessor leaves it
  bucket.bench.reader->start();
  bucket.burst(20);
  bucket.portal.server.stop();
  EXPECT_LT(bucket.peak, 50);
}

TEST(Bitrix24Reader, AMethodOutOfTimeWaitsAloneUntilItsTimeStartsAnew) {
  HandClock* clock = nullptr;
  std::vector<std::pair<std::string, std::chrono::steady_clock::time_point>> asked;
  Portal portal([&](const std::vector<std::string>& commands) {
    for (const auto& command : commands) asked.emplace_back(command, clock->steady());
    if (asked.size() == 1) {
      return reply(
          200,
          R"({"result":{"result":[],"result_error":{"w0":{"error":"OPERATION_TIME_LIMIT"}},)"
          R"("result_time":{"w0":{"operating":480.1,"operating_reset_at":1789369505}}},"time":{"finish":1789369205.2}})");
    }
    return echo(commands);
  });
  Bench bench(make_bitrix24_reader, portal.options());
  clock = &bench.clock;
  bench.wish(deal(1), 1);
  bench.reader->start();
  bench.until_still([&] { return portal.batches().size() == 1; });
  bench.wish(deal(2), 2);
  bench.wish("crm.lead.get?id=5", 3);
  bench.until_still([&] { return !bench.of("crm.lead.get?id=5").empty(); });
  EXPECT_THAT(portal.batches().back(), ElementsAre("crm.lead.get?id=5"));
  bench.wait_for(deal(1));
  bench.wait_for(deal(2));
  portal.server.stop();
  for (const auto& [command, at] : asked) {
    if (command == asked.front().first && at == asked.front().second) continue;
    if (command.starts_with("crm.deal")) {
      EXPECT_GE(at - asked.front().second, seconds(300)) << command;
      EXPECT_LE(at - asked.front().second, seconds(310)) << command;
    }
  }
}

TEST(Bitrix24Reader, AMethodOutOfTimeThatDoesNotSayWhenWaitsAMinute) {
  HandClock* clock = nullptr;
  std::vector<std::chrono::steady_clock::time_point> times;
  Portal portal([&](const auto& commands) {
    times.push_back(clock->steady());
    return times.size() == 1 ? errors("OPERATION_TIME_LIMIT", commands) : echo(commands);
  });
  Bench bench(make_bitrix24_reader, portal.options());
  clock = &bench.clock;
  read_one(bench);
  portal.server.stop();
  EXPECT_GE(times.at(1) - times.at(0), seconds(60));
}

TEST(Bitrix24Reader, KeepsOnlyThoseOfABatchThatWereLimited) {
  int asked = 0;
  Portal portal([&](const auto& commands) {
    if (++asked > 1) return echo(commands);
    return reply(200,
                 R"({"result":{"result":{"w0":{"ID":"1"}},"result_error":{"w1":{"error":"QUERY_LIMIT_EXCEEDED"}}}})");
  });
  Bench bench(make_bitrix24_reader, portal.options());
  bench.wish(deal(1), 1);
  bench.wish(deal(2), 2);
  bench.reader->start();
  bench.wait_for(deal(2));
  EXPECT_THAT(portal.batches(), ElementsAre(ElementsAre(deal(1), deal(2)), ElementsAre(deal(2))));
  EXPECT_EQ(bench.of(deal(1)).size(), 1u);
}

TEST(Bitrix24Reader, WhatListsLeaveOutIsAskedForAloneInBatchesOfFifty) {
  Portal portal(echo);
  Bench bench(make_bitrix24_reader, portal.options());
  std::vector<Wish> wishes;
  for (int i = 1; i <= 120; ++i) wishes.push_back({"acme", deal(i), static_cast<Position>(i)});
  bench.reader->on_wishes(wishes, {});
  bench.reader->start();
  bench.wait_for(deal(120));
  std::vector<std::size_t> sizes;
  for (const auto& batch : portal.batches()) sizes.push_back(batch.size());
  EXPECT_THAT(sizes, ElementsAre(3, 50, 50, 20));
}

TEST(Bitrix24Reader, ReadsUsersPageByPageAndTheOtherDirectoriesInOneRequest) {
  Portal portal(echo);
  portal.users = [](const SeenRequest& request) {
    if (request.body == R"({"start":0})") return reply(200, R"({"result":[{"ID":"1"}],"next":50,"total":101})");
    if (request.body == R"({"start":50})") return reply(200, R"({"result":[{"ID":"2"}],"next":100,"total":101})");
    return reply(200, R"({"result":[{"ID":"3"}],"total":101})");
  };
  auto options = portal.options();
  options.directory = std::chrono::hours(1);
  Bench bench(make_bitrix24_reader, options);
  bench.reader->start();
  bench.until_still([&] { return !bench.of(kFunnels).empty(); });
  std::vector<std::string> subjects;
  for (const auto& record : bench.journal.records()) subjects.push_back(record.subject);
  EXPECT_THAT(subjects, ElementsAre("user.get?start=0", "user.get?start=50", "user.get", kFunnels, "crm.status.list",
                                    "crm.currency.list", "department.get"));
  bench.let_pass(std::chrono::minutes(59), 1);
  EXPECT_EQ(bench.of("user.get").size(), 1u);
  bench.let_pass(std::chrono::minutes(1), 1);
  bench.until_still([&] { return bench.of(kFunnels).size() == 2; });
}

TEST(Bitrix24Reader, AsksForFieldsOnlyWhereTheyNameSomething) {
  Portal portal(echo);
  auto options = portal.options();
  options.fields = true;
  Bench bench(make_bitrix24_reader, options);
  bench.reader->start();
  bench.wait_for("crm.lead.fields");
  EXPECT_EQ(bench.of("crm.deal.fields").size(), 1u);
  EXPECT_EQ(bench.of(kFunnels).size(), 1u);
}

TEST(Bitrix24Reader, PagesThatLeadBackDoNotGoRoundForEver) {
  Portal portal(echo);
  portal.users = [](const SeenRequest&) { return reply(200, R"({"result":[],"next":50})"); };
  Bench bench(make_bitrix24_reader, portal.options());
  bench.reader->start();
  bench.wait_for("user.get");
  EXPECT_EQ(bench.of("user.get?start=0").size(), 1u);
}

TEST(Bitrix24Reader, ADirectoryThatFailsHoldsNoWishBackAndIsTriedAgain) {
  Portal portal(echo);
  std::atomic<int> asked{0};
  portal.users = [&asked](const SeenRequest&) {
    return ++asked <= 2 ? reply(502, "<html>", "text/html") : reply(200, R"({"result":[]})");
  };
  Bench bench(make_bitrix24_reader, portal.options());
  read_one(bench);
  EXPECT_LE(asked, 2);
  bench.wait_for("user.get");
}

TEST(Bitrix24Reader, AnAnswerThatNamesAnotherPlaceLeadsToNoConnectionThere) {
  Server elsewhere([](const SeenRequest&) { return reply(200, "{}"); });
  int asked = 0;
  Portal portal([&](const auto& commands) {
    if (++asked <= 2)
      return reply(asked == 1 ? 302 : 308, "{}", "application/json", "Location: " + elsewhere.url() + "/\r\n");
    if (asked == 3) {
      return reply(200, R"({"result":{"result":[],"result_error":[]},"client_endpoint":")" + elsewhere.url() +
                            R"(/rest/","server_endpoint":")" + elsewhere.url() + R"("})");
    }
    return echo(commands);
  });
  Bench bench(make_bitrix24_reader, portal.options());
  read_one(bench);
  EXPECT_EQ(elsewhere.connections(), 0u);
}

TEST(Bitrix24Reader, ItsFiguresHoldNoSecret) {
  int asked = 0;
  Portal portal([&](const auto& commands) { return ++asked == 1 ? reply(401, "{}") : echo(commands); });
  Bench bench(make_bitrix24_reader, portal.options());
  read_one(bench);
  EXPECT_THAT(bench.figures(), Not(HasSubstr("canary")));
  EXPECT_THAT(bench.figures(), HasSubstr("kpistream_api_requests_total{portal=acme,result=denied} 1 #"));
  for (const auto& record : bench.journal.records()) EXPECT_THAT(record.body, Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace kpistream::ingest
