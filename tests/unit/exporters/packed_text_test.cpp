#include "exporters/prometheus/packed_text.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/exporters/unpacked.hpp"

namespace kpistream::exporters {
namespace {

using tests::unpacked;

TEST(Gzip, IsTheSameBytes) {
  std::string text;
  for (int i = 0; i < 50'000; ++i)
    text.append("crm_window_deals_won{pipeline=\"").append(std::to_string(i)).append("\"} 1\n");
  for (const std::string& plain : {std::string(), std::string("x"), text}) {
    const auto packed = gzip(plain);
    EXPECT_EQ(unpacked(packed, plain.size()), plain);
  }
  EXPECT_LT(gzip(text).size(), text.size() / 5);
}

TEST(PackedText, PartsTogetherAreOneMember) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 50; ++round) {
    std::string plain;
    PackedText packed;
    for (auto parts = random() % 20; parts > 0; --parts) {
      std::string part;
      for (auto size = random() % 3 == 0 ? 0 : random() % 70'000; size > 0; --size)
        part.push_back(static_cast<char>(random() % (round % 2 == 0 ? 256 : 4)));
      plain += part;
      packed.append(PackedText(part));
    }
    ASSERT_EQ(unpacked(packed.gzip(), plain.size()), plain);
  }
}

}  // namespace
}  // namespace kpistream::exporters
