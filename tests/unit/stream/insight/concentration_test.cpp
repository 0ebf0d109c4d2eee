#include "stream/insight/concentration.hpp"

#include <gtest/gtest.h>

#include "tests/unit/stream/insight/fake_figures.hpp"

namespace kpistream::insight {
namespace {

using tests::FakeFigures;
using tests::kMonday;

TEST(Concentration, IsThePartOfTheManagerWithTheMost) {
  FakeFigures figures;
  figures.put("deals_won", kMonday, 1, {.manager = "7"}, 6'000);
  figures.put("deals_won", kMonday - 8, 3, {.manager = "8"}, 3'000);
  figures.put("deals_won", kMonday - 9, 1, {.manager = "9"}, 1'000);
  figures.put("deals_won", kMonday - 40, 9, {.manager = "9"}, 90'000);  // before the 28 days
  EXPECT_EQ(largest_manager_revenue(figures), (Compared{6'000, 10'000}));
}

TEST(Concentration, NobodyIsNoManager) {
  FakeFigures figures;
  figures.put("deals_won", kMonday, 1, {.manager = "7"}, 1'000);
  figures.put("deals_won", kMonday, 1, {.manager = "none"}, 3'000);
  EXPECT_EQ(largest_manager_revenue(figures), (Compared{1'000, 4'000}));
}

TEST(Concentration, OfAWindowThatIsNotKnownThereIsNone) {
  FakeFigures figures;
  figures.put("deals_won", kMonday, 1, {.manager = "7"}, 1'000);
  figures.know_since(figures.moment(kMonday - 1, 12));
  EXPECT_EQ(largest_manager_revenue(figures).ratio(), std::nullopt);
}

TEST(Concentration, WithoutRevenueThereIsNone) {
  FakeFigures figures;
  EXPECT_EQ(largest_manager_revenue(figures).ratio(), std::nullopt);
  figures.put("deals_won", kMonday, 1, {.manager = "7"}, -500);
  EXPECT_EQ(largest_manager_revenue(figures).ratio(), std::nullopt);
}

}  // namespace
}  // namespace kpistream::insight
