#include "stream/insight/ages.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tests/unit/stream/insight/fake_figures.hpp"

namespace kpistream::insight {
namespace {

using tests::FakeFigures;

TEST(Ages, OfNothingThereAreNone) {
  const FakeFigures figures;
  EXPECT_EQ(ages(figures, "leads_open"), std::nullopt);
}

TEST(Ages, GrowWithTheClock) {
  FakeFigures figures;
  figures.put_at("leads_open", figures.now() - 3'600, 1);
  EXPECT_EQ(ages(figures, "leads_open"), (Ages{3'600, 3'600}));
  figures.go(figures.now() + 60);
  EXPECT_EQ(ages(figures, "leads_open"), (Ages{3'660, 3'660}));
}

TEST(Ages, AreNearestRanks) {
  FakeFigures figures;
  for (int hour = 1; hour <= 10; ++hour) figures.put_at("leads_open", figures.now() - hour * 3'600, 1);
  EXPECT_EQ(ages(figures, "leads_open"), (Ages{5 * 3'600, 9 * 3'600}));
}

TEST(Ages, AreThoseOfASortedList) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 50; ++round) {
    FakeFigures figures;
    std::vector<std::int64_t> all;
    const auto cells = 1 + random() % 12;
    for (unsigned i = 0; i < cells; ++i) {
      const auto minutes = static_cast<std::int64_t>(random() % (round % 2 == 0 ? 5 : 500'000));
      const auto count = static_cast<std::int64_t>(1 + random() % 3);
      figures.put_at("leads_open", figures.now() - minutes * 60, count);
      all.insert(all.end(), static_cast<std::size_t>(count), minutes * 60);
    }
    std::sort(all.begin(), all.end());
    const auto rank = [&](std::size_t tenths) { return all[(all.size() * tenths + 9) / 10 - 1]; };
    EXPECT_EQ(ages(figures, "leads_open"), (Ages{rank(5), rank(9)})) << "round " << round;
  }
}

}  // namespace
}  // namespace kpistream::insight
