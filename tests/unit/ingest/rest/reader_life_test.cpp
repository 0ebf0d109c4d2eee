// Start, stop, a full journal and a failed one: alike for both readers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support.hpp"

namespace kpistream::ingest {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

// A portal and an account.
Server::Handler empty_portal() {
  return [](const SeenRequest& request) {
    if (request.target.find("batch") == std::string::npos) return reply(200, R"({"result":[],"_embedded":{"x":[]}})");
    return reply(200, R"({"result":{"result":{"w0":{"ID":"1"}},"result_error":[]}})");
  };
}

constexpr auto kDeal = "crm.deal.get?id=1";

TEST(ReaderLife, AReaderThatWasNeverStartedCanBeStoppedAndEnded) {
  Server server(empty_portal());
  Bench bench(make_bitrix24_reader, options_for(server.url()));
  bench.wish(kDeal, 1);
  bench.reader->stop();
  bench.reader->stop();
  EXPECT_EQ(server.connections(), 0u);
}

TEST(ReaderLife, StopTwiceIsFineAndNothingIsAskedAfterwards) {
  Server server(empty_portal());
  Bench bench(make_bitrix24_reader, options_for(server.url()));
  bench.reader->start();
  bench.wait_for("crm.category.list?entityTypeId=2");
  bench.reader->stop();
  bench.reader->stop();
  const auto seen = server.seen().size();
  bench.wish(kDeal, 1);
  bench.let_pass(std::chrono::hours(2), 3);
  EXPECT_EQ(server.seen().size(), seen);
}

TEST(ReaderLife, OfManyWishesAtAStartTheNewRecordsComeFirst) {
  Server server(empty_portal());
  Bench bench(make_bitrix24_reader, options_for(server.url()));
  std::vector<Wish> left;
  for (Position id = 1; id <= 600; ++id) left.push_back({"acme", "crm.deal.get?id=" + std::to_string(id), id});
  left.push_back({"acme", "crm.deal.get?id=5000", 601});
  bench.reader->on_wishes(left, {});
  bench.reader->start();
  const auto first = [&]() -> std::string {
    for (const auto& request : server.seen()) {
      if (request.body.find("crm.deal.list") != std::string::npos) return request.body;
    }
    return {};
  };
  bench.until([&] { return !first().empty(); });
  EXPECT_THAT(first(), HasSubstr("=5000"));
}

TEST(ReaderLife, StopBreaksOffARequestOnItsWay) {
  std::atomic<bool> asked{false};
  Server server([&asked](const SeenRequest&) {
    asked = true;
    Reply out;
    out.silent = true;
    return out;
  });
  auto options = options_for(server.url());
  options.deadline = std::chrono::hours(1);
  for (const MakeReader make : {make_bitrix24_reader, make_amocrm_reader}) {
    asked = false;
    Bench bench(make, options);
    bench.reader->start();
    bench.until_still([&] { return asked.load(); });
    bench.reader->stop();
    EXPECT_TRUE(bench.journal.records().empty());
    EXPECT_EQ(bench.figure("kpistream_api_requests_total{portal=acme,result=failed}"), 0);
  }
}

TEST(ReaderLife, StopDoesNotWaitForAPauseOrAFullJournal) {
  Server server(empty_portal());
  for (const MakeReader make : {make_bitrix24_reader, make_amocrm_reader}) {
    Bench bench(make, options_for(server.url()));
    bench.journal.refuse(true);
    bench.reader->start();
    bench.until_still([&] { return bench.journal.refused() > 0; });
    bench.reader->stop();
    EXPECT_TRUE(bench.journal.records().empty());
  }
}

TEST(ReaderLife, AReadingWaitsForRoomInTheJournal) {
  Server server(empty_portal());
  Bench bench(make_bitrix24_reader, options_for(server.url()));
  bench.journal.refuse(true);
  bench.wish(kDeal, 3);
  bench.reader->start();
  bench.until([&] { return bench.journal.refused() > 5; });
  bench.journal.refuse(false);
  EXPECT_EQ(bench.wait_for(kDeal).front().asked, 3u);
  EXPECT_EQ(server.seen().size(), 3u);  // users, funnels and the batch: nothing was asked for twice
}

TEST(ReaderLife, AFailedJournalEndsTheReader) {
  Server server(empty_portal());
  for (const MakeReader make : {make_bitrix24_reader, make_amocrm_reader}) {
    Bench bench(make, options_for(server.url()));
    bench.journal.fail();
    const auto before = server.seen().size();
    bench.reader->start();
    bench.until([&] { return server.seen().size() == before + 1; });
    bench.wish(kDeal, 1);
    bench.let_pass(std::chrono::hours(1), 3);
    bench.reader->stop();
    EXPECT_EQ(server.seen().size(), before + 1);
  }
}

TEST(ReaderLife, ReadersOfOnePoolDoNotWaitForEachOther) {
  std::atomic<bool> asked{false};
  Server silent([&asked](const SeenRequest&) {
    asked = true;
    Reply out;
    out.silent = true;
    return out;
  });
  Server server(empty_portal());
  Bench bench(make_bitrix24_reader, options_for(server.url()));
  const auto stuck = make_bitrix24_reader(bench.pool, options_for(silent.url()), bench.journal, bench.clock);
  stuck->start();
  bench.until_still([&] { return asked.load(); });
  bench.wish(kDeal, 1);
  bench.reader->start();
  bench.wait_for(kDeal);
  stuck->stop();
}

TEST(ReaderLife, AddressesThatAreNotAllowedAreRefusedWhenTheReaderIsMade) {
  for (const char* url : {"http://8.8.8.8/rest/1/s3cret/", "https://10.0.0.1/rest/1/s3cret/", "s3cret"}) {
    try {
      const Bench bench(make_bitrix24_reader, options_for(url));
      ADD_FAILURE() << url;
    } catch (const std::runtime_error& error) {
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("s3cret")));
    }
  }
}

TEST(ReaderLife, ANameThatIsNotThisMachineIsNotAskedOverPlainHttp) {
  Server server(empty_portal());
  Bench bench(make_bitrix24_reader, options_for("http://kpistream.invalid:" + std::to_string(server.port()) + "/"));
  bench.reader->start();
  bench.until([&] { return bench.figure("kpistream_api_requests_total{portal=acme,result=failed}") >= 2; });
  EXPECT_EQ(server.connections(), 0u);
}

}  // namespace
}  // namespace kpistream::ingest
