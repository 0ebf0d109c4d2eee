#include "ingest/http/chunks.hpp"

#include <gtest/gtest.h>

#include <string>

namespace kpistream::ingest {
namespace {

using std::string_literals::operator""s;

struct Outcome {
  ChunkStatus status = ChunkStatus::need_more;
  std::string body;
  std::string left;
};

Outcome read(std::string_view bytes, const ChunkLimits& limits = {}, std::size_t step = 1u << 20) {
  ChunkReader reader(limits);
  Outcome outcome;
  while (!bytes.empty() && outcome.status == ChunkStatus::need_more) {
    std::string_view part = bytes.substr(0, step);
    const std::size_t size = part.size();
    outcome.status = reader.feed(part, outcome.body);
    bytes.remove_prefix(size - part.size());
  }
  outcome.left = bytes;
  return outcome;
}

TEST(Chunks, AreJoinedWhateverTheSplit) {
  const std::string bytes = "4\r\na=b&\r\n00a;x=\"y\"\r\n0123456789\r\n0\r\nTrailer: x\r\nOther:\r\n\r\nGET /";
  for (std::size_t step = 1; step < bytes.size(); ++step) {
    const Outcome outcome = read(bytes, {}, step);
    EXPECT_EQ(outcome.status, ChunkStatus::done);
    EXPECT_EQ(outcome.body, "a=b&0123456789");
    EXPECT_EQ(outcome.left, "GET /");
  }
}

TEST(Chunks, MayBeNone) {
  const Outcome outcome = read("0\r\n\r\n");
  EXPECT_EQ(outcome.status, ChunkStatus::done);
  EXPECT_EQ(outcome.body, "");
}

class BadChunks : public testing::TestWithParam<std::string> {};

TEST_P(BadChunks, AreRefused) { EXPECT_EQ(read(GetParam()).status, ChunkStatus::bad); }

INSTANTIATE_TEST_SUITE_P(Table, BadChunks,
                         testing::Values("\r\n", "g\r\n", "-1\r\n", "0x1\r\na\r\n", " 1\r\na\r\n", "1 \r\na\r\n",
                                         "1\na\r\n", "1\r\nab\r\n", "1\r\na\n", "1\r\na\rb", "1\r\na0\r\n\r\n",
                                         "1\r\r\n", ";a\r\n", "1;a\nb\r\n", "1;\0\r\n"s, "0\r\n\n", "0\r\n\ra",
                                         "0\r\na\r\n", "0\r\n:a\r\n", "0\r\n a: b\r\n", "0\r\na b: c\r\n",
                                         "0\r\na: b\n", "0\r\na: \x01\r\n", "0\r\na: b\rc", "00000000000000001\r\n"));

TEST(ChunkLimit, OfTheBodyHoldsBeforeTheDataCome) {
  const ChunkLimits limits{.body_bytes_max = 16};
  EXPECT_EQ(read("8\r\n01234567\r\n8\r\n01234567\r\n0\r\n\r\n", limits).status, ChunkStatus::done);
  EXPECT_EQ(read("8\r\n01234567\r\n9", limits).status, ChunkStatus::too_large);
  EXPECT_EQ(read("11", limits).status, ChunkStatus::too_large);
  EXPECT_EQ(read("ffffffffffffffff\r\n", limits).status, ChunkStatus::too_large);
  EXPECT_EQ(read("10000000000000000", limits).status, ChunkStatus::too_large);
}

TEST(ChunkLimit, OfExtensionsIsForAllChunksTogether) {
  const ChunkLimits limits{.extension_bytes_max = 4};
  EXPECT_EQ(read("1;ab\r\nx\r\n0;cd\r\n\r\n", limits).status, ChunkStatus::done);
  EXPECT_EQ(read("1;ab\r\nx\r\n0;cde\r\n\r\n", limits).status, ChunkStatus::bad);
}

TEST(ChunkLimit, OfTrailersIsForAllLinesTogether) {
  const ChunkLimits limits{.trailer_bytes_max = 8};
  EXPECT_EQ(read("0\r\na:b\r\nc:d\r\n\r\n", limits).status, ChunkStatus::done);
  EXPECT_EQ(read("0\r\na:bcd\r\nc:def\r\n", limits).status, ChunkStatus::bad);
}

}  // namespace
}  // namespace kpistream::ingest
