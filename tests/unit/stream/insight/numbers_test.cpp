#include "stream/insight/numbers.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace kpistream::insight {
namespace {

TEST(Numbers, ARatioNeedsABaseAboveZero) {
  EXPECT_EQ((Compared{3'000, 6'000}.ratio()), 0.5);
  EXPECT_EQ((Compared{0, 5}.ratio()), 0.0);
  EXPECT_EQ((Compared{5, 0}.ratio()), std::nullopt);
  EXPECT_EQ((Compared{5, -2}.ratio()), std::nullopt);
}

TEST(Numbers, MedianAndPercentileLieBetweenTheirNeighbours) {
  EXPECT_EQ(median({}), std::nullopt);
  EXPECT_EQ(median({7}), 7.0);
  EXPECT_EQ(median({9, 1, 5}), 5.0);
  EXPECT_EQ(median({4, 1, 2, 3}), 2.5);
  EXPECT_EQ(percentile({10, 20, 30, 40, 50}, 0.75), 40.0);
  EXPECT_EQ(percentile({10, 20, 30, 40, 50, 60}, 0.75), 47.5);
  EXPECT_EQ(percentile({10, 20}, 1.0), 20.0);
  EXPECT_EQ(percentile({10, 20}, 0.0), 10.0);
}

TEST(Numbers, AnOutlierBendsNoSlope) {
  EXPECT_EQ(robust_slope({{0, 1}, {1, 3}}), std::nullopt);
  EXPECT_EQ(robust_slope({{0, 1}, {1, 3}, {2, 5}}), 2.0);
  EXPECT_EQ(robust_slope({{0, 900}, {1, 2}, {2, 4}, {3, 6}, {4, 8}, {5, 10}, {6, 12}}), 2.0);
  EXPECT_EQ(robust_slope({{3, 1}, {3, 2}, {3, 5}}), std::nullopt);
}

TEST(Numbers, CountsDifferBeyondChance) {
  EXPECT_FALSE(counts_differ(0, 0));
  EXPECT_FALSE(counts_differ(59, 41));  // 18 of 100: 1.8 standard deviations
  EXPECT_TRUE(counts_differ(60, 40));   // 20 of 100: 2.0
  EXPECT_TRUE(counts_differ(40, 60));
  EXPECT_FALSE(counts_differ(3, 0));
  EXPECT_TRUE(counts_differ(4, 0));
}

TEST(Numbers, SharesDifferBeyondChance) {
  EXPECT_FALSE(shares_differ({1, 0}, {1, 10}));
  EXPECT_FALSE(shares_differ({0, 10}, {0, 10}));
  EXPECT_FALSE(shares_differ({30, 100}, {20, 100}));
  EXPECT_TRUE(shares_differ({34, 100}, {20, 100}));
  EXPECT_FALSE(shares_differ({3, 10}, {20, 100}));
}

TEST(Numbers, RoundsAndHoldsTheLimits) {
  EXPECT_EQ(rounded(2.5), 3);
  EXPECT_EQ(rounded(-2.5), -3);
  EXPECT_EQ(rounded(1e30), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(rounded(-1e30), std::numeric_limits<std::int64_t>::min());
}

}  // namespace
}  // namespace kpistream::insight
