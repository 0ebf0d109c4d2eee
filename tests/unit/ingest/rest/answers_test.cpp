// Where batches are cut and lists go on, for every shape that PHP makes and for what nobody should send.
#include "ingest/rest/answers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <random>

namespace kpistream::ingest {
namespace {

using Kind = BatchPart::Kind;

std::string brackets(std::size_t count) { return std::string(count, '[') + std::string(count, ']'); }

TEST(Batch, IsCutIntoItsPartsByteForByte) {
  const auto batch = split_batch(
      R"({"result":{"result":{"w0":{"ID":"701", "N":250000.00,"T":"\u0421\/"},"w2":[],"w3": null ,"w4":true},)"
      R"("result_error":{"w1":{"error":"","error_description":"Not found"}},)"
      R"("result_total":[],"result_next":[],"result_time":{"w0":{"operating":0.1,"operating_reset_at":1789369800}}},)"
      R"("time":{"start":1789369200.5,"finish":1789369201.4,"operating":0}})",
      6);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->finished, 1'789'369'201);
  ASSERT_EQ(batch->parts.size(), 6u);
  EXPECT_EQ(batch->parts[0].kind, Kind::result);
  EXPECT_EQ(batch->parts[0].json, R"({"ID":"701", "N":250000.00,"T":"\u0421\/"})");
  EXPECT_EQ(batch->parts[0].reset_at, 1'789'369'800);
  EXPECT_EQ(batch->parts[1].kind, Kind::error);
  EXPECT_EQ(batch->parts[1].json, R"({"error":"","error_description":"Not found"})");
  EXPECT_EQ(batch->parts[2].json, "[]");
  EXPECT_EQ(batch->parts[3].json, "null");
  EXPECT_EQ(batch->parts[4].json, "true");
  EXPECT_EQ(batch->parts[5].kind, Kind::missing);
}

TEST(Batch, IsReadWhenPhpWritesEmptyGroupsAsLists) {
  const auto failed = split_batch(
      R"({"result":{"result":[],"result_error":{"w0":{"error":200640400001,"error_description":""}},"result_time":[]}})",
      1);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->parts[0].kind, Kind::error);
  const auto good = split_batch(R"({"result":{"result":{"w0":1},"result_error":[],"result_total":[]},"time":[]})", 1);
  ASSERT_TRUE(good);
  EXPECT_EQ(good->parts[0].kind, Kind::result);
}

TEST(Batch, TellsLimitsFromRefusals) {
  const auto batch = split_batch(
      R"({"result":{"result":[],"result_error":{"w0":{"error":"QUERY_LIMIT_EXCEEDED"},"w1":{"error":"OVERLOAD_LIMIT"},)"
      R"("w2":{"error":"OPERATION_TIME_LIMIT"},"w3":{"error":"insufficient_scope"},"w4":"odd"}}})",
      5);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->parts[0].kind, Kind::limited);
  EXPECT_EQ(batch->parts[1].kind, Kind::limited);
  EXPECT_EQ(batch->parts[2].kind, Kind::blocked);
  EXPECT_EQ(batch->parts[3].kind, Kind::error);
  EXPECT_EQ(batch->parts[4].json, R"({"error":"odd"})");
}

TEST(Batch, ANumberTooLargeForAnyTypeHarmsNoOther) {
  const auto batch =
      split_batch(R"({"result":{"result":{"w0":{"N":123456789012345678901234567890},"w1":{"ID":"2"}}}})", 2);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->parts[0].json, R"({"N":123456789012345678901234567890})");
  EXPECT_EQ(batch->parts[1].json, R"({"ID":"2"})");
}

TEST(Batch, AHundredThousandBracketsAreJustBytes) {
  const std::string deep = brackets(100'000);
  const auto batch = split_batch(R"({"result":{"result":{"w0":)" + deep + R"(,"w1":{"ID":"2"}}}})", 2);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->parts[0].json, deep);
  EXPECT_EQ(batch->parts[1].json, R"({"ID":"2"})");
}

TEST(Batch, NamesThatWereNotAskedForAreNothing) {
  const auto batch = split_batch(
      R"({"result":{"result":{"w":1,"w01x":1,"w2":1,"w-1":1,"w99999999999999999999":1,"x0":1,"w0":5,"w0":6,"":1}}})",
      1);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->parts[0].json, "5");
}

TEST(Batch, IsNotReadWhenBroken) {
  for (const std::string& body :
       {std::string(""), std::string("[]"), std::string("null"), std::string("{}"), std::string("<html>"),
        std::string(R"({"result":[]})"), std::string(R"({"result":null})"),
        std::string(R"({"result":{"result":{"w0":1})"), std::string(R"({"result":{"result":{"w0":1}}})") + "}",
        std::string(R"({"result":{"result":{"w0":"open}}})"), std::string(R"({"result":{"result":{"w0":1}}} x)"),
        std::string("{\"result\":{\"result\":{\"w0\":\"\xff\"}}}"), brackets(100'000), std::string(100'000, '['),
        std::string(100'000, '{')}) {
    EXPECT_FALSE(split_batch(body, 1)) << body.substr(0, 60);
  }
}

TEST(Batch, RandomDamageNeverDoesHarm) {
  const auto seed = std::random_device{}();
  std::cout << "seed " << seed << '\n';
  std::mt19937 random(seed);
  const std::string good =
      R"({"result":{"result":{"w0":{"ID":"701","A":[1,{"b":null}]},"w2":[]},"result_error":{"w1":{"error":"",)"
      R"("error_description":"Not found"}},"result_time":{"w0":{"operating_reset_at":1789369800}}},"time":{"finish":17.5},)"
      R"("next":50,"_links":{"next":{"href":"https://h/api/v4/leads?page=2&limit=250"}}})";
  constexpr std::string_view kOdd = "{}[]\":,\\ntf01.e-\x00\xff\x7f";
  for (int i = 0; i < 20'000; ++i) {
    std::string body = good;
    for (int changes = static_cast<int>(random() % 4) + 1; changes > 0 && !body.empty(); --changes) {
      const std::size_t at = random() % body.size();
      if (random() % 3 == 0) {
        body.erase(at, random() % 20);
      } else {
        body[at] = kOdd[random() % kOdd.size()];
      }
    }
    if (const auto batch = split_batch(body, 3)) {
      for (const auto& part : batch->parts) ASSERT_LE(part.json.size(), body.size() + 16);
    }
    if (const auto page = split_page(body, "updated_at")) {
      for (const auto& row : page->rows) ASSERT_LE(row.json.size() + row.id.size(), 2 * body.size());
    }
    static_cast<void>(next_start(body));
  }
}

TEST(NextStart, IsTheNextOffsetOrNothing) {
  EXPECT_EQ(next_start(R"({"result":[{"ID":"7"}],"next":50,"total":123,"time":{}})"), 50);
  EXPECT_EQ(next_start(R"({"result":[],"total":0})"), 0);
  EXPECT_FALSE(next_start(R"({"result":[],"next":"x"})"));
  EXPECT_FALSE(next_start(R"({"result":[],"next":-50})"));
  EXPECT_FALSE(next_start(R"({"error":"X"})"));
  EXPECT_FALSE(next_start("<html>"));
  EXPECT_FALSE(next_start(brackets(100'000)));
}

TEST(Page, HasRowsWithTheirNumbersAndTimes) {
  const auto page = split_page(
      R"({"_page":1,"_links":{"self":{"href":"x"}},"_embedded":{"leads":[{"id":7,"updated_at":9},{"updated_at":"5","id":"a1"},3]}})",
      "updated_at");
  ASSERT_TRUE(page);
  EXPECT_FALSE(page->more);
  ASSERT_EQ(page->rows.size(), 2U);
  EXPECT_EQ(page->rows[0].id, "7");
  EXPECT_EQ(page->rows[0].at, 9);
  EXPECT_EQ(page->rows[0].json, R"({"id":7,"updated_at":9})");
  EXPECT_EQ(page->rows[1].id, "a1");
  EXPECT_EQ(page->rows[1].at, 0);
}

TEST(Page, LinksToANextOneOrNot) {
  const auto more = [](const std::string& links) {
    const auto page = split_page(R"({"_links":)" + links + R"(,"_embedded":{"x":[]}})", "");
    return page && page->more;
  };
  EXPECT_TRUE(more(R"({"next":{"href":"https://h/api/v4/leads?page=2"}})"));
  for (const char* links : {"[]", "{}", R"({"self":{"href":"https://h/?page=2"}})", R"({"next":null})",
                            R"({"next":[]})", R"({"next":{}})", R"({"next":{"href":7}})", "7"}) {
    EXPECT_FALSE(more(links)) << links;
  }
}

TEST(Page, WhatIsNoPageIsNone) {
  for (const char* body :
       {"", "[]", "{}", "<html>", R"({"_embedded":[]})", R"({"_embedded":{}})", R"({"_embedded":{"leads":{}}})",
        R"({"_embedded":{"leads":[)", R"({"_embedded":{"x":[]}} 7)"}) {
    EXPECT_FALSE(split_page(body, "updated_at")) << body;
  }
  EXPECT_FALSE(split_page(brackets(100'000), ""));
}

}  // namespace
}  // namespace kpistream::ingest
